import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCard, aService, aVisit, cardNumber } from '../../../tests/builders';
import { unsteadyClient } from '../../../tests/unsteady-client';
import type { Backend } from '../backend';
import { requireOk, type CouchClient } from '../couch/client';
import { DeskWatch } from '../desks/desk-watch';
import { openBackend } from '../open-backend';
import { provision } from '../provision/provision';
import { keepSnapshot } from '../snapshot/keep-snapshot';
import { SharedLease } from './lease';
import { leasePath } from './lease-document';

/** Several servers over one store: no two of them hold a lease, and a killed one is replaced after a term. */
const termMs = 60_000;
const fail = (error: unknown): void => {
  throw error;
};

let folder: string;
let backend: Backend;
let client: CouchClient;
/** Clocks that nobody sets; each process has its own. */
let time = 1_000_000;
const past = (ms: number) => (time += ms);

function aServer(
  holder: string,
  { over = client, work = 'watch' as const, wallClock = '2026-11-30T10:00:00Z', onFault = fail } = {},
) {
  const monotonic = () => time + holder.length * 1_000;
  const now = () => new Date(wallClock);
  return new SharedLease({ client: over, work, holder, termMs, now, monotonic, onFault });
}
const stored = () => requireOk(client, 'GET', leasePath('watch'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-leases-'));
  backend = await openBackend({ folder, iterations: 10_000 });
  client = backend.client;
  await provision(client);
});
afterEach(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a lease', () => {
  it('is one server’s, which renews it; the others wait', async () => {
    const [one, two] = [aServer('one'), aServer('three')];
    await Promise.all([one.round(), two.round()]);
    expect([one.isHeld(), two.isHeld()].filter(Boolean)).toHaveLength(1);
    const [holder, other] = one.isHeld() ? [one, two] : [two, one];
    for (let third = 0; third < 10; third++) {
      past(termMs / 3);
      await other.round();
      await holder.round();
      expect([holder.isHeld(), other.isHeld()]).toEqual([true, false]);
    }
  });

  it('is taken from a holder that was killed, after a whole term in which its document did not change', async () => {
    // Its clock is a year ahead, the other's a year behind: nobody goes by them.
    const [killed, next] = [
      aServer('killed', { wallClock: '2027-11-30T10:00:00Z' }),
      aServer('next', { wallClock: '2025-11-30T10:00:00Z' }),
    ];
    await killed.round();
    past(termMs / 2);
    await next.round();
    past(termMs - 1);
    await next.round();
    expect([killed.isHeld(), next.isHeld()]).toEqual([false, false]);
    past(1);
    await next.round();
    expect(next.isHeld()).toBe(true);
    // One that comes back after a long sleep has lost it.
    await killed.round();
    expect(killed.isHeld()).toBe(false);
  });

  it('is given back by a server that stops, so that the next has it at once', async () => {
    const [one, two] = [aServer('one'), aServer('two')];
    const stop = await one.start();
    expect(one.isHeld()).toBe(true);
    await two.round();
    await stop();
    expect(one.isHeld()).toBe(false);
    await two.round();
    expect(two.isHeld()).toBe(true);
    expect(await stored()).toMatchObject({ holder: 'two' });
  });

  it('is kept until its end while the store does not answer, and no longer', async () => {
    const faults: unknown[] = [];
    const unsteady = unsteadyClient(client, (write) => (write === 1 ? 'accepted' : 'lost'));
    const holder = aServer('holder', { over: unsteady, onFault: (error) => void faults.push(error) });
    await holder.round();
    expect(holder.isHeld()).toBe(true);
    past(termMs / 3);
    await holder.round();
    expect([holder.isHeld(), faults.length]).toEqual([true, 1]);
    past((termMs * 2) / 3);
    expect(holder.isHeld()).toBe(false);
  });

  it('that nobody can read is waited for like another’s', async () => {
    await requireOk(client, 'PUT', leasePath('watch'), { type: 'lease', v: 9 });
    const one = aServer('one');
    await one.round();
    expect(one.isHeld()).toBe(false);
    past(termMs);
    await one.round();
    expect(one.isHeld()).toBe(true);
  });
});

describe('of several servers', () => {
  const chains = async () => {
    const { status, body } = await client.request('GET', '/tiski-desks/_local/desk-chains');
    return status === 200 ? (body as { round: number; chains: Record<string, unknown> }) : undefined;
  };
  const visits = '/tiski-visits-liikunta';

  beforeEach(async () => {
    await requireOk(client, 'PUT', '/tiski-catalogue/service:swim', aService('swim'));
    await provision(client);
  });

  it('S15 one follows the visits; each answers, from what it stored and what came since', async () => {
    const reads: string[] = [];
    const counting: CouchClient = {
      request: (method, path, body) => {
        if (path.includes('_changes')) reads.push(path);
        return client.request(method, path, body);
      },
    };
    const [first, second] = [aServer('first'), aServer('second')];
    await first.round();
    await second.round();
    const holder = new DeskWatch(client, fail, first);
    const other = new DeskWatch(counting, fail, second);
    for (let number = 1; number <= 3; number++) await put(number);
    await holder.look();
    await holder.start()();
    expect(await chains()).toMatchObject({ round: 0, chains: { 'desk-1': { runs: [{ from: 1, to: 3 }] } } });

    await put(5);
    expect(await other.look()).toMatchObject({ isCounting: false });
    // It started where the holder had got to, and stores nothing.
    expect(reads).toHaveLength(1);
    expect(reads[0]).not.toContain('since=0&');
    await other.start()();
    expect(await chains()).toMatchObject({ round: 0 });

    past(termMs);
    await second.round();
    expect([first.isHeld(), second.isHeld()]).toEqual([false, true]);
    await other.look();
    await other.start()();
    expect(await chains()).toMatchObject({
      round: 1,
      chains: { 'desk-1': { runs: [{ to: 3 }, { from: 5, to: 5 }] } },
    });
  });

  it('S18 one packs the register; when it is gone, the next does', async () => {
    const docs = Array.from({ length: 2_000 }, (_, index) => aCard(cardNumber(index)));
    await requireOk(client, 'POST', '/tiski-register/_bulk_docs', { docs });
    const [first, second] = [aServer('first'), aServer('second')];
    await first.round();
    await second.round();
    const keep = async (lease: SharedLease) => {
      const keeper = keepSnapshot(client, {}, fail, lease);
      await keeper.stop();
      return keeper.age();
    };
    const packed = async () => {
      const query = 'startkey="snapshot:"&endkey="snapshot;"';
      const body = await requireOk(client, 'GET', `/tiski-register/_all_docs?${query}`);
      return (body as { rows: unknown[] }).rows.length;
    };
    // Every server reports the figures.
    expect(await keep(second)).toMatchObject({ documents: 2_001, changes: 2_001 });
    expect(await packed()).toBe(0);
    past(termMs);
    await second.round();
    const keeper = keepSnapshot(client, {}, fail, second);
    await expect.poll(packed, { timeout: 30_000 }).toBe(1);
    await keeper.stop();
  });

  async function put(number: number): Promise<void> {
    const visit = aVisit('desk-1', number);
    await requireOk(client, 'PUT', `${visits}/${visit._id}`, visit);
  }
});
