import { describe, expect, it } from 'vitest';
import { ulidOf } from '../../../tests/builders';
import { FakeServer, type Fate, type Request } from '../../../tests/fake-server';
import { checkBatchSize, createAcknowledgedCheck, type AcknowledgedCheckParts } from './check-acknowledged';

const visits = 'tiski-visits-liikunta';
const ids = (count: number) => Array.from({ length: count }, (_, index) => `visit:desk-1:${ulidOf(index)}`);

/** A desk that holds some documents, and a server that has all except those named. */
function aCheck(acknowledged: string[], lost: string[] = []) {
  const server = new FakeServer();
  const box = server.database(visits);
  for (const _id of acknowledged) if (!lost.includes(_id)) box.put({ _id });
  const line: { fate: (request: Request) => Fate } = { fate: () => 'deliver' };
  const requests: Request[] = [];
  const remote = server.connect('desk-1', (request) => {
    requests.push(request);
    return line.fate(request);
  });
  const ended: { asked: number; missing: readonly string[] }[] = [];
  let isDue = true;
  let now = 0;
  const store: AcknowledgedCheckParts['store'] = {
    isCheckDue: async () => isDue,
    acknowledged: async () => acknowledged,
    async endCheck(_, check) {
      ended.push(check);
      isDue = false;
      return check.missing.length;
    },
  };
  const takeTurn = createAcknowledgedCheck({ remote: remote.database(visits), store, now: () => now });
  const turn = (signal = new AbortController().signal) => takeTurn(signal);
  return { box, line, requests, ended, turn, later: (ms: number) => (now += ms) };
}

describe('the daily check', () => {
  it('S9 finds what the server lost, in few requests', async () => {
    const acknowledged = ids(checkBatchSize + 100);
    const lost = [acknowledged[3] ?? '', acknowledged[checkBatchSize + 1] ?? ''];
    const { turn, ended, requests } = aCheck(acknowledged, lost);
    expect(await turn()).toBe(true);
    expect(ended).toEqual([{ asked: acknowledged.length, missing: lost }]);
    expect(requests.map(({ ids: asked }) => asked.length)).toEqual([checkBatchSize, 100]);
    expect(await turn()).toBe(false);
    expect(requests).toHaveLength(2);
  });

  it('S9 what an administrator deleted is not lost', async () => {
    const { box, turn, ended } = aCheck(ids(3));
    box.delete(ids(1)[0] ?? '');
    expect(await turn()).toBe(false);
    expect(ended).toEqual([{ asked: 3, missing: [] }]);
  });

  it('S9 a long list is asked about in turns, so that changes are checked in between', async () => {
    const { turn, ended, requests } = aCheck(ids(checkBatchSize * 5));
    expect(await turn()).toBe(true);
    expect([requests.length, ended.length]).toEqual([4, 0]);
    expect(await turn()).toBe(false);
    expect([requests.length, ended.length]).toEqual([5, 1]);
  });

  it('S9 a turn that is no longer wanted asks nothing', async () => {
    const { turn, requests } = aCheck(ids(3));
    const controller = new AbortController();
    controller.abort();
    expect(await turn(controller.signal)).toBe(true);
    expect(requests).toHaveLength(0);
  });

  it('S9 a failed check starts over, and not at once', async () => {
    const { line, turn, ended, requests, later } = aCheck(ids(3));
    line.fate = () => ({ kind: 'server-error', status: 500 });
    expect(await turn()).toBe(false);
    line.fate = () => 'deliver';
    await turn();
    expect([requests.length, ended.length]).toEqual([1, 0]);
    later(10 * 60_000);
    await turn();
    expect(ended).toEqual([{ asked: 3, missing: [] }]);
  });
});
