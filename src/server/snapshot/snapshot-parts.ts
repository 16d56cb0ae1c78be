import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { encodePart } from '$lib/documents/register/packed/part';
import { bytesOf } from '../bytes';

/** One attachment: rows, compressed with gzip. Its name is the SHA-256 of its bytes. */
export interface Part {
  name: string;
  rows: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Bytes of a part before gzip: what a server holds in memory while a desk downloads it, and what a desk loses
 * if the line breaks.
 */
const partSize = 1024 * 1024;

const compress = promisify(gzip);

/** Rows put together into parts, each as soon as it is full. `breathe` is awaited between rows. */
export async function* partsOf(
  rows: Iterable<Uint8Array>,
  breathe: () => Promise<void>,
  size = partSize,
): AsyncGenerator<Part> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for (const row of rows) {
    waiting.push(row);
    bytes += row.length;
    if (bytes >= size) {
      yield await partFrom(waiting);
      waiting = [];
      bytes = 0;
    }
    await breathe();
  }
  if (waiting.length > 0) yield await partFrom(waiting);
}

async function partFrom(rows: readonly Uint8Array[]): Promise<Part> {
  const bytes = bytesOf(await compress(encodePart(rows)));
  return { name: sha256(bytes), rows: rows.length, bytes };
}

export const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');
