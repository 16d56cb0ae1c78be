const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The largest number that a varint may hold here: lengths, days and card numbers all stay below it. */
const mostVarint = 2 ** 31 - 1;

/** A growing byte buffer: whole numbers as varints (LEB128), texts as their length and UTF-8. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** @throws {RangeError} unless it is a whole number from 0 to 2^31 - 1 */
  varint(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > mostVarint) throw new RangeError('no varint');
    this.#reserve(5);
    let left = value;
    while (left > 0x7f) {
      this.#bytes[this.#length++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.#bytes[this.#length++] = left;
    return this;
  }

  /** A whole number of either sign. */
  signed(value: number): this {
    return this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): this {
    return this.block(encoder.encode(value));
  }

  /** Bytes, preceded by their length. */
  block(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

/** Reads what a ByteWriter wrote. Every method throws {RangeError} if the bytes end too soon. */
export class ByteReader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** How many bytes have been read. */
  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a broken varint');
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    return decoder.decode(this.block());
  }

  /** A view, not a copy. */
  block(): Uint8Array {
    const length = this.varint();
    const end = this.#at + length;
    if (end > this.bytes.length) throw new RangeError('cut off');
    const block = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return block;
  }
}
