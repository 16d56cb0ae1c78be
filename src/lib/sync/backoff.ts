import type { SyncFailure } from './ports';

/** S12. First and longest pause between attempts, ms. */
const base = 1_000;
const cap = 60_000;
/** An account that is not let in won't change soon: somebody has to act, ms. */
const deniedCap = 5 * 60_000;

/**
 * How long to wait after the `attempt`-th failure in a row (0 for the first), ms: a random time up to a span
 * that doubles, so that a city's desks don't come back all at once ("full jitter", Marc Brooker, AWS 2015). A
 * Retry-After is a minimum.
 */
export function pauseAfter(failure: SyncFailure, attempt: number, random: number): number {
  const isDenied = failure.kind === 'signed-out' || failure.kind === 'forbidden';
  const span = Math.min(isDenied ? deniedCap : cap, base * 2 ** Math.min(attempt, 20));
  const pause = Math.round(random * span);
  return failure.kind === 'busy' && failure.retryAfterMs !== undefined ? failure.retryAfterMs + pause : pause;
}
