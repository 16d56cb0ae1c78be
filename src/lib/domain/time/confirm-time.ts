import { readClock, toleratedSkew, type ClockMark, type Contact } from './clock';
import { minute, type Instant } from './day';

/** What a device knew about its clock when it made a document (R13). */
export interface Stamp {
  /** The device's clock, uncorrected. */
  deviceAt: Instant;
  mark: ClockMark;
  /** No correct clock showed less at that point: the last contact, or the build. */
  earliest: Instant;
  /** The contact before. */
  known?: { skewMs: number; mark?: ClockMark };
}

/** What the first contact after it says about a document's time (R13). */
export type TimeJudgement =
  | { kind: 'right' }
  | { kind: 'corrected'; at: Instant; correctedByMs?: number }
  /** It was after `from`, and before `until` if a contact says so. */
  | { kind: 'uncertain'; from: Instant; until?: Instant };

/**
 * A clock whose offset changes by less than this between two readings was not set, ms: quartz drifts by
 * seconds a day.
 */
const steadyWithin = minute;

/**
 * Whether the clock was not set between two readings: what is known about one then also applies to the other.
 */
export const isSteady = (a: ClockMark | undefined, b: ClockMark | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.session === b.session &&
  Math.abs(a.offset - b.offset) <= steadyWithin;

/** A step forward may be sleep: in some browsers the monotonic clock stops while the device sleeps. */
const wasSetBack = (before: ClockMark | undefined, after: ClockMark | undefined): boolean =>
  before !== undefined &&
  after !== undefined &&
  before.session === after.session &&
  after.offset < before.offset - steadyWithin;

/**
 * Whether the contact before a document already determines its time for good: no later one can add anything.
 */
export const isSure = ({ known, mark }: Stamp): boolean => isSteady(known?.mark, mark);

/** R13: judges a document's time by the first contact after it, or without one. */
export function judgeTime(stamp: Stamp, contact?: Contact): TimeJudgement {
  if (isSure(stamp)) return { kind: 'right' };
  const { deviceAt, mark, earliest, known } = stamp;
  if (!contact) return { kind: 'uncertain', from: earliest };
  const given = readAs(deviceAt, known?.skewMs);
  if (isSteady(mark, contact.mark)) {
    const right = readAs(deviceAt, contact.skewMs);
    if (Math.abs(right.now - given.now) <= toleratedSkew) return { kind: 'right' };
    const { now: at, correctedByMs } = right;
    return { kind: 'corrected', at, ...(correctedByMs !== undefined && { correctedByMs }) };
  }
  // Nobody saw what the clock did in between: it is trusted if it was equally right before and after.
  const isBelieved =
    Math.abs(contact.skewMs - (known?.skewMs ?? 0)) <= toleratedSkew &&
    given.now >= earliest - toleratedSkew &&
    given.now <= contact.serverNow + toleratedSkew &&
    !wasSetBack(known?.mark, mark) &&
    !wasSetBack(mark, contact.mark);
  return isBelieved ? { kind: 'right' } : { kind: 'uncertain', from: earliest, until: contact.serverNow };
}

const readAs = (deviceAt: Instant, skewMs: number | undefined) =>
  readClock(deviceAt, { builtAt: 0, ...(skewMs !== undefined && { skewMs }) });
