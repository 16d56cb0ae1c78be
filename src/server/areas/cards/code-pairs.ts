import { hashOf } from '$lib/documents/register/packed/bucket';
import { numberOf, serialOf } from '$lib/documents/register/packed/packed-card';

/**
 * Which cards may carry a code: pairs of the code's hash and the card's serial, eight bytes each. A look-up
 * scans all of them, which takes a millisecond for a million. Two codes may have the same hash, and a card
 * may have lost its code since: the answer is a guess, and the card itself has to be checked.
 */
export class CodePairs {
  /**
   * Serial and hash alternate: a pair can be read as one whole number of 64 bits, whose order does not
   * matter.
   */
  #pairs = new Uint32Array(2_048);
  #used = 0;

  add(code: string, number: string): void {
    if (this.#used === this.#pairs.length) this.#makeRoom();
    this.#pairs[this.#used++] = serialOf(number);
    this.#pairs[this.#used++] = hashOf(code);
  }

  numbersFor(code: string): string[] {
    const hash = hashOf(code);
    const serials = new Set<number>();
    for (let place = 0; place < this.#used; place += 2) {
      if (this.#pairs[place + 1] === hash) serials.add(this.#pairs[place] ?? 0);
    }
    return [...serials].map(numberOf);
  }

  /** A changed card adds its codes again: duplicates are dropped first. */
  #makeRoom(): void {
    const sorted = new BigUint64Array(this.#pairs.buffer).sort();
    const once = sorted.filter((pair, place) => pair !== sorted[place - 1]);
    const kept = new Uint32Array(once.buffer);
    this.#pairs = new Uint32Array(2 * Math.max(kept.length, 1_024));
    this.#pairs.set(kept);
    this.#used = kept.length;
  }
}
