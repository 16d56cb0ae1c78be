import type { Instant } from '$lib/domain/time/day';
import { pauseAfter } from './backoff';
import type { Outcome, SyncFailure, Timing } from './ports';

/** What a lane is doing, and why its last attempt failed, which only a success clears. */
export interface LaneState {
  isWorking: boolean;
  failure?: SyncFailure;
  nextAttemptAt?: Instant;
}

export interface LaneParts {
  timing: Timing;
  /** One attempt. */
  work(signal: AbortSignal): Promise<Outcome<unknown>>;
  /** After a success: resolves when there may be work again, or when it can no longer tell. */
  rest(signal: AbortSignal): Promise<Outcome<unknown>>;
  onState(state: LaneState): void;
}

export interface Lane {
  /** There is work: rest and backoff end now; a pause that the server asked for does not (S12). */
  wake(): void;
  /** Resolves when the current work has ended. */
  stop(): Promise<void>;
}

/** A rest this long was a good one, however it ended, ms: in the field, lines are cut every minute. */
const goodRest = 10_000;

/**
 * One kind of work, repeated, with its own backoff: lanes don't wait for one another (S5). Starts at once and
 * continues until it is stopped.
 */
export function startLane({ timing, work, rest, onState }: LaneParts): Lane {
  const stopping = new AbortController();
  const { signal } = stopping;
  let isWanted = false;
  let interrupt: (() => void) | undefined;
  let state: LaneState = { isWorking: false };

  const become = (next: LaneState) => {
    state = next;
    if (!signal.aborted) onState(state);
  };

  /** Runs something that `wake` may cut short; an earlier wake counts too. */
  async function interruptibly<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (isWanted || signal.aborted) return undefined;
    const controller = new AbortController();
    interrupt = () => controller.abort();
    try {
      return await run(controller.signal);
    } finally {
      interrupt = undefined;
    }
  }

  async function pause(failure: SyncFailure, ms: number): Promise<void> {
    if (failure.kind === 'busy' && failure.retryAfterMs !== undefined) await timing.sleep(ms, signal);
    else await interruptibly((woken) => timing.sleep(ms, woken));
  }

  async function run(): Promise<void> {
    // Failures in a row, of work and of rest.
    let attempt = 0;
    while (!signal.aborted) {
      isWanted = false;
      become({ ...state, isWorking: true });
      const outcome = await asOutcome(() => work(signal));
      if (!outcome.ok) {
        const ms = pauseAfter(outcome.failure, attempt++, timing.random());
        become({ isWorking: false, failure: outcome.failure, nextAttemptAt: timing.now() + ms });
        await pause(outcome.failure, ms);
        continue;
      }
      become({ isWorking: false });
      const restedFrom = timing.now();
      const rested = await asOutcome(() => interruptibly(rest));
      // A broken wait proves nothing: the next attempt will tell, and nobody is alarmed before.
      if (rested.ok || timing.now() - restedFrom >= goodRest) attempt = 0;
      if (!rested.ok) await pause(rested.failure, pauseAfter(rested.failure, attempt++, timing.random()));
    }
  }

  const ended = run();
  return {
    wake() {
      isWanted = true;
      interrupt?.();
    },
    stop() {
      stopping.abort();
      interrupt?.();
      return ended;
    },
  };
}

type LaneOutcome = { ok: true } | { ok: false; failure: SyncFailure };

/** The device's own trouble (no room, a database that the browser closed) must not end a lane for good. */
async function asOutcome(run: () => Promise<Outcome<unknown> | undefined>): Promise<LaneOutcome> {
  try {
    return (await run()) ?? { ok: true };
  } catch (error) {
    return { ok: false, failure: { kind: 'device', reason: String(error) } };
  }
}
