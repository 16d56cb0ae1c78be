import { parseDocument } from '$lib/documents/parse-document';
import { canonicalCodes, type CardDocument } from '$lib/documents/register/card-document';
import {
  bucketOf,
  bucketsFor,
  cardsOfBucket,
  encodeBucket,
  mostBuckets,
  type StockCode,
} from '$lib/documents/register/packed/bucket';
import { ByteReader, ByteWriter } from '$lib/documents/register/packed/bytes';
import { isPackable, serialOf } from '$lib/documents/register/packed/packed-card';

/** A document of the register. */
export type UnpackedDocument = Record<string, unknown> & { _id: string };

/** The rows of a snapshot, made one by one: the buckets in order, then what was not packed or is deleted. */
export interface PackedRegister {
  cards: number;
  buckets: number;
  rows: Iterable<Uint8Array<ArrayBuffer>>;
}

const encoder = new TextEncoder();
const nothing = new Uint8Array();

/**
 * Gathers a register, change by change, in some 40 bytes per card: each is packed at once, alone, and put
 * with those whose numbers have the same hash. A later change of a card replaces the earlier one.
 */
export class RegisterPacker {
  readonly #slots = Array.from({ length: mostBuckets }, () => new ByteWriter(32));
  readonly #unpacked = new Map<string, UnpackedDocument>();
  /** R2: ids of deleted cards. */
  readonly #deleted = new Set<string>();

  put(stored: UnpackedDocument): void {
    const { _id: id } = stored;
    this.#deleted.delete(id);
    if (id.startsWith('_design/')) return;
    const parsed = parseDocument(stored);
    if (parsed.ok && parsed.document.type === 'snapshot') return;
    if (parsed.ok && parsed.document.type === 'card' && isPackable(parsed.document)) {
      this.#unpacked.delete(id);
      this.#note(parsed.document.number, encodeBucket([parsed.document], []));
      return;
    }
    // Unchanged, so that a device judges it as if it had come by itself (S7).
    this.#takeAway(id);
    this.#unpacked.set(id, stored);
  }

  remove(id: string): void {
    this.#takeAway(id);
    if (isCardId(id)) this.#deleted.add(id);
  }

  #takeAway(id: string): void {
    this.#unpacked.delete(id);
    if (isCardId(id)) this.#note(id.slice('card:'.length), nothing);
  }

  /** An empty block removes the card. */
  #note(number: string, packed: Uint8Array): void {
    this.#slotOf(number).varint(serialOf(number)).block(packed);
  }

  #slotOf(text: string): ByteWriter {
    return this.#slots[bucketOf(text, mostBuckets)] as ByteWriter;
  }

  /** Finishes what was gathered. `breathe` is awaited now and then, so that others get their turn. */
  async pack(breathe: () => Promise<void>): Promise<PackedRegister> {
    const settled: Uint8Array[][] = [];
    const codes = new Map<number, StockCode[]>();
    let cards = 0;
    for (const slot of this.#slots) {
      const packed = lastOfEach(slot.finish());
      cards += packed.length;
      settled.push(packed);
      for (const code of packed.flatMap((bytes) => cardsOfBucket(bytes).flatMap(stockCodes))) {
        const place = bucketOf(code.value, mostBuckets);
        codes.set(place, [...(codes.get(place) ?? []), code]);
      }
      if (packed.length > 0) await breathe();
    }
    const buckets = bucketsFor(cards);
    const deleted = [...this.#deleted].map((_id) => ({ _id, _deleted: true }));
    return {
      cards,
      buckets,
      rows: rowsOf(buckets, settled, codes, [...this.#unpacked.values(), ...deleted]),
    };
  }
}

const isCardId = (id: string) => /^card:\d{8}$/.test(id);

function lastOfEach(bytes: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(bytes);
  const last = new Map<number, Uint8Array>();
  while (!reader.isAtEnd) {
    const serial = reader.varint();
    const packed = reader.block();
    if (packed.length === 0) last.delete(serial);
    else last.set(serial, packed);
  }
  return [...last.values()];
}

/** One entry per code, however often and in whatever form its card names it (R1). */
const stockCodes = (card: CardDocument): StockCode[] =>
  canonicalCodes(card).map((value) => ({ value, number: card.number }));

/** With fewer buckets than slots, a bucket consists of all slots with the same lower bits. */
function* rowsOf(
  buckets: number,
  settled: readonly Uint8Array[][],
  codes: ReadonlyMap<number, StockCode[]>,
  unpacked: readonly UnpackedDocument[],
): Generator<Uint8Array<ArrayBuffer>> {
  for (let bucket = 0; bucket < buckets; bucket++) {
    const cards: CardDocument[] = [];
    const carried: StockCode[] = [];
    for (let slot = bucket; slot < mostBuckets; slot += buckets) {
      for (const bytes of settled[slot] ?? []) cards.push(...cardsOfBucket(bytes));
      carried.push(...(codes.get(slot) ?? []));
    }
    yield encodeBucket(cards, carried);
  }
  const sorted = unpacked.toSorted((a, b) => (a._id < b._id ? -1 : 1));
  yield encoder.encode(JSON.stringify(sorted));
}
