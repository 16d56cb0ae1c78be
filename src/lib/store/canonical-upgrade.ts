import type { Transaction } from 'dexie';
import { registerDatabase } from '$lib/documents/databases';
import { bucketOf, codesOfBucket, withCodes, type StockCode } from '$lib/documents/register/packed/bucket';
import { canonicalCode } from '$lib/domain/code/canonical-code';
import type { CardRow, CursorRow, PackedBase, PackedRow } from './database';

/**
 * R1: an older build kept the codes of imported stock as they were written. The device's codes are brought
 * into canonical form when the database is first opened, so that a scan needs a single look-up even before
 * the next contact.
 */
export async function indexCanonicalCodes(transaction: Transaction): Promise<void> {
  await rewriteRows(transaction);
  const cursor = await transaction.table<CursorRow, string>('cursors').get(registerDatabase);
  if (cursor?.base) await rewriteBuckets(transaction, cursor.base);
}

const isOther = (code: string) => canonicalCode(code) !== code;

async function rewriteRows(transaction: Transaction): Promise<void> {
  const cards = transaction.table<CardRow, string>('cards');
  // Most registers have none: then no row is read.
  if (!(await cards.orderBy('codes').uniqueKeys()).some((code) => isOther(String(code)))) return;
  await cards
    .filter(({ codes }) => codes.some(isOther))
    .modify((row) => {
      row.codes = [...new Set(row.codes.map(canonicalCode))];
    });
}

/**
 * S18: in canonical form a code belongs to another bucket. The old entry stays, but nobody asks for it again.
 */
async function rewriteBuckets(transaction: Transaction, { id, buckets }: PackedBase): Promise<void> {
  const packed = transaction.table<PackedRow, [string, number]>('packed');
  const added = new Map<number, StockCode[]>();
  const rows = packed.where('[snapshot+bucket]').between([id, 0], [id, buckets]);
  await rows.each(({ bytes }) => {
    for (const { value, number } of readableCodes(bytes) ?? []) {
      if (!isOther(value)) continue;
      const code = { value: canonicalCode(value), number };
      const bucket = bucketOf(code.value, buckets);
      added.set(bucket, [...(added.get(bucket) ?? []), code]);
    }
  });
  for (const [bucket, codes] of added) {
    const row = await packed.get([id, bucket]);
    const kept = row && readableCodes(row.bytes);
    if (kept) await packed.put({ ...row, bytes: withCodes(row.bytes, [...kept, ...codes]) });
  }
}

/**
 * Undefined for a bucket that can't be read: it answers no scan either, and must not keep the database
 * closed.
 */
function readableCodes(bytes: Uint8Array): StockCode[] | undefined {
  try {
    return codesOfBucket(bytes);
  } catch {
    return undefined;
  }
}
