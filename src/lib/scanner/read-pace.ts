/** At most 13 frames a second: quicker than a hand, and easy on a tablet's battery. */
const busyMs = 75;

/** Nobody is there: a code held up is still read within a quarter of a second, the next frame's wait included. */
const idleMs = 200;

const idleAfterMs = 60_000;

/**
 * How long after the beginning of one reading the next may begin, ms: seldom when no code has been in view
 * for a minute, for a counter's camera runs all day. Instants are of one steady clock, ms.
 */
export function readPause(lastCodeAt: number, now: number): number {
  return now - lastCodeAt < idleAfterMs ? busyMs : idleMs;
}
