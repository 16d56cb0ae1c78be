import type { CardDocument } from '$lib/documents/register/card-document';
import { ByteReader, ByteWriter } from './bytes';
import { numberOf, readCard, serialOf, skipCard, tableTexts, writeCard } from './packed-card';

/**
 * A bucket is what a device keeps in one row: some 200 cards whose numbers hash to it, and those codes of
 * imported stock that hash to it, each with the number of its card, which may be in another bucket.
 *
 *   table:  how many texts, the texts
 *   cards:  how many, then each: its serial's distance from the one before, and the rest (packed-card.ts)
 *   codes:  how many, then each: the code, and the serial of the card
 */

export interface StockCode {
  /** In canonical form (R1), which also chooses its bucket. */
  value: string;
  /** Of the card that carries it. */
  number: string;
}

/** FNV-1a over UTF-16, mixed well enough for the low bits alone to choose a bucket. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The bucket of a card number or a code, among `buckets` (a power of two). */
export const bucketOf = (text: string, buckets: number): number => hashOf(text) & (buckets - 1);

/**
 * A power of two that puts 128 to 256 cards into each; even ten million cards fit into the maximum of 4,096.
 */
export function bucketsFor(cards: number): number {
  const wanted = Math.max(1, cards / 256);
  return Math.min(mostBuckets, 2 ** Math.ceil(Math.log2(wanted)));
}
export const mostBuckets = 4_096;

/** The same cards and codes give the same bytes in any order. */
export function encodeBucket(
  cards: readonly CardDocument[],
  codes: readonly StockCode[],
): Uint8Array<ArrayBuffer> {
  const sorted = cards.toSorted((a, b) => serialOf(a.number) - serialOf(b.number));
  const texts = [...new Set(sorted.flatMap(tableTexts))].sort();
  const table = new Map(texts.map((text, place) => [text, place]));
  const writer = new ByteWriter(16 * (cards.length + codes.length) + 64);
  writer.varint(texts.length);
  for (const text of texts) writer.text(text);
  writer.varint(sorted.length);
  let before = 0;
  for (const card of sorted) {
    const serial = serialOf(card.number);
    writer.varint(serial - before);
    before = serial;
    writeCard(writer, card, table);
  }
  writeCodes(writer, codes);
  return writer.finish();
}

/** The same cards with other codes. @throws {RangeError} for bytes that are not a bucket */
export function withCodes(bytes: Uint8Array, codes: readonly StockCode[]): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(bytes);
  skipCards(reader);
  const writer = new ByteWriter(bytes.length + 16 * codes.length).raw(bytes.subarray(0, reader.position));
  writeCodes(writer, codes);
  return writer.finish();
}

function writeCodes(writer: ByteWriter, codes: readonly StockCode[]): void {
  writer.varint(codes.length);
  for (const { value, number } of codes.toSorted(byCode)) writer.text(value).varint(serialOf(number));
}

const byCode = (a: StockCode, b: StockCode) =>
  a.value === b.value ? serialOf(a.number) - serialOf(b.number) : a.value < b.value ? -1 : 1;

/** @throws {RangeError} for bytes that are not a bucket, here and below */
export function cardInBucket(bytes: Uint8Array, number: string): CardDocument | undefined {
  const reader = new ByteReader(bytes);
  const table = readTable(reader);
  const wanted = serialOf(number);
  let serial = 0;
  for (let left = reader.varint(); left > 0; left--) {
    serial += reader.varint();
    if (serial > wanted) return undefined;
    // The check digit has not been compared yet.
    if (serial === wanted) return numberOf(serial) === number ? readCard(reader, serial, table) : undefined;
    skipCard(reader);
  }
  return undefined;
}

/** The numbers of the cards that carry a code. */
export function numbersByCode(bytes: Uint8Array, code: string): string[] {
  return codesOfBucket(bytes).flatMap(({ value, number }) => (value === code ? [number] : []));
}

export function codesOfBucket(bytes: Uint8Array): StockCode[] {
  const reader = new ByteReader(bytes);
  skipCards(reader);
  return Array.from({ length: reader.varint() }, () => ({
    value: reader.text(),
    number: numberOf(reader.varint()),
  }));
}

function skipCards(reader: ByteReader): void {
  readTable(reader);
  for (let left = reader.varint(); left > 0; left--) {
    reader.varint();
    skipCard(reader);
  }
}

export function cardsOfBucket(bytes: Uint8Array): CardDocument[] {
  const reader = new ByteReader(bytes);
  const table = readTable(reader);
  let serial = 0;
  return Array.from({ length: reader.varint() }, () => readCard(reader, (serial += reader.varint()), table));
}

function readTable(reader: ByteReader): string[] {
  return Array.from({ length: reader.varint() }, () => reader.text());
}
