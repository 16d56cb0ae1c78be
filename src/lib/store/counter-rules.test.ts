import { describe, expect, it } from 'vitest';
import { defaultCounterRules, type CounterRules } from '$lib/domain/fleet/counter-rules';
import { aDevice, anUnpairedDatabase, aPairedDatabase } from '../../../tests/paired-database';
import { keepCounterRules, readCounterRules } from './counter-rules';
import { saveDevice } from './device';

const strict: CounterRules = { mayOverride: false, mayType: false, logsAtOnce: true };

describe('what the office lets a counter do', () => {
  it('S15 the defaults apply until the device receives others, and those stay', async () => {
    const db = await aPairedDatabase();
    expect(await readCounterRules(db)).toEqual(defaultCounterRules);
    await keepCounterRules(db, 'desk-1', strict);
    expect(await readCounterRules(db)).toEqual(strict);
  });

  it.each([undefined, 'none', { mayOverride: 'yes' }])(
    'S15 %j says nothing: the last known rules stay',
    async (told) => {
      const db = await aPairedDatabase();
      await keepCounterRules(db, 'desk-1', strict);
      await keepCounterRules(db, 'desk-1', told);
      expect(await readCounterRules(db)).toEqual(strict);
    },
  );

  it('S15 an answer to the account of another desk is not kept', async () => {
    const db = await aPairedDatabase();
    await keepCounterRules(db, 'desk-2', strict);
    expect(await readCounterRules(db)).toEqual(defaultCounterRules);
    const unpaired = anUnpairedDatabase();
    await keepCounterRules(unpaired, 'desk-1', strict);
    expect(await readCounterRules(unpaired)).toEqual(defaultCounterRules);
  });

  it('arrive with the pairing; another desk starts with its own', async () => {
    const db = await aPairedDatabase();
    await saveDevice(db, aDevice({ account: { name: 'desk-1b', password: '' } }), strict);
    expect(await readCounterRules(db)).toEqual(strict);
    await saveDevice(db, aDevice({ deskId: 'd2', account: { name: 'desk-2', password: '' } }));
    expect(await readCounterRules(db)).toEqual(defaultCounterRules);
  });
});
