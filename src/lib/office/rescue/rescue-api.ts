import * as v from 'valibot';
import type { Ask } from '$lib/office/session/ask';

const outcome = v.variant('kind', [
  v.object({ kind: v.literal('stored') }),
  v.object({ kind: v.literal('already-there') }),
  v.object({ kind: v.literal('different') }),
  v.object({
    kind: v.literal('refused'),
    why: v.picklist(['unreadable', 'newer-version', 'unknown-database', 'not-allowed']),
    reason: v.string(),
  }),
]);
export type RescueOutcome = v.InferOutput<typeof outcome>;

const answer = v.object({
  desk: v.object({ id: v.string(), name: v.string() }),
  exportedAt: v.string(),
  documents: v.array(
    v.object({
      id: v.string(),
      /** What it is, if it could be read. */
      document: v.optional(
        v.object({
          type: v.picklist(['visit', 'void', 'choice', 'release', 'resolution']),
          at: v.string(),
          card: v.optional(v.string()),
        }),
      ),
      outcome,
    }),
  ),
});
/** The result of taking in a desk's rescue file (S16), document by document. */
export type TakenIn = v.InferOutput<typeof answer>;
export type TakenInDocument = TakenIn['documents'][number];

/** The largest file that the server accepts, bytes; its own limit leaves room for the request around it. */
export const largestRescueFile = 31 * 1024 * 1024;

/** Tens of thousands of visits take a while, ms. */
const idleMs = 10 * 60_000;

/** Hands a rescue file to the server, as the signed-in person. Safe to repeat. */
export const takeInRescueFile = (ask: Ask, file: string) =>
  ask('POST', '/api/rescue', answer, { file }, idleMs);
