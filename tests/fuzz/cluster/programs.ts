/** One run of a piece of Tiski's server, from a request to its answer. */
export interface Program {
  /** CouchDB requests that it waits for. */
  waits: number;
}

/**
 * How often to check for programs that are still computing: far more than any needs, hashes and files
 * included.
 */
const mostLooks = 200_000;

/**
 * What runs at the same time. Some of it waits for files and for the platform's crypto, which no seed
 * controls: a step is over when every program waits for the cluster, so that the seed still decides
 * everything in between.
 */
export class Programs {
  readonly #running = new Set<Program>();

  run(body: (program: Program) => Promise<void>): void {
    const program: Program = { waits: 0 };
    this.#running.add(program);
    void body(program).finally(() => this.#running.delete(program));
  }

  /** Of a killed process: what it waits for never comes. */
  forget(program: Program): void {
    this.#running.delete(program);
  }

  get count(): number {
    return this.#running.size;
  }

  async settled(): Promise<void> {
    for (let look = 0; look < mostLooks; look++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if ([...this.#running].every(({ waits }) => waits > 0)) return;
    }
    throw new Error('A program neither ends nor asks anything.');
  }
}
