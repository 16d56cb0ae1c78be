import * as v from 'valibot';
import { count } from '$lib/documents/fields';

/**
 * The one way of packing that this build knows. Format 1 had the codes as they came, not in their canonical form (R1);
 * format 2 told nothing of deleted cards (R2).
 */
export const snapshotFormat = 3;

/** `snapshot:EPOCH` in tiski-register: a packed copy of the register, its parts as attachments. */
export const snapshotDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('snapshot:')),
  type: v.literal('snapshot'),
  v: v.literal(1),
  /** Another number than this build's: the register comes page by page, and nobody is alarmed. */
  format: count,
});

/** SHA-256 of a part as it is sent, in hex: the attachment's name, and what its bytes are checked against. */
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'));

/** The fields of format 3; those before had the same. */
export const snapshotManifest = v.object({
  ...snapshotDocument.entries,
  format: v.literal(snapshotFormat),
  /** Of the very database that `seq` belongs to: a replicated copy has another one, and another snapshot (S8). */
  epoch: v.pipe(v.string(), v.minLength(1)),
  /** The cursor to go on from: everything up to it is in. */
  seq: v.string(),
  /** SHA-256 over the names of the parts. */
  digest,
  cards: count,
  /** A power of two; see bucketOf. */
  buckets: v.pipe(
    count,
    v.minValue(1),
    v.check((n) => Number.isInteger(Math.log2(n))),
  ),
  /**
   * Together they hold `buckets` rows and one more, in order: the last is a JSON list of the documents that could
   * not be packed, as they are, and of the deleted ones.
   */
  parts: v.pipe(
    v.array(v.object({ name: digest, rows: v.pipe(count, v.minValue(1)), bytes: count })),
    v.minLength(1),
  ),
});
export type SnapshotManifest = v.InferOutput<typeof snapshotManifest>;

export const snapshotId = (epoch: string) => `snapshot:${epoch}`;
