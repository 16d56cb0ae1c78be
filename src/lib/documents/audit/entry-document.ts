import * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { boundedText } from '$lib/documents/fields';

const digits = 14;

/** The most people in one entry: a page of a list. */
export const mostPeople = 50;

/** The id of an entry: numbers sort as text. @param number 1, 2, … without a gap */
export const entryId = (number: number): string => `entry:${String(number).padStart(digits, '0')}`;
export const entryNumber = (id: string): number => Number(id.slice('entry:'.length));

/** What somebody did or looked at. */
export const auditFacts = v.object({
  /** The account; `server` for what the server does by itself. */
  account: boundedText(200),
  /** A kebab-case word: `case-read`, `decided`, `person-searched`. */
  action: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{1,49}$/)),
  /** Ids of the people whom it concerns. */
  people: v.optional(v.pipe(v.array(boundedText(60)), v.maxLength(mostPeople))),
  case: v.optional(boundedText(60)),
  /** What else it was about: an account, a letter, a page of a list. Never a name. */
  about: v.optional(boundedText(200)),
  /** Why, in the account's own words, where a reason is asked for. */
  why: v.optional(boundedText(500)),
  /** The account's rights at that moment. */
  rights: v.optional(v.pipe(v.array(boundedText(40)), v.maxLength(20))),
  organisation: v.optional(boundedText(100)),
  /** The device's own time, if it did this without a network. */
  deviceAt: v.optional(boundedText(40)),
});
export type AuditFacts = v.InferOutput<typeof auditFacts>;

/** An entry of the audit log. `hash` covers all of it, and through `previous` every entry before. */
export const entryDocument = v.looseObject({
  ...auditFacts.entries,
  _id: v.pipe(v.string(), v.regex(/^entry:\d{14}$/)),
  type: v.literal('entry'),
  v: v.literal(1),
  /** The server's time. */
  at: boundedText(40),
  /** The hash of the entry before it; empty in the first. */
  previous: v.string(),
  hash: v.string(),
});
export type EntryDocument = v.InferOutput<typeof entryDocument>;

/** What the hash is made from: all of an entry but the hash, and what CouchDB adds. */
export const hashedText = (entry: Omit<EntryDocument, 'hash'>): string =>
  canonicalJson({ ...entry, hash: undefined });
