import type { EventEmitter } from 'node:events';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { bytesOf } from '../bytes';
import { busy, tooLarge } from '../couch/failure';

const unpack = promisify(gunzip);

/** JSON of ours packs to a tenth; what packs to less than a hundredth was made to fill memory. */
const mostPacked = 100;
/** Up to here nobody counts how well it packs, bytes. */
const harmless = 64 * 1024;

/**
 * Room for what comes packed, beside that of bodies as they come (docs/decisions/0010), and as large. Gzip tells at its
 * end how long the content is (RFC 1952, 2.3.1; of the last member, and we take one): so what is too long, too well packed
 * or finds no room is refused before it is unpacked, and unpacking ends there.
 */
export class UnpackingRoom {
  #taken = 0;

  /** @param largest bytes of the longest body, packed or not */
  constructor(private readonly largest: number) {}

  /**
   * Unpacks what one request brings; the room is free again when its answer is closed.
   * @param malformed what is thrown for what is no gzip
   * @throws {CouchFailure} 413 or 503
   */
  async unpack(packed: readonly Buffer[], answer: EventEmitter, malformed: () => Error): Promise<Buffer[]> {
    const lengths = packed.map((each) => {
      // A header and a trailer without anything between are 18 bytes.
      if (each.length < 18) throw malformed();
      const length = each.readUInt32LE(each.length - 4);
      if (length > harmless && length > mostPacked * each.length) throw tooLarge();
      return length;
    });
    const all = lengths.reduce((sum, length) => sum + length, 0);
    if (all > this.largest) throw tooLarge();
    if (this.#taken > 0 && this.#taken + all > this.largest) throw busy();
    this.#taken += all;
    answer.once('close', () => (this.#taken -= all));
    return Promise.all(
      packed.map((each, index) =>
        unpack(bytesOf(each), { maxOutputLength: Math.max(lengths[index] ?? 0, 1) }).catch(() => {
          throw malformed();
        }),
      ),
    );
  }
}
