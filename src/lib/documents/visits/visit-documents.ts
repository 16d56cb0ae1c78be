import * as v from 'valibot';
import { cardNumber, count, identifier, instant, listOf, shortText, zone } from '$lib/documents/fields';
import { resolutionKinds } from '$lib/domain/review/conflicts';
import type { Instant } from '$lib/domain/time/day';
import { overrideReasons } from '$lib/domain/visit/verdict';

/**
 * `visit:DESK:ULID`, immutable: one visit as the desk logged it. The desk is part of the id, so no desk can
 * write a conflicting branch of another's visit. No name, no code, no reason for the card.
 */
export const visitDocument = v.object({
  _id: v.pipe(v.string(), v.regex(/^visit:[a-z0-9-]+:[0-9A-HJKMNP-TV-Z]{26}$/, 'must be visit:DESK:ULID')),
  type: v.literal('visit'),
  v: v.literal(1),
  card: cardNumber,
  /** Absent for a card that was not in the register (override). */
  scheme: v.optional(identifier),
  service: identifier,
  venue: identifier,
  /** The chosen course or the performance (R9, R10). */
  offering: v.optional(identifier),
  /** Portions given out, if the service counts them (R10). */
  portions: v.optional(count),
  /** The desk's account name. */
  desk: identifier,
  /** Corrected instant of the visit, ISO 8601 in UTC, and the venue's zone. */
  at: instant,
  zone,
  /** Server time minus device time, as applied to `at`, ms (R13). */
  clockSkewMs: v.optional(v.number()),
  /**
   * The device's clock was or may have been wrong by an unknown amount (R13): the visit was after `from`, the
   * contact before it, and before `until`, the first contact after it. `until` is absent if it was sent by
   * file.
   */
  timeUncertain: v.optional(v.object({ from: instant, until: v.optional(instant) })),
  people: v.object({ holder: count, children: count, assistants: count }),
  verdict: v.object({
    outcome: v.picklist(['admit', 'ask', 'refuse']),
    reason: v.optional(shortText),
    marks: listOf(shortText, 20),
  }),
  override: v.optional(v.object({ reason: v.picklist(overrideReasons) })),
  register: v.object({ asOf: v.nullable(instant) }),
  /** This desk's visits are numbered 1, 2, 3 … and chained, so that a gap shows. */
  number: v.pipe(count, v.minValue(1)),
  /** SHA-256 (hex) of this desk's previous visit in canonical form; '' for the first. */
  previous: v.pipe(v.string(), v.regex(/^([0-9a-f]{64})?$/, 'must be a SHA-256 in hex, or empty')),
});
export type VisitDocument = v.InferOutput<typeof visitDocument>;

/** `void:VISIT`, immutable: undoes one visit, which itself stays. */
export const voidDocument = v.object({
  _id: v.pipe(v.string(), v.regex(/^void:visit:[a-z0-9-]+:[0-9A-HJKMNP-TV-Z]{26}$/, 'must be void:VISIT')),
  type: v.literal('void'),
  v: v.literal(1),
  /** The `_id` of the visit. */
  visit: shortText,
  card: cardNumber,
  service: identifier,
  /** The desk that logged the visit. */
  desk: identifier,
  /** The office's account, unless the desk did it itself. */
  by: v.optional(identifier),
  at: instant,
});
export type VoidDocument = v.InferOutput<typeof voidDocument>;

/**
 * `choice:DESK:ULID`, immutable: a card's holder chose an offering (R9). Two offline desks may both write
 * one: both stay, and the review finds them (docs/decisions/0005).
 */
export const choiceDocument = v.object({
  _id: v.pipe(v.string(), v.regex(/^choice:[a-z0-9-]+:[0-9A-HJKMNP-TV-Z]{26}$/, 'must be choice:DESK:ULID')),
  type: v.literal('choice'),
  v: v.literal(1),
  card: cardNumber,
  scheme: v.optional(identifier),
  service: identifier,
  offering: identifier,
  venue: identifier,
  desk: identifier,
  at: instant,
  zone,
  register: v.object({ asOf: v.nullable(instant) }),
});
export type ChoiceDocument = v.InferOutput<typeof choiceDocument>;

export const releaseReasons = ['undone', 'office', 'review'] as const;

/**
 * `release:CHOICE`, immutable: the choice no longer counts. A desk undoes its own while it is fresh, the
 * office any.
 */
export const releaseDocument = v.object({
  _id: v.pipe(
    v.string(),
    v.regex(/^release:choice:[a-z0-9-]+:[0-9A-HJKMNP-TV-Z]{26}$/, 'must be release:CHOICE'),
  ),
  type: v.literal('release'),
  v: v.literal(1),
  /** The `_id` of the choice. */
  choice: shortText,
  card: cardNumber,
  service: identifier,
  offering: identifier,
  /** Account of the desk or of the office. */
  by: identifier,
  reason: v.picklist(releaseReasons),
  at: instant,
});
export type ReleaseDocument = v.InferOutput<typeof releaseDocument>;

/** `resolution:BY:ULID`, immutable: how somebody resolved a conflict of the review list. */
export const resolutionDocument = v.object({
  _id: v.pipe(
    v.string(),
    v.regex(/^resolution:[a-z0-9-]+:[0-9A-HJKMNP-TV-Z]{26}$/, 'must be resolution:ACCOUNT:ULID'),
  ),
  type: v.literal('resolution'),
  v: v.literal(1),
  /** Id of the conflict, see domain/review/conflicts.ts. */
  conflict: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
  /** `_id`s of the visits or choices that were considered: a further one reopens the conflict. */
  documents: v.pipe(listOf(shortText, 5000), v.minLength(1)),
  decision: v.picklist(resolutionKinds),
  /** For `keep`: the `_id`s that still count. */
  kept: v.optional(listOf(shortText, 5000)),
  /** Account of the desk or of the office. */
  by: identifier,
  at: instant,
});
export type ResolutionDocument = v.InferOutput<typeof resolutionDocument>;

/** What a desk sends: documents that never change once written. */
export type LogDocument =
  VisitDocument | VoidDocument | ChoiceDocument | ReleaseDocument | ResolutionDocument;

/** The latest possible time of a visit, as far as its clock or a contact tells. */
export function loggedBy({ at, timeUncertain }: Pick<VisitDocument, 'at' | 'timeUncertain'>): Instant {
  const known = timeUncertain?.until ?? timeUncertain?.from;
  return Math.max(Date.parse(at), known === undefined ? -Infinity : Date.parse(known));
}
