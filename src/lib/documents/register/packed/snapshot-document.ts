import * as v from 'valibot';
import { count } from '$lib/documents/fields';

/**
 * The one packing format that this build knows. Format 1 had the codes as written, not in canonical form
 * (R1); format 2 left out deleted cards (R2).
 */
export const snapshotFormat = 3;

/** `snapshot:EPOCH` in tiski-register: a packed copy of the register, its parts as attachments. */
export const snapshotDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('snapshot:')),
  type: v.literal('snapshot'),
  v: v.literal(1),
  /** If it isn't this build's number, the register is pulled page by page, and nobody is alarmed. */
  format: count,
});

/** SHA-256 of a part as sent, in hex: the attachment's name, and the checksum of its bytes. */
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'));

/** The fields of format 3; earlier formats had the same. */
export const snapshotManifest = v.object({
  ...snapshotDocument.entries,
  format: v.literal(snapshotFormat),
  /**
   * Names the very database that `seq` belongs to: a replicated copy has another epoch and another snapshot
   * (S8).
   */
  epoch: v.pipe(v.string(), v.minLength(1)),
  /** The cursor to continue from: every change up to it is included. */
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
   * Together they hold `buckets` rows and one more, in order. The last is a JSON list of the documents that
   * could not be packed, unchanged, and of the deleted ones.
   */
  parts: v.pipe(
    v.array(v.object({ name: digest, rows: v.pipe(count, v.minValue(1)), bytes: count })),
    v.minLength(1),
  ),
});
export type SnapshotManifest = v.InferOutput<typeof snapshotManifest>;

export const snapshotId = (epoch: string) => `snapshot:${epoch}`;
