/** At most 13 frames a second: faster than a hand, and easy on a tablet's battery. */
const busyMs = 75;

/**
 * Nobody is there: a new code is still read within a quarter of a second, including the wait for the next
 * frame.
 */
const idleMs = 200;

const idleAfterMs = 60_000;

/**
 * How long after the start of one reading the next may start, ms. Less often when no code has been in view
 * for a minute, because a counter's camera runs all day. Instants are of one steady clock, ms.
 */
export function readPause(lastCodeAt: number, now: number): number {
  return now - lastCodeAt < idleAfterMs ? busyMs : idleMs;
}
