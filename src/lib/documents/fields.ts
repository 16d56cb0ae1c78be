import * as v from 'valibot';
import { isCardNumber } from '$lib/domain/card-number';

/** Fields that several documents share. Messages are in English: they reach the quarantine list. */

/** Whether 'YYYY-MM-DD' is a day of the calendar. */
export const isCalendarDay = (text: string) => {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
};

export const cardNumber = v.pipe(
  v.string(),
  v.check(isCardNumber, 'must be 8 digits with a right check digit'),
);
export const localDate = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day like 2026-11-22'),
  v.check(isCalendarDay, 'must be a day that exists'),
);
export const localTime = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time like 06:30'),
);
export const instant = v.pipe(v.string(), v.isoTimestamp('must be an instant like 2026-11-22T08:00:00.000Z'));
/** A sector's is part of a database's name, which a CouchDB and a file system limit. As in validate/*.js. */
const longestIdentifier = 64;
export const identifier = v.pipe(
  v.string(),
  v.maxLength(longestIdentifier, `must have ${longestIdentifier} characters at most`),
  v.regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a-z, 0-9 and -'),
);
/** An `_id` that is a type, a colon and an identifier. */
export const idOfType = (type: string) =>
  v.pipe(
    v.string(),
    v.startsWith(`${type}:`),
    v.check(
      (id) => v.is(identifier, id.slice(type.length + 1)),
      `must be ${type}: and an identifier of ${longestIdentifier} characters at most`,
    ),
  );
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

// Making a format is slow, and a sector's visits name one zone or two.
const knownZones = new Set<string>();

function isZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  knownZones.add(name);
  return true;
}

export const zone = v.pipe(v.string(), v.check(isZone, 'must be a time zone like Europe/Helsinki'));

/** A name in every language of the product. */
const shownText = v.pipe(v.string(), v.maxLength(200, 'must have 200 characters at most'));
export const localizedText = v.object({ fi: shownText, sv: shownText, en: shownText });
export type LocalizedText = v.InferOutput<typeof localizedText>;
