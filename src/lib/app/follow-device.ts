import { ulid } from 'ulid';
import { createCouchServer } from '$lib/remote/couch-server';
import type { ServerAddress } from '$lib/remote/pairing';
import { liveQuery, type TiskiDatabase } from '$lib/store/database';
import { readDevice, type Device } from '$lib/store/device';
import { createLocalStore } from '$lib/store/local-store';
import { writeSyncState, type ProblemKind } from '$lib/store/problems';
import { startReviewing } from '$lib/store/reviews';
import type { SyncState } from '$lib/sync/ports';
import type { Reporter } from '$lib/sync/reporter';
import { startSyncer, type Syncer } from '$lib/sync/syncer';
import { askForBackgroundPush } from './background-sync';
import { browserTiming } from './browser-timing';
import { startReporting } from './start-reporting';

/** Pause after a start that the device itself prevented (no room, a database that the browser closed), ms. */
const startAgainAfter = 30_000;

/** Runs a syncer for the desk that this device is, and a new one when it becomes another; until stopped. */
export async function followDevice(
  db: TiskiDatabase,
  server: ServerAddress,
  version: string,
  bell: EventTarget,
  signal: AbortSignal,
): Promise<void> {
  // The lock may be granted at the very moment when it is no longer wanted.
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

  // Whoever syncs looks for conflicts after a page is written; if that fails, it waits for the next page.
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
  // On a full disk not even this can be written: the last state stays.
  await writeSyncState(db, state, 'device', now).catch(() => undefined);
}

/** What a state means for the log of problems; undefined while it proves nothing. */
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
      // In order; if one can't be written, the next state makes up for it.
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
      // On a slow line a request may take minutes. What the server has already accepted is sent once more
      // (S3).
      ending.abort();
      await Promise.all([syncer.stop(), reporter.stop()]);
    },
  };
}
