import { minute, type Instant } from './day';

/**
 * Where a device's clock stands against one that nobody can set: as long as it stands there, it was not set either.
 * A laptop's sleep moves it forward in some browsers.
 */
export interface ClockMark {
  /** The page or worker: each has a monotonic clock of its own. */
  session: string;
  /** Device clock minus monotonic clock, ms. */
  offset: number;
}

/** What an answer told of the server's time. */
export interface Contact {
  /** Server time minus device time, ms. */
  skewMs: number;
  serverNow: Instant;
  /** The device's clock at that moment. */
  mark?: ClockMark;
}

/** What is known about the device's clock. */
export interface ClockKnowledge {
  /** Server time minus device time at the last contact, ms; absent when the server was never met. */
  skewMs?: number;
  /** Server time at the last contact. */
  lastContact?: Instant;
  /** When this build was made: no right clock is before it. */
  builtAt: Instant;
}

/** A reading that the rules may use. */
export interface ClockReading {
  now: Instant;
  /** False when the clock is known to be wrong and can't be corrected (R13). */
  isPlausible: boolean;
  /** The correction applied, ms; absent when none was needed. */
  correctedByMs?: number;
}

/** Skew up to this much is left alone (R13), ms. */
export const toleratedSkew = 5 * minute;

/** R13: corrects the device's clock by the skew seen at the last contact. */
export function readClock(deviceNow: Instant, known: ClockKnowledge): ClockReading {
  const skew = known.skewMs ?? 0;
  const isOff = Math.abs(skew) > toleratedSkew;
  const now = isOff ? deviceNow + skew : deviceNow;
  // A clock that runs behind a moment which has certainly passed was set back or lost its battery.
  const floor = Math.max(known.builtAt, known.lastContact ?? 0);
  const isPlausible = now >= floor - toleratedSkew;
  return isOff ? { now, isPlausible, correctedByMs: skew } : { now, isPlausible };
}
