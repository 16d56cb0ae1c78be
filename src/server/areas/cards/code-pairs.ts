import { hashOf } from '$lib/documents/register/packed/bucket';
import { numberOf, serialOf } from '$lib/documents/register/packed/packed-card';

/**
 * Which cards may carry a code: pairs of the code's hash and the card's serial, eight bytes each. A look goes through
 * all of them, which takes a millisecond for a million. Two codes may have one hash, and a card may have lost its
 * code since: the answer is a guess, and the card itself has to be asked.
 */
export class CodePairs {
  /** Serial and hash in turn: a pair can be read as one whole number of 64 bits, in which order does not matter. */
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

  /** A card that is changed adds its codes again: what is there twice goes first. */
  #makeRoom(): void {
    const sorted = new BigUint64Array(this.#pairs.buffer).sort();
    const once = sorted.filter((pair, place) => pair !== sorted[place - 1]);
    const kept = new Uint32Array(once.buffer);
    this.#pairs = new Uint32Array(2 * Math.max(kept.length, 1_024));
    this.#pairs.set(kept);
    this.#used = kept.length;
  }
}
