import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase, type TiskiDatabase } from '$lib/store/database';
import { saveDevice } from '$lib/store/device';
import { waitingCount } from '$lib/store/outbox';
import { readSetting } from '$lib/store/settings';
import { syncLock } from '$lib/sync/ports';
import { aVisit } from '../../../tests/builders';
import { FakeLocks } from '../../../tests/fake-locks';
import { aDevice, aPairedDatabase, sundayMorning } from '../../../tests/paired-database';
import { pushOnce } from './push-once';
import { startSyncing, type Syncing } from './start-syncing';

const visits = 'tiski-visits-liikunta';
const address = { couchUrl: 'http://tiski.test/couch', apiUrl: 'http://tiski.test/api', now: Date.now };

/** CouchDB's answers for an empty city, and the accounts that asked. */
function aServer() {
  const accounts: string[] = [];
  const answer = (url: string, init: RequestInit): unknown => {
    if (url.includes('_bulk_docs')) {
      const { docs } = JSON.parse(String(init.body)) as { docs: { _id: string }[] };
      return docs.map(({ _id }) => ({ ok: true, id: _id, rev: '1-a' }));
    }
    if (url.includes('_local')) return { _id: '_local/epoch', epoch: 'epoch-1' };
    return { results: [], last_seq: '0', pending: 0 };
  };
  const respond = async (url: string, init: RequestInit) => {
    const basic = new Headers(init.headers).get('authorization')?.replace('Basic ', '') ?? '';
    accounts.push(atob(basic).split(':')[0] ?? '');
    if (url.includes('longpoll')) {
      init.signal?.throwIfAborted();
      await new Promise((_, reject) => init.signal?.addEventListener('abort', reject));
    }
    return new Response(JSON.stringify(answer(url, init)));
  };
  return { respond, fetch: vi.fn(respond), accounts };
}

async function logVisitOf(db: TiskiDatabase, desk: string, index: number): Promise<void> {
  const document = aVisit(desk, index);
  await db.outbox.add({
    id: document._id,
    database: visits,
    state: 'waiting',
    at: sundayMorning,
    document,
  });
}

const untilSent = (db: TiskiDatabase) =>
  vi.waitFor(async () => expect(await waitingCount(db)).toBe(0), { interval: 5 });

let locks: FakeLocks;
let server: ReturnType<typeof aServer>;
const running: Syncing[] = [];
const start = (db: TiskiDatabase) => {
  const syncing = startSyncing(db, address, 'test');
  running.push(syncing);
  return syncing;
};

beforeEach(() => {
  locks = new FakeLocks();
  server = aServer();
  vi.stubGlobal('navigator', { locks });
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  vi.stubGlobal('location', { origin: 'http://tiski.test' });
  vi.stubGlobal('fetch', server.fetch);
});

afterEach(async () => {
  for (const syncing of running.splice(0)) syncing.stop();
  await locks.request(syncLock, () => undefined);
  vi.unstubAllGlobals();
});

describe('one syncer per browser', () => {
  it('S10 sends from whichever tab has the lock, and from the next when that one closes', async () => {
    const db = await aPairedDatabase();
    const first = start(db);
    start(db);
    await logVisitOf(db, 'desk-1', 1);
    await untilSent(db);
    expect(server.fetch.mock.calls.filter(([url]) => url.includes('_bulk_docs'))).toHaveLength(1);
    first.stop();
    await logVisitOf(db, 'desk-1', 2);
    await untilSent(db);
    expect(server.fetch.mock.calls.filter(([url]) => url.includes('_bulk_docs'))).toHaveLength(2);
  });

  it('S10 a browser without Web Locks syncs all the same', async () => {
    vi.stubGlobal('navigator', {});
    const db = await aPairedDatabase();
    start(db);
    await logVisitOf(db, 'desk-1', 1);
    await untilSent(db);
  });

  it('S11 starts when the device is paired, and continues as the desk that it becomes', async () => {
    const db = await aPairedDatabase(aDevice({ account: { name: 'desk-old', password: '' } }));
    await db.settings.clear();
    start(db);
    await saveDevice(db, aDevice());
    await logVisitOf(db, 'desk-1', 1);
    await untilSent(db);
    await saveDevice(db, aDevice({ deskId: 'd2', account: { name: 'desk-2', password: '' } }));
    await vi.waitFor(() => expect(new Set(server.accounts)).toEqual(new Set(['desk-1', 'desk-2'])));
    server.accounts.length = 0;
    await logVisitOf(db, 'desk-2', 2);
    await untilSent(db);
    expect(new Set(server.accounts)).toEqual(new Set(['desk-2']));
  });
});

