import { canonicalCodes, cardFromDocument } from '$lib/documents/register/card-document';
import { bucketOf, cardInBucket, numbersByCode } from '$lib/documents/register/packed/bucket';
import type { Card } from '$lib/domain/visit/card';
import type { CardRow, CursorRow, PackedBase, TiskiDatabase } from './database';

/**
 * S18: reads the packed register, within the caller's transaction. What lies over it is up to register.ts.
 */

export function packedCard(db: TiskiDatabase, base: PackedBase, number: string): Promise<Card | undefined> {
  return packedDocument(db, base, number).then((document) => document && cardFromDocument(document));
}

function packedDocument(db: TiskiDatabase, base: PackedBase, number: string) {
  return db.packed
    .get([base.id, bucketOf(number, base.buckets)])
    .then((row) => row && cardInBucket(row.bytes, number));
}

/** The numbers of the packed cards that carry a code, given in canonical form (R1). */
export async function numbersByPackedCode(
  db: TiskiDatabase,
  base: PackedBase,
  code: string,
): Promise<string[]> {
  const row = await db.packed.get([base.id, bucketOf(code, base.buckets)]);
  return row ? numbersByCode(row.bytes, code) : [];
}

/** S8: a page-by-page pull from zero has ended: what was packed before it began no longer counts. */
export async function dropOldBase(db: TiskiDatabase, { base, ...cursor }: CursorRow): Promise<CursorRow> {
  if (!base || base.run === cursor.run) return { ...cursor, ...(base && { base }) };
  await db.packed.clear();
  return cursor;
}

/** Packed cards as the rows that they would have. */
export async function rowsFromPacked(
  db: TiskiDatabase,
  base: PackedBase,
  numbers: readonly string[],
): Promise<CardRow[]> {
  const documents = await Promise.all(numbers.map((number) => packedDocument(db, base, number)));
  return documents.flatMap((document) =>
    document
      ? [
          {
            number: document.number,
            codes: canonicalCodes(document),
            card: cardFromDocument(document),
            run: base.run,
          },
        ]
      : [],
  );
}

/** Which of these numbers the packed register has. */
export async function packedNumbers(
  db: TiskiDatabase,
  base: PackedBase,
  numbers: readonly string[],
): Promise<Set<string>> {
  const wanted = new Map<number, string[]>();
  for (const number of numbers) {
    const bucket = bucketOf(number, base.buckets);
    wanted.set(bucket, [...(wanted.get(bucket) ?? []), number]);
  }
  const buckets = [...wanted.keys()];
  const rows = await db.packed.bulkGet(buckets.map((bucket): [string, number] => [base.id, bucket]));
  const found = rows.flatMap((row) =>
    row ? (wanted.get(row.bucket) ?? []).filter((number) => cardInBucket(row.bytes, number)) : [],
  );
  return new Set(found);
}
