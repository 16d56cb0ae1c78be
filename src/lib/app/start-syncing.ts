import { ulid } from 'ulid';
import { PUSH_SYNC_TAG } from '$lib/pwa/worker-messages';
import { createCouchServer } from '$lib/remote/couch-server';
import type { ServerAddress } from '$lib/remote/pairing';
import { liveQuery, type TiskiDatabase } from '$lib/store/database';
import { readDevice, type Device } from '$lib/store/device';
import { createLocalStore } from '$lib/store/local-store';
import { waitingCount } from '$lib/store/outbox';
import { writeSyncState, type ProblemKind } from '$lib/store/problems';
import { startReviewing } from '$lib/store/reviews';
import { syncLock, type SyncState, type Timing } from '$lib/sync/ports';
import type { Reporter } from '$lib/sync/reporter';
import { startSyncer, type Syncer } from '$lib/sync/syncer';
import { startReporting } from './start-reporting';

export interface Syncing {
  stop(): void;
  hurry(): void;
}

/** "Try now" reaches the tab that syncs by way of this channel. */
const channelName = 'tiski-sync';

/**
 * S10: syncs in this tab as soon as it has the lock; a browser without Web Locks just syncs.
 * @param version the build's name, for the desk's reports (S15)
 */
export function startSyncing(db: TiskiDatabase, server: ServerAddress, version: string): Syncing {
  const stopping = new AbortController();
  const { signal } = stopping;
  const bell = new EventTarget();
  const ring = () => bell.dispatchEvent(new Event('hurry'));
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', ring);
  const run = () => followDevice(db, server, version, bell, signal);
  const running = 'locks' in navigator ? navigator.locks.request(syncLock, { signal }, run) : run();
  // A lock that is still waited for rejects when the wait is given up.
  running.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

  const hurry = () => {
    ring();
    channel.postMessage('hurry');
  };
  const onShown = () => {
    if (document.visibilityState === 'visible') hurry();
    else void askForBackgroundPush(db);
  };
  // S12: a hint to hurry, nothing more; navigator.onLine is not asked at all.
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', onShown);

  return {
    hurry,
    stop() {
      removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', onShown);
      stopping.abort();
      channel.close();
    },
  };
}

/** After a start that the device itself prevented (no room, a database that the browser closed), ms. */
const startAgainAfter = 30_000;

/** Keeps a syncer for the desk that this device is, and a new one when it becomes another; until stopped. */
async function followDevice(
  db: TiskiDatabase,
  server: ServerAddress,
  version: string,
  bell: EventTarget,
  signal: AbortSignal,
): Promise<void> {
  // The lock may be granted in the very moment in which it is no longer wanted.
  if (signal.aborted) return;
  let syncer: Syncer | undefined;
  let identity = '';
  let wanted: Device | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let turn = Promise.resolve();

  const become = async (device: Device | undefined) => {
    const next = device ? JSON.stringify([device.account, device.sectors]) : '';
    if (next === identity || signal.aborted) return;
    clearTimeout(retry);
    await syncer?.stop();
    syncer = undefined;
    identity = '';
    if (!device) return;
    try {
      syncer = await startSyncerAs(db, server, device, version);
      identity = next;
    } catch (error) {
      if (signal.aborted) return;
      retry = setTimeout(follow, startAgainAfter);
      await tellTrouble(db, error, server.now());
    }
  };
  const follow = () => {
    turn = turn.then(() => become(wanted));
  };
  const hurry = () => (syncer ? syncer.hurry() : follow());
  bell.addEventListener('hurry', hurry);
  const subscription = liveQuery(() => readDevice(db)).subscribe((device) => {
    wanted = device;
    follow();
  });

  // Conflicts are looked for after a page is written, by whoever syncs; a fault there waits for the next page.
  const stopReviewing = startReviewing(db, server.now, () => undefined);

  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  stopReviewing();
  subscription.unsubscribe();
  bell.removeEventListener('hurry', hurry);
  await turn;
  clearTimeout(retry);
  await syncer?.stop();
}

async function tellTrouble(db: TiskiDatabase, error: unknown, now: number): Promise<void> {
  const state: SyncState = {
    phase: 'trouble',
    lastFailure: 'device',
    detail: String(error),
    nextAttemptAt: now + startAgainAfter,
  };
  // On a full disk not even this may be written: the state stays the last that was.
  await writeSyncState(db, state, 'device', now).catch(() => undefined);
}

/** What a state tells the log of problems; undefined while it proves nothing. */
function newsOf({ phase, lastFailure }: SyncState): ProblemKind | 'well' | undefined {
  if (phase === 'revoked' || phase === 'update-needed') return phase;
  return lastFailure ?? (phase === 'in-sync' ? 'well' : undefined);
}

async function startSyncerAs(
  db: TiskiDatabase,
  server: ServerAddress,
  device: Device,
  version: string,
): Promise<Syncer> {
  let writing = Promise.resolve();
  const reporting: { reporter?: Reporter } = {};
  let lastFailure: SyncState['lastFailure'];
  const timing = browserTiming(server.now);
  const ending = new AbortController();
  const address = { ...server, signal: ending.signal };
  const syncer = await startSyncer({
    server: createCouchServer(address, device.account),
    store: createLocalStore(db, server.now),
    timing,
    sessionEpoch: ulid(),
    onState(state: SyncState) {
      lastFailure = state.lastFailure;
      reporting.reporter?.nudge();
      if (state.lastFailure !== undefined) void askForBackgroundPush(db);
      // In order; what can't be written is told by the next state.
      const write = () => writeSyncState(db, state, newsOf(state), server.now());
      writing = writing.then(write).catch(() => undefined);
    },
  });
  const reported = { timing, version, lastFailure: () => lastFailure };
  const reporter = startReporting(db, address, device.account, reported);
  reporting.reporter = reporter;
  return {
    hurry: syncer.hurry,
    async stop() {
      // On a slow line a request may go on for minutes. What the server has taken already is sent once more (S3).
      ending.abort();
      await Promise.all([syncer.stop(), reporter.stop()]);
    },
  };
}

function browserTiming(now: () => number): Timing {
  return {
    now,
    random: Math.random,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        if (signal.aborted) done();
      }),
  };
}

/** Background Sync, which TypeScript doesn't know: Chromium has it, others send when the page is open. */
interface RegistrationWithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** S10: what waits is sent by the service worker, should this page be closed. */
async function askForBackgroundPush(db: TiskiDatabase): Promise<void> {
  try {
    if (!('serviceWorker' in navigator) || (await waitingCount(db)) === 0) return;
    const registration: RegistrationWithSync | undefined = await navigator.serviceWorker.getRegistration();
    await registration?.sync?.register(PUSH_SYNC_TAG);
  } catch {
    // Not allowed here: the outbox is sent the next time that the page is open.
  }
}
