import { afterEach, describe, expect, it } from 'vitest';
import { day, minute } from '$lib/domain/time/day';
import { checkVisit } from '$lib/store/check-visit';
import { readDevice } from '$lib/store/device';
import { createLocalStore } from '$lib/store/local-store';
import { logVisit } from '$lib/store/log-visit';
import { waitingCount } from '$lib/store/outbox';
import { countCards, findCard } from '$lib/store/register';
import { aCard, aVisit, cardNumber, ulidOf } from '../../../tests/builders';
import { FakeServer, type Fate, type Request } from '../../../tests/fake-server';
import { FakeTime } from '../../../tests/fake-time';
import { aPairedDatabase, ordinaryCatalogue, sundayMorning } from '../../../tests/paired-database';
import type { RemoteFailure, SyncState } from './ports';
import { startSyncer, type Syncer } from './syncer';

const visits = 'tiski-visits-liikunta';
const number = cardNumber(1);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** A city with one card, and a desk whose line the test controls. */
async function aCity() {
  const server = new FakeServer();
  for (const document of ordinaryCatalogue()) server.database('tiski-catalogue').put(document);
  server.database('tiski-register').put(aCard(number));
  server.database(visits);
  const time = new FakeTime(sundayMorning);
  const db = await aPairedDatabase();
  const line: { fate: (request: Request) => Fate } = { fate: () => 'deliver' };
  const requests: Request[] = [];
  const states: SyncState[] = [];
  const start = async (): Promise<Syncer> => {
    const syncer = await startSyncer({
      server: server.connect('desk-1', (request) => {
        requests.push(request);
        return line.fate(request);
      }),
      store: createLocalStore(db, time.now),
      timing: time,
      sessionEpoch: 'session',
      onState: (state) => states.push(state),
    });
    stops.push(() => syncer.stop());
    await time.pass(1);
    return syncer;
  };
  let ids = 0;
  const log = async () => {
    const check = await checkVisit(db, { text: number, service: 'swim' }, time.now());
    return logVisit(db, check, { deviceNow: time.now(), randomId: () => ulidOf(++ids) });
  };
  return { server, box: server.database(visits), time, db, line, requests, states, start, log };
}

const phases = (states: SyncState[]) => states.map(({ phase }) => phase);
const cut = (): Fate => 'lose-request';
const failing = (failure: RemoteFailure) => () => failure;

