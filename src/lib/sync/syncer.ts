import { createAcknowledgedCheck } from './check-acknowledged';
import { noDoubt, type EpochDoubt } from './judge-epoch';
import { startLane, type Lane, type LaneState } from './lane';
import {
  isLineTrouble,
  type LocalStore,
  type Outcome,
  type RemoteFailure,
  type RemoteServer,
  type SyncState,
  type Timing,
} from './ports';
import { pullDocuments } from './pull-documents';
import { pushWaiting } from './push-documents';
import { syncStateOf } from './sync-state';

export interface SyncerParts {
  server: RemoteServer;
  store: LocalStore;
  timing: Timing;
  /** Called with every new state. */
  onState(state: SyncState): void;
  /** See PullOptions. */
  sessionEpoch: string;
}

export interface Syncer {
  /** The line may be back, or somebody asks: try now. */
  hurry(): void;
  /** Resolves when what was under way has ended. */
  stop(): Promise<void>;
}

/** Requests that a browser keeps open at once for changes; it allows six in all to one HTTP/1.1 server. */
const mostWaits = 4;
/** How often the other databases are looked at, ms. */
const lookEvery = 60_000;

const push = 'push';

/** What the lanes have learned, as the syncer's state tells it. */
interface Known {
  loading: Map<string, { done: number; total: number }>;
  isSending: boolean;
  isRevoked: boolean;
  needsUpdate: boolean;
}

/**
 * Syncs until it is stopped: one lane pushes the outbox, and one for each database pulls and waits for
 * changes. Nothing here is awaited by a counter (S14).
 */
export async function startSyncer(parts: SyncerParts): Promise<Syncer> {
  const { server, store, timing, onState } = parts;
  const databases = await store.databases();
  await store.reviewQuarantine();
  const known: Known = {
    loading: new Map(),
    isSending: false,
    isRevoked: await store.isRevoked(),
    needsUpdate: await store.needsUpdate(),
  };
  const lanes = new Map<string, Lane>();
  const states = new Map<string, LaneState>();
  const attempted = new Set<string>();
  let isStopped = false;

  let told = '';
  const tell = () => {
    const state = syncStateOf({ ...known, lanes: states, hasStarted: attempted.size > databases.length });
    const news = JSON.stringify(state);
    if (isStopped || news === told) return;
    told = news;
    onState(state);
  };

  const hurry = () => lanes.forEach((lane) => lane.wake());
  /** S12: one got through, so the line is back: the others need not wait out their backoff. */
  const hurryOthers = (name: string) => {
    for (const [other, lane] of lanes) {
      if (other !== name && isLineTrouble(states.get(other)?.failure?.kind)) lane.wake();
    }
  };

  const heedAccount = accountWatch(parts, known, hurry);
  const open = (name: string, work: Work, rest: Work) => {
    const lane = startLane({
      timing,
      async work(signal) {
        const outcome = await work(signal);
        await heedAccount(outcome);
        attempted.add(name);
        if (outcome.ok && isLineTrouble(states.get(name)?.failure?.kind)) hurryOthers(name);
        return outcome;
      },
      rest,
      onState(state) {
        states.set(name, state);
        tell();
      },
    });
    lanes.set(name, lane);
  };

  open(push, () => pushAll(parts, known, { tell, onStored: () => hurryOthers(push) }), untilWoken);
  databases.forEach((database, index) => {
    const doubt = noDoubt();
    const rest: Work =
      index < mostWaits
        ? (signal) => waitForChange(parts, database, signal)
        : (signal) => timing.sleep(lookEvery, signal).then(() => nothingToTell);
    const takeTurn = createAcknowledgedCheck({ remote: server.database(database), store, now: timing.now });
    open(
      database,
      () => pull(parts, known, { database, doubt, tell }),
      // S9: a rest begins with a turn of the daily check, where one is due.
      async (signal) => ((await takeTurn(signal)) ? nothingToTell : rest(signal)),
    );
  });
  const unwatch = store.onWaiting(() => lanes.get(push)?.wake());

  return {
    hurry,
    async stop() {
      isStopped = true;
      unwatch();
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
    },
  };
}

/** S11: an account that is not let in may be revoked, and a revoked one may be let in again. */
function accountWatch({ server, store }: SyncerParts, known: Known, onLetIn: () => void) {
  let checking: Promise<void> | undefined;
  const check = async () => {
    const account = await server.account();
    if (!account.ok || (account.value === 'revoked') === known.isRevoked) return;
    await store.setAccountState(account.value);
    known.isRevoked = account.value === 'revoked';
    if (!known.isRevoked) onLetIn();
  };
  return (outcome: Outcome<unknown>) => {
    if (outcome.ok ? !known.isRevoked : !isDenied(outcome.failure)) return;
    checking ??= check().finally(() => (checking = undefined));
    return checking;
  };
}

async function pushAll(
  { server, store }: SyncerParts,
  known: Known,
  { tell, onStored }: { tell: () => void; onStored: () => void },
): Promise<Outcome<unknown>> {
  try {
    const pushed = await pushWaiting(server, store, () => {
      known.isSending = true;
      tell();
    });
    if (pushed.ok && pushed.value.stored > 0) onStored();
    return pushed;
  } finally {
    known.isSending = false;
  }
}

async function pull(
  { server, store, sessionEpoch }: SyncerParts,
  known: Known,
  { database, doubt, tell }: { database: string; doubt: EpochDoubt; tell: () => void },
): Promise<Outcome<unknown>> {
  const isComplete = (await store.cursor(database))?.isComplete ?? false;
  if (!isComplete) known.loading.set(database, { done: 0, total: 0 });
  const outcome = await pullDocuments(server.database(database), store, {
    sessionEpoch,
    doubt,
    onProgress(progress) {
      if (progress.total === progress.done && isComplete) return;
      known.loading.set(database, progress);
      tell();
    },
  });
  known.loading.delete(database);
  known.needsUpdate = await store.needsUpdate();
  // Another tab may have learned it: a revoked device takes no page, and this one would ask for it for ever.
  known.isRevoked = await store.isRevoked();
  if (outcome.ok) await store.prune();
  return outcome;
}

async function waitForChange(
  { server, store, timing }: SyncerParts,
  database: string,
  signal: AbortSignal,
): Promise<Outcome<unknown>> {
  const cursor = await store.cursor(database);
  const startedAt = timing.now();
  const outcome = await server.database(database).waitForChange(cursor?.seq ?? '0', signal);
  // Something on the way that ends waits at once must not make the desk run in circles.
  if (outcome.ok && !outcome.value && timing.now() - startedAt < 1_000) {
    await timing.sleep(lookEvery, signal);
  }
  return outcome;
}

type Work = (signal: AbortSignal) => Promise<Outcome<unknown>>;

const nothingToTell = { ok: true, value: undefined } as const;

const isDenied = (failure: RemoteFailure) => failure.kind === 'signed-out' || failure.kind === 'forbidden';

function untilWoken(signal: AbortSignal): Promise<Outcome<unknown>> {
  return new Promise((resolve) => {
    const done = () => resolve(nothingToTell);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
