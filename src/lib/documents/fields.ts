import * as v from 'valibot';
import { isCardNumber } from '$lib/domain/visit/card-number';

/** Fields that several documents share. Messages are in English: they reach the quarantine list. */

/**
 * Whether 'YYYY-MM-DD' is a calendar day from 1900 on: an earlier one is a slip. Other registers write
 * 9999-12-31 for "no end".
 */
export function isCalendarDay(text: string): boolean {
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) && text >= '1900';
}

const instantForm = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** Not with the built-in parser: engines differ over February 30. */
export function isInstant(text: string): boolean {
  const day = instantForm.exec(text)?.[1];
  return day !== undefined && isCalendarDay(day);
}

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
export const instant = v.pipe(
  v.string(),
  v.check(isInstant, 'must be an instant in UTC like 2026-11-22T08:00:00.000Z'),
);
/** A sector's id is part of a database name, which CouchDB and file systems limit. */
const longestIdentifier = 64;
export const identifier = v.pipe(
  v.string(),
  v.maxLength(longestIdentifier, `must have ${longestIdentifier} characters at most`),
  v.regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a-z, 0-9 and -'),
);
/** An `_id` made of a type, a colon and an identifier. */
export const idOfType = (type: string) =>
  v.pipe(
    v.string(),
    v.regex(
      new RegExp(`^${type}:[a-z0-9][a-z0-9-]{0,${longestIdentifier - 1}}$`),
      `must be ${type}: and an identifier of ${longestIdentifier} characters at most`,
    ),
  );
/** A bounded list: everything stored reaches every desk. */
export const listOf = <const TItem extends v.GenericSchema>(item: TItem, most = 1000) =>
  v.pipe(v.array(item), v.maxLength(most, `must have ${most} items at most`));
/** What a desk or a person names freely, such as a reason or another document's `_id`. */
export const shortText = v.pipe(v.string(), v.maxLength(200, 'must have 200 characters at most'));
/** Text of 1 to `longest` characters, without spaces around it. */
export const boundedText = (longest: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'is missing'),
    v.maxLength(longest, `must have ${longest} characters at most`),
  );
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

// Making a format is slow, and a sector's visits name only a zone or two.
const knownZones = new Set<string>();

export function isZone(name: string): boolean {
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
export const localizedText = v.object({ fi: shortText, sv: shortText, en: shortText });
export type LocalizedText = v.InferOutput<typeof localizedText>;

/** The `_id` of a published key: a type, a colon and the beginning of its RFC 7638 thumbprint, base64url. */
export const idOfKey = (type: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${type}:[A-Za-z0-9_-]{1,64}$`), `must be ${type}: and a kid`));
/** 32 bytes, base64url. */
export const keyPart = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url'));
