import { createHash } from 'node:crypto';
import type { Unconfirmed } from '../../src/lib/documents/visits/confirm-documents';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import type { Stamp } from '../../src/lib/domain/time/confirm-time';
import { minute, type Instant } from '../../src/lib/domain/time/day';
import { sortedJson } from './effect';

/** R13 in the model's own words: PROTOCOL.md, The clock. */

/** A clock that is this far off, ms, is near enough. */
export const tolerated = 5 * minute;

/** A device's clock, set right where the contact found it too far off. */
export const corrected = (deviceAt: Instant, skewMs: number): Instant =>
  Math.abs(skewMs) > tolerated ? deviceAt + skewMs : deviceAt;

/** How far a clock moved between two looks at it, ms; unknown between two pages. */
function moved(before: ClockMark | undefined, after: ClockMark | undefined): number | undefined {
  return before && before.session === after?.session ? after.offset - before.offset : undefined;
}

export const isSteady = (before: ClockMark | undefined, after: ClockMark | undefined): boolean =>
  Math.abs(moved(before, after) ?? Infinity) <= minute;

const wentBack = (before: ClockMark | undefined, after: ClockMark | undefined): boolean =>
  (moved(before, after) ?? 0) < -minute;

/** The contact before it says its time for certain. */
export const isCertain = ({ known, mark }: Stamp): boolean => isSteady(known?.mark, mark);

/** What waited for a contact, as it is sent. */
export function dated(unconfirmed: readonly Unconfirmed[], contact: Contact | undefined): LogDocument[] {
  const numberOf = ({ document }: Unconfirmed) => (document.type === 'visit' ? document.number : 0);
  const made = new Set(unconfirmed.map(({ document }) => document));
  const done: LogDocument[] = [];
  for (const { document, stamp } of unconfirmed.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    const next = withItsTime(document, stamp, contact);
    const before = done.find(
      (each) =>
        each.type === 'visit' &&
        next.type === 'visit' &&
        each.desk === next.desk &&
        each.number === next.number - 1,
    );
    // S15: the chain goes through what has changed.
    const isChained = next.type === 'visit' && before && !made.has(before);
    done.push(isChained ? { ...next, previous: hashOf(before) } : next);
  }
  return done;
}

const hashOf = (document: object): string => createHash('sha256').update(sortedJson(document)).digest('hex');

/** The document itself where its time is as good as it was. */
function withItsTime(document: LogDocument, stamp: Stamp, contact: Contact | undefined): LogDocument {
  const { deviceAt, mark, earliest, known } = stamp;
  if (isCertain(stamp)) return document;
  if (!contact) return uncertain(document, earliest);
  const said = corrected(deviceAt, known?.skewMs ?? 0);
  if (isSteady(mark, contact.mark)) {
    const right = corrected(deviceAt, contact.skewMs);
    if (Math.abs(right - said) <= tolerated) return document;
    const again: LogDocument = { ...document, at: new Date(right).toISOString() };
    if (again.type !== 'visit') return again;
    delete again.clockSkewMs;
    return right === deviceAt ? again : { ...again, clockSkewMs: contact.skewMs };
  }
  const isBelieved =
    Math.abs(contact.skewMs - (known?.skewMs ?? 0)) <= tolerated &&
    said >= earliest - tolerated &&
    said <= contact.serverNow + tolerated &&
    !wentBack(known?.mark, mark) &&
    !wentBack(mark, contact.mark);
  return isBelieved ? document : uncertain(document, earliest, contact.serverNow);
}

function uncertain(document: LogDocument, from: Instant, until?: Instant): LogDocument {
  if (document.type !== 'visit') return document;
  const iso = (at: Instant) => new Date(at).toISOString();
  return {
    ...document,
    timeUncertain: { from: iso(from), ...(until !== undefined && { until: iso(until) }) },
  };
}
