import * as v from 'valibot';
import { overrideReasons } from '$lib/domain/verdict';
import { cardNumber, count, identifier, instant, zone } from './fields';

/**
 * `visit:DESK:ULID`, immutable: one visit as the desk logged it. The desk is part of the id, so that no
 * desk can write a conflicting branch of another's visit. No name, no code, no reason for the card.
 */
export const visitDocument = v.object({
  _id: v.pipe(v.string(), v.regex(/^visit:[a-z0-9-]+:[0-9A-HJKMNP-TV-Z]{26}$/, 'must be visit:DESK:ULID')),
  type: v.literal('visit'),
  v: v.literal(1),
  card: cardNumber,
  /** Absent for a card that the register did not know (override). */
  scheme: v.optional(identifier),
  service: identifier,
  venue: identifier,
  /** The desk's account name. */
  desk: identifier,
  /** Corrected instant of the visit, ISO 8601 in UTC, and the venue's zone. */
  at: instant,
  zone,
  /** Server time minus device time that was applied to `at`, ms (R13). */
  clockSkewMs: v.optional(v.number()),
  people: v.object({ holder: count, children: count, assistants: count }),
  verdict: v.object({
    outcome: v.picklist(['admit', 'ask', 'refuse']),
    reason: v.optional(v.string()),
    marks: v.array(v.string()),
  }),
  override: v.optional(v.object({ reason: v.picklist(overrideReasons) })),
  register: v.object({ asOf: v.nullable(instant) }),
  /** This desk's visits are numbered 1, 2, 3 … and chained, so that a gap shows. */
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** SHA-256 (hex) of this desk's previous visit in canonical form; '' for the first. */
  previous: v.pipe(v.string(), v.regex(/^([0-9a-f]{64})?$/)),
});
export type VisitDocument = v.InferOutput<typeof visitDocument>;

/** `void:VISIT`, immutable: undoes one visit, which itself stays. */
export const voidDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('void:visit:')),
  type: v.literal('void'),
  v: v.literal(1),
  /** The `_id` of the visit. */
  visit: v.string(),
  card: cardNumber,
  service: identifier,
  desk: identifier,
  at: instant,
});
export type VoidDocument = v.InferOutput<typeof voidDocument>;

/** What a desk sends: documents that never change once written. */
export type LogDocument = VisitDocument | VoidDocument;
