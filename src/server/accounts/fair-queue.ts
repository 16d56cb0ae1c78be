/** Whose work it is. */
export interface Asking {
  address: string;
  name: string;
}

export interface QueueBounds {
  /** How many run at once. */
  atOnce: number;
  /** How many may wait: in total, of one address, and of one name from one address. */
  most: number;
  ofOneAddress: number;
  ofOneName: number;
}

/** There is no place left to wait. */
export const noPlace = Symbol('no place');

/**
 * A queue of work. Addresses take turns, and within an address names do: somebody who asks a thousand times
 * delays only themselves.
 */
export class FairQueue {
  readonly #waiting = new Map<string, Map<string, (() => void)[]>>();
  #running = 0;
  #size = 0;

  constructor(private readonly bounds: QueueBounds) {}

  /** Runs `work` when its turn has come. */
  async run<T>(asking: Asking, work: () => Promise<T>): Promise<T | typeof noPlace> {
    if (this.#running >= this.bounds.atOnce) {
      if (!this.#hasPlace(asking)) return noPlace;
      await this.#turn(asking);
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#next();
      // The place is handed over to the next one, so that a newcomer can't slip in between.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #hasPlace({ address, name }: Asking): boolean {
    const { most, ofOneAddress, ofOneName } = this.bounds;
    const names = this.#waiting.get(address);
    if (this.#size >= most || (names?.get(name)?.length ?? 0) >= ofOneName) return false;
    const ofAddress = Array.from(names?.values() ?? []).reduce((sum, { length }) => sum + length, 0);
    return ofAddress < ofOneAddress;
  }

  #turn({ address, name }: Asking): Promise<void> {
    const names = this.#waiting.get(address) ?? new Map<string, (() => void)[]>();
    this.#waiting.set(address, names);
    const turns = names.get(name) ?? [];
    names.set(name, turns);
    this.#size += 1;
    return new Promise((resolve) => turns.push(resolve));
  }

  /**
   * The first of the longest-waiting name, of the longest-waiting address: both then go to the end of their
   * line.
   */
  #next(): (() => void) | undefined {
    for (const [address, names] of this.#waiting) {
      this.#waiting.delete(address);
      for (const [name, turns] of names) {
        names.delete(name);
        const next = turns.shift();
        if (turns.length > 0) names.set(name, turns);
        if (names.size > 0) this.#waiting.set(address, names);
        if (next === undefined) continue;
        this.#size -= 1;
        return next;
      }
    }
    return undefined;
  }
}
