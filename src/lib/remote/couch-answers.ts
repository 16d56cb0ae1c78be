import * as v from 'valibot';

/** The shapes of CouchDB's answers that sync reads: anything else did not come from our server. */

export const epochDocument = v.object({ epoch: v.pipe(v.string(), v.minLength(1)) });

/** CouchDB 2 and later use text, PouchDB's stores and CouchDB 1 numbers. */
const seq = v.union([v.string(), v.number()]);

export const changesAnswer = v.object({
  results: v.array(
    v.object({
      id: v.string(),
      deleted: v.optional(v.boolean()),
      doc: v.nullish(v.looseObject({ _id: v.string() })),
    }),
  ),
  last_seq: seq,
  pending: v.optional(v.number()),
});

export const bulkAnswer = v.array(
  v.union([
    v.object({ ok: v.literal(true), id: v.string() }),
    v.object({
      id: v.string(),
      error: v.string(),
      reason: v.optional(v.nullable(v.string())),
      status: v.optional(v.number()),
    }),
  ]),
);

/** _all_docs with keys and without documents: a row for each key, in their order. */
export const presenceAnswer = v.object({
  rows: v.array(
    v.union([
      v.object({ key: v.string(), id: v.string(), value: v.object({ rev: v.string() }) }),
      v.object({ key: v.string(), error: v.string() }),
    ]),
  ),
});

export const allDocsAnswer = v.object({
  rows: v.array(
    v.union([
      v.object({ key: v.string(), doc: v.nullish(v.looseObject({ _id: v.string() })) }),
      v.object({ key: v.string(), error: v.string() }),
    ]),
  ),
});
