import { minute, type Instant } from './day';

/**
 * The offset of a device's clock from a clock that nobody can set: while the offset stays the same, nobody
 * has set the device's clock either. In some browsers a laptop's sleep moves it forward.
 */
export interface ClockMark {
  /** The page or worker: each has its own monotonic clock. */
  session: string;
  /** Device clock minus monotonic clock, ms. */
  offset: number;
}

/** What a response said about the server's time. */
export interface Contact {
  /** Server time minus device time, ms. */
  skewMs: number;
  serverNow: Instant;
  /** The device's clock at that moment. */
  mark?: ClockMark;
}

/** What is known about the device's clock. */
export interface ClockKnowledge {
  /** Server time minus device time at the last contact, ms; absent before the first contact. */
  skewMs?: number;
  /** Server time at the last contact. */
  lastContact?: Instant;
  /** When this build was made: no correct clock is before it. */
  builtAt: Instant;
}

/** A reading that the rules may use. */
export interface ClockReading {
  now: Instant;
  /** False if the clock is known to be wrong and can't be corrected (R13). */
  isPlausible: boolean;
  /** The correction applied, ms; absent if none was needed. */
  correctedByMs?: number;
}

/** Skew up to this much is left alone (R13), ms. */
export const toleratedSkew = 5 * minute;

/** R13: corrects the device's clock by the skew at the last contact. */
export function readClock(deviceNow: Instant, known: ClockKnowledge): ClockReading {
  const skew = known.skewMs ?? 0;
  const isOff = Math.abs(skew) > toleratedSkew;
  const now = isOff ? deviceNow + skew : deviceNow;
  // A clock that is behind an instant that has certainly passed was set back or lost its battery.
  const floor = Math.max(known.builtAt, known.lastContact ?? 0);
  const isPlausible = now >= floor - toleratedSkew;
  return isOff ? { now, isPlausible, correctedByMs: skew } : { now, isPlausible };
}
