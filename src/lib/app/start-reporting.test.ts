import { afterEach, expect, it, vi } from 'vitest';
import { defaultCounterRules, type CounterRules } from '$lib/domain/fleet/counter-rules';
import { minute } from '$lib/domain/time/day';
import { readCounterRules } from '$lib/store/counter-rules';
import { FakeTime } from '../../../tests/fake-time';
import { aDevice, aPairedDatabase } from '../../../tests/paired-database';
import { startReporting } from './start-reporting';

const strict: CounterRules = { mayOverride: false, mayType: true, logsAtOnce: true };

afterEach(() => vi.unstubAllGlobals());

it('S15 a desk keeps what the answer to its report allows, also while no other answer comes', async () => {
  const db = await aPairedDatabase();
  const time = new FakeTime();
  const answer = vi.fn<() => Response>();
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('fetch', async () => answer());
  const server = { couchUrl: 'http://tiski.test/couch', apiUrl: 'http://tiski.test/api', now: time.now };
  const reported = { timing: time, version: 'test', lastFailure: () => undefined };
  const reporter = startReporting(db, server, aDevice().account, reported);

  answer.mockReturnValueOnce(Response.json({ ok: true }));
  await time.pass(minute);
  expect(await readCounterRules(db)).toEqual(defaultCounterRules);
  answer.mockReturnValueOnce(Response.json({ ok: true, rules: strict }));
  await time.pass(5 * minute);
  await vi.waitFor(async () => expect(await readCounterRules(db)).toEqual(strict));
  answer.mockImplementation(() => {
    throw new TypeError('no line');
  });
  await time.pass(30 * minute);
  expect(await readCounterRules(db)).toEqual(strict);
  await reporter.stop();
});
