import * as v from 'valibot';
import { limitPeriods } from '$lib/domain/catalogue/service';
import { resolutionKinds, type Conflict, type ConflictState } from '$lib/domain/review/conflicts';
import type { Ask, OfficeOutcome } from '$lib/office/session/ask';

/** The office's review list, as the signed-in person (session cookie). */

const entry = v.object({
  id: v.string(),
  card: v.string(),
  service: v.string(),
  desk: v.string(),
  venue: v.string(),
  at: v.number(),
  offering: v.optional(v.string()),
  heads: v.number(),
});
const any = { id: v.string(), service: v.string(), entries: v.array(entry) };
const shared = { ...any, allowed: v.number() };
const conflict = v.variant('kind', [
  v.object({ kind: v.literal('choices'), card: v.string(), ...shared }),
  v.object({ kind: v.literal('seats'), offering: v.string(), taken: v.number(), ...shared }),
  v.object({
    kind: v.literal('portions'),
    venue: v.string(),
    date: v.string(),
    taken: v.number(),
    ...shared,
  }),
  v.object({
    kind: v.literal('limit'),
    card: v.string(),
    per: v.picklist(limitPeriods),
    from: v.string(),
    ...shared,
  }),
  v.object({
    kind: v.literal('times'),
    desk: v.string(),
    from: v.optional(v.number()),
    until: v.optional(v.number()),
    ...any,
  }),
]);
const resolution = v.object({
  id: v.string(),
  conflict: v.string(),
  documents: v.array(v.string()),
  decision: v.picklist(resolutionKinds),
  by: v.string(),
  at: v.number(),
});
const state = v.variant('kind', [
  v.object({ kind: v.literal('open') }),
  v.object({ kind: v.literal('contacted'), resolution }),
  v.object({ kind: v.literal('settled'), resolution }),
]);
const reviews = v.object({ reviews: v.array(v.object({ sector: v.string(), conflict, state })) });

/** A conflict in a sector, and its state. */
export interface OfficeReview {
  sector: string;
  conflict: Conflict;
  state: ConflictState;
}

export type OfficeResolution =
  | { kind: 'accept' }
  | { kind: 'contact' }
  | { kind: 'keep'; kept: string[] }
  | { kind: 'undo'; undone: string[] };

export const listOfficeReviews = (ask: Ask): Promise<OfficeOutcome<OfficeReview[]>> =>
  ask(
    'GET',
    '/api/reviews',
    v.pipe(
      reviews,
      v.transform((answer) => answer.reviews as OfficeReview[]),
    ),
  );

export const decideReview = (
  ask: Ask,
  { sector, conflict: { id, entries } }: OfficeReview,
  decision: OfficeResolution,
): Promise<OfficeOutcome<unknown>> =>
  ask('POST', '/api/reviews', v.unknown(), {
    sector,
    conflict: id,
    seen: entries.map((each) => each.id),
    decision,
  });
