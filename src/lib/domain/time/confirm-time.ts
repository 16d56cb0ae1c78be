import { readClock, toleratedSkew, type ClockMark, type Contact } from './clock';
import { minute, type Instant } from './day';

/** What a device knew of its clock when it made a document (R13). */
export interface Stamp {
  /** The device's clock, not corrected. */
  deviceAt: Instant;
  mark: ClockMark;
  /** No right clock showed less then: the last contact, or the build. */
  earliest: Instant;
  /** The contact before. */
  known?: { skewMs: number; mark?: ClockMark };
}

/** What the first contact after it says of the time that a document carries (R13). */
export type TimeJudgement =
  | { kind: 'right' }
  | { kind: 'corrected'; at: Instant; correctedByMs?: number }
  /** It was after `from`, and before `until` where a contact says so. */
  | { kind: 'uncertain'; from: Instant; until?: Instant };

/** A clock that goes wrong by less between two looks was not set, ms: quartz loses seconds a day. */
const steadyWithin = minute;

/** Whether the clock was not set between two looks at it: what holds at one of them holds at the other. */
export const isSteady = (a: ClockMark | undefined, b: ClockMark | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.session === b.session &&
  Math.abs(a.offset - b.offset) <= steadyWithin;

/** Forward it may have slept: not every browser's monotonic clock goes on while the device does not. */
const wasSetBack = (before: ClockMark | undefined, after: ClockMark | undefined): boolean =>
  before !== undefined &&
  after !== undefined &&
  before.session === after.session &&
  after.offset < before.offset - steadyWithin;

/** Whether the contact before the document tells its time for good: no later one can say more. */
export const isSure = ({ known, mark }: Stamp): boolean => isSteady(known?.mark, mark);

/** R13: judges a document's time by the first contact after it, or without any. */
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
  // Nobody saw what the clock did between: it is believed where it was as right before as after.
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
