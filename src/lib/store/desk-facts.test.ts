import { expect, it } from 'vitest';
import * as v from 'valibot';
import { deskReport } from '$lib/documents/fleet/desk-report';
import { minute } from '$lib/domain/time/day';
import { aCard, aVisit, cardNumber, ulidOf } from '../../../tests/builders';
import { anUnpairedDatabase, aWorkingDesk, sundayMorning } from '../../../tests/paired-database';
import { checkVisit } from './check-visit';
import type { TiskiDatabase } from './database';
import { readDeskFacts } from './desk-facts';
import { createLocalStore } from './local-store';
import { logVisit } from './log-visit';
import { writeSetting } from './settings';

const visits = 'tiski-visits-liikunta';

async function log(db: TiskiDatabase, index: number): Promise<string> {
  const at = sundayMorning + index * minute;
  const check = await checkVisit(db, { text: cardNumber(index), service: 'swim' }, at);
  const logged = await logVisit(db, check, { deviceNow: at, randomId: () => ulidOf(index) });
  if (logged.kind !== 'logged') throw new Error(logged.kind);
  return logged.visitId;
}

it('S15 a desk reports counts, times and the numbers of what it has not sent: no card', async () => {
  const db = await aWorkingDesk([1, 2, 3, 4, 5].map((index) => aCard(cardNumber(index))));
  const store = createLocalStore(db, () => sundayMorning);
  await writeSetting(db, 'clock', { skewMs: 1_234.5, lastContact: sundayMorning });
  const [first = '', second = ''] = [await log(db, 1), await log(db, 2), await log(db, 3), await log(db, 4)];
  await store.acknowledge(visits, [first], (await store.cursor(visits))?.epoch);
  await store.refuse([{ id: second, status: 403, reason: 'no' }]);
  const former = aVisit('desk-0', 8);
  await db.outbox.add({ id: former._id, database: visits, state: 'waiting', at: 0, document: former });
  await db.outbox.update(former._id, { at: sundayMorning });
  const facts = await readDeskFacts(db, sundayMorning + 10 * minute);
  expect(facts).toEqual({
    v: 1,
    at: '2026-11-22T08:10:00.000Z',
    registerAsOf: '2026-11-22T08:00:00.000Z',
    waiting: 3,
    waitingSince: '2026-11-22T08:00:00.000Z',
    refused: 1,
    quarantined: 0,
    clockSkewMs: 1_235,
    lastNumber: 4,
    unsent: [
      { account: 'desk-0', from: 8, to: 8 },
      { account: 'desk-1', from: 2, to: 4 },
    ],
  });
  expect(JSON.stringify(facts)).not.toContain(cardNumber(1));
  expect(v.is(deskReport, { ...facts, version: '1' })).toBe(true);
});

it('S15 a device that is not a desk has nothing to report', async () => {
  expect(await readDeskFacts(anUnpairedDatabase(), sundayMorning)).toBeUndefined();
});
