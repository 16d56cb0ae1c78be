import * as v from 'valibot';
import { ByteReader, ByteWriter } from './bytes';

/** A part of a snapshot before gzip: rows one after another, each preceded by its length. */

export function encodePart(rows: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(rows.reduce((sum, row) => sum + row.length + 5, 0));
  for (const row of rows) writer.block(row);
  return writer.finish();
}

/** The rows, as copies. @throws {RangeError} if the bytes are not `count` rows */
export function rowsOfPart(bytes: Uint8Array, count: number): Uint8Array<ArrayBuffer>[] {
  const reader = new ByteReader(bytes);
  const rows = Array.from({ length: count }, () => new Uint8Array(reader.block()));
  if (!reader.isAtEnd) throw new RangeError('more than the rows');
  return rows;
}

/**
 * The content of the row after the last bucket, as JSON: documents that could not be packed, and deleted ones
 * (R2).
 */
export const unpackedRow = v.array(v.looseObject({ _id: v.string(), _deleted: v.optional(v.boolean()) }));