describe('a stop', () => {
  it('S12 does not wait for a request that a slow line holds up', async () => {
    const db = await aPairedDatabase();
    const { respond } = server;
    const isSending = vi.fn();
    server.fetch.mockImplementation(async (url, init) => {
      if (!url.includes('_bulk_docs') || isSending.mock.calls.length > 0) return respond(url, init);
      isSending();
      return new Promise((_, reject) => init.signal?.addEventListener('abort', reject));
    });
    start(db);
    await logVisitOf(db, 'desk-1', 1);
    await vi.waitFor(() => expect(isSending).toHaveBeenCalled());
    await saveDevice(db, aDevice({ deskId: 'd2', account: { name: 'desk-2', password: '' } }));
    await untilSent(db);
    expect(server.accounts).toContain('desk-2');
  });
});

describe('a start that the device prevents', () => {
  async function aFullDevice() {
    const db = await aPairedDatabase();
    await logVisitOf(db, 'desk-1', 1);
    const reading = vi.spyOn(db.cursors, 'toArray').mockRejectedValueOnce(new Error('QuotaExceededError'));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const syncing = start(db);
    await vi.waitFor(
      async () =>
        expect(await readSetting(db, 'sync-state')).toMatchObject({
          phase: 'trouble',
          lastFailure: 'device',
          detail: 'Error: QuotaExceededError',
        }),
      { interval: 5 },
    );
    expect(reading).toHaveBeenCalledOnce();
    expect(await waitingCount(db)).toBe(1);
    const retry = timers.mock.calls.find(([, ms]) => ms === 30_000)?.[0];
    return { db, syncing, retry };
  }
  afterEach(() => vi.restoreAllMocks());

  it('S12 is reported, and sync starts when somebody asks', async () => {
    const { db, syncing } = await aFullDevice();
    syncing.hurry();
    await untilSent(db);
  });

  it('S12 is followed by a start half a minute later', async () => {
    const { db, retry } = await aFullDevice();
    retry?.();
    await untilSent(db);
  });

  it('S12 is followed by a start as the desk that the device becomes', async () => {
    const { db } = await aFullDevice();
    await saveDevice(db, aDevice({ name: 'Another name' }));
    await untilSent(db);
  });
});

describe('the service worker', () => {
  let db: TiskiDatabase;
  afterEach(() => db.close());
  const open = async () => {
    db = openDatabase();
    await db.delete();
    await db.open();
    await saveDevice(db, aDevice());
  };

  it('S10 sends what is waiting if no page does', async () => {
    await open();
    expect(await pushOnce()).toBe('nothing-to-send');
    await logVisitOf(db, 'desk-1', 1);
    expect(await pushOnce()).toBe('sent');
    expect(await waitingCount(db)).toBe(0);
  });

  it('S10 leaves it to a page that has the lock, and asks to be called again', async () => {
    await open();
    await logVisitOf(db, 'desk-1', 1);
    const outcome = await locks.request(syncLock, () => pushOnce());
    expect(outcome).toBe('failed');
    expect(server.fetch).not.toHaveBeenCalled();
    expect(await waitingCount(db)).toBe(1);
  });
});