describe('the syncer', () => {
  it('S14 loads, reports its progress, and is in sync', async () => {
    const { db, start, states } = await aCity();
    await start();
    expect(await countCards(db)).toBe(1);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
    expect(phases(states)).toContain('loading');
    expect(states).toContainEqual({
      phase: 'loading',
      progress: { database: 'tiski-register', done: 1, total: 1 },
    });
  });

  it('S14 a visit is sent at once when the line is there', async () => {
    const { box, start, log, time, states } = await aCity();
    await start();
    expect((await log()).kind).toBe('logged');
    await time.pass(1);
    expect(box.bodies()).toHaveLength(1);
    expect(phases(states)).toContain('sending');
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
  });

  it('S14 without a line scans are decided and logged, and sent when it is back', async () => {
    const { db, box, line, start, log, time, states } = await aCity();
    await start();
    line.fate = cut;
    expect((await log()).kind).toBe('logged');
    await time.pass(10 * 60_000);
    expect(states.at(-1)).toMatchObject({ phase: 'offline', lastFailure: 'unreachable' });
    expect(states.at(-1)?.nextAttemptAt).toBeGreaterThan(time.now());
    expect(await waitingCount(db)).toBe(1);
    line.fate = () => 'deliver';
    await time.pass(60_000);
    expect(box.bodies()).toMatchObject([{ at: '2026-11-22T08:00:00.001Z' }]);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
  });

  it('S14 a card that the office suspends is known to a desk with a line at once', async () => {
    const { server, db, start, time } = await aCity();
    await start();
    server.database('tiski-register').put(aCard(number, { status: 'suspended' }));
    await time.pass(1);
    expect(await findCard(db, { kind: 'number', number })).toMatchObject({ status: 'suspended' });
  });

  it('S5 a push that fails does not hold up the pull, nor a pull the push', async () => {
    const { server, db, box, line, start, log, time } = await aCity();
    await start();
    line.fate = ({ kind }) => (kind === 'push' ? 'lose-request' : 'deliver');
    await log();
    server.database('tiski-register').put(aCard(number, { status: 'lost' }));
    await time.pass(1);
    expect(await findCard(db, { kind: 'number', number })).toMatchObject({ status: 'lost' });
    line.fate = ({ kind }) => (kind === 'push' ? 'deliver' : 'lose-request');
    await time.pass(60_000);
    expect(box.bodies()).toHaveLength(1);
  });

  it('S5 a database that is closed to the desk does not hold up the others', async () => {
    const { db, line, start, states, time } = await aCity();
    line.fate = ({ database }) => (database === visits ? { kind: 'forbidden' } : 'deliver');
    await start();
    await time.pass(60_000);
    expect(await countCards(db)).toBe(1);
    expect(states.at(-1)).toMatchObject({ phase: 'trouble', lastFailure: 'forbidden' });
  });

  it('S11 signed out: work goes on, everything is kept, and a new sign-in sends it', async () => {
    const { db, box, line, start, log, time, states } = await aCity();
    await start();
    line.fate = failing({ kind: 'signed-out' });
    expect((await log()).kind).toBe('logged');
    await time.pass(60_000);
    expect(states.at(-1)).toMatchObject({ phase: 'signed-out' });
    expect(await countCards(db)).toBe(1);
    expect(await waitingCount(db)).toBe(1);
    line.fate = () => 'deliver';
    await time.pass(10 * 60_000);
    expect(box.bodies()).toHaveLength(1);
  });

  it('S11 a revoked device forgets the register and others’ visits, and keeps its own', async () => {
    const { server, db, box, line, start, log, time, states } = await aCity();
    box.put(aVisit('desk-2', 1, { card: cardNumber(5) }));
    await start();
    line.fate = ({ kind }) => (kind === 'push' ? 'lose-request' : 'deliver');
    await log();
    server.revoked.add('desk-1');
    line.fate = () => 'deliver';
    server.database('tiski-register').put(aCard(cardNumber(2)));
    await time.pass(60_000);
    expect(states.at(-1)).toMatchObject({ phase: 'revoked' });
    expect((await readDevice(db))?.state).toBe('revoked');
    expect(await countCards(db)).toBe(0);
    expect(await waitingCount(db)).toBe(1);
    expect((await db.visits.toArray()).map(({ desk }) => desk)).toEqual(['desk-1']);
  });

  it('S11 a device that is let in again reloads and sends what it kept', async () => {
    const { server, db, box, line, start, log, time, states } = await aCity();
    await start();
    line.fate = ({ kind }) => (kind === 'push' ? 'lose-request' : 'deliver');
    await log();
    server.revoked.add('desk-1');
    line.fate = () => 'deliver';
    await time.pass(5 * 60_000);
    server.revoked.delete('desk-1');
    await time.pass(20 * 60_000);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
    expect(await countCards(db)).toBe(1);
    expect(box.bodies()).toHaveLength(1);
  });

  it('S11 what another tab took for revoked, and is let in, reloads: it does not run in circles', async () => {
    const { server, db, start, requests, time, states } = await aCity();
    await start();
    await createLocalStore(db, time.now).setAccountState('revoked');
    requests.length = 0;
    server.database('tiski-register').put(aCard(cardNumber(2)));
    await time.pass(20 * 60_000);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
    expect((await readDevice(db))?.state).toBe('active');
    expect(await countCards(db)).toBe(2);
    expect(requests.length).toBeLessThan(150);
  });

  it('S12 hurries when the line may be back', async () => {
    const { box, line, start, log, time } = await aCity();
    const syncer = await start();
    line.fate = cut;
    await log();
    await time.pass(10 * 60_000);
    line.fate = () => 'deliver';
    syncer.hurry();
    await time.pass(1);
    expect(box.bodies()).toHaveLength(1);
  });

  it('S12 when one visit gets through, the rest does not wait out its backoff', async () => {
    const { server, box, line, start, log, time, states } = await aCity();
    await start();
    line.fate = cut;
    box.put(aVisit('desk-2', 1, { card: cardNumber(5) }));
    server.database('tiski-register').put(aCard(cardNumber(5)));
    await time.pass(5 * 60_000);
    expect(states.at(-1)?.phase).toBe('offline');
    line.fate = () => 'deliver';
    await log();
    await time.pass(1);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
  });

  it('S12 sends nothing to a server that asked for a pause, before it is over', async () => {
    const { line, start, log, time, requests } = await aCity();
    const syncer = await start();
    line.fate = failing({ kind: 'busy', retryAfterMs: 30_000 });
    await log();
    await time.pass(1_000);
    const pushes = () => requests.filter(({ kind }) => kind === 'push').length;
    expect(pushes()).toBe(1);
    syncer.hurry();
    await time.pass(20_000);
    expect(pushes()).toBe(1);
    await time.pass(20_000);
    expect(pushes()).toBe(2);
  });

  it('S7 a document of a newer Tiski asks for an update, while the rest goes on', async () => {
    const { server, db, start, states, log } = await aCity();
    server.database('tiski-register').put({ ...aCard(cardNumber(2)), v: 9 });
    await start();
    expect(states.at(-1)).toMatchObject({ phase: 'update-needed' });
    expect(await countCards(db)).toBe(2);
    expect((await log()).kind).toBe('logged');
  });

  it('S8 a server that comes back from a backup gets its visits back', async () => {
    const { box, start, log, time } = await aCity();
    await start();
    const restore = box.backup();
    await log();
    await time.pass(1);
    expect(box.bodies()).toHaveLength(1);
    restore();
    expect(box.bodies()).toHaveLength(0);
    await time.pass(60_000);
    expect(box.bodies()).toHaveLength(1);
  });

  it('S9 files copied back unseen: the daily check returns the morning, once, and what was hidden behind the cursor', async () => {
    const { db, box, start, log, time, states, requests } = await aCity();
    const syncer = await start();
    const tomorrow = async () => {
      await time.pass(day);
      syncer.hurry();
      await time.pass(1);
    };
    const restore = box.backup('kept');
    for (let visit = 0; visit < 2; visit++) {
      await log();
      await time.pass(3 * 60 * minute);
    }
    const [, second] = box.bodies();
    restore();
    const others = [1, 2, 3].map((index) => aVisit('desk-2', index, { card: cardNumber(5) }));
    for (const other of others) box.put(other);
    await time.pass(10 * minute);
    // The server's `seq` is beyond the desk's cursor again: nothing shows it.
    expect(box.bodies()).toHaveLength(3);
    expect(await db.visits.count()).toBe(3);
    await tomorrow();
    expect(box.bodies()).toHaveLength(5);
    expect(box.get(second?._id ?? '')).toEqual(second);
    expect(await db.visits.count()).toBe(5);
    expect(await waitingCount(db)).toBe(0);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
    const pushes = requests.filter(({ kind }) => kind === 'push').length;
    await tomorrow();
    expect(requests.filter(({ kind }) => kind === 'push')).toHaveLength(pushes);
  });

  it('S9 a failed check alarms nobody and holds up nothing', async () => {
    const { box, line, start, log, time, states } = await aCity();
    line.fate = ({ kind }) => (kind === 'missing' ? { kind: 'server-error', status: 500 } : 'deliver');
    const syncer = await start();
    await log();
    await time.pass(2 * day);
    syncer.hurry();
    await time.pass(1);
    expect(states.at(-1)).toEqual({ phase: 'in-sync' });
    box.put(aVisit('desk-2', 9));
    await log();
    await time.pass(1);
    expect(box.bodies()).toHaveLength(3);
  });

  it('S10 sends nothing more once it is stopped', async () => {
    const { start, time, requests, log, db } = await aCity();
    const syncer = await start();
    await syncer.stop();
    const before = requests.length;
    await log();
    await time.pass(60 * 60_000);
    expect(requests).toHaveLength(before);
    expect(await waitingCount(db)).toBe(1);
  });
});
