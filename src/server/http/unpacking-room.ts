import type { EventEmitter } from 'node:events';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { bytesOf } from '../bytes';
import { busy, tooLarge } from '../couch/failure';

const unpack = promisify(gunzip);

/** Our JSON packs to a tenth; what packs to less than a hundredth was made to fill memory. */
const mostPacked = 100;
/** Up to this many bytes the ratio is not checked. */
const harmless = 64 * 1024;

/**
 * Room for compressed bodies, in addition to that for bodies as they arrive (docs/decisions/0010), and as
 * large. Gzip ends with the length of the content (RFC 1952, 2.3.1; that of the last member, and we accept
 * one): so a body that is too long, compressed too well, or finds no room is refused before it is unpacked,
 * and unpacking stops at that length.
 */
export class UnpackingRoom {
  #taken = 0;

  /** @param largest bytes of the longest body, compressed or not */
  constructor(private readonly largest: number) {}

  /**
   * Unpacks one request's body; the room is free again when its answer is closed.
   * @param malformed what is thrown if it is not gzip
   * @throws {CouchFailure} 413 or 503
   */
  async unpack(packed: readonly Buffer[], answer: EventEmitter, malformed: () => Error): Promise<Buffer[]> {
    const lengths = packed.map((each) => {
      // A header and a trailer with nothing between them are 18 bytes.
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
