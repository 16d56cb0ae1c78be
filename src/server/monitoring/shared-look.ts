/**
 * A check that many may request at once: only one runs at a time, its result is kept for `keepMs`, and nobody
 * waits for it longer than `patienceMs`.
 */
export class SharedLook<T> {
  #running: Promise<T | undefined> | undefined;
  #found: T | undefined;
  #foundAt = -Infinity;

  constructor(
    private readonly look: () => Promise<T>,
    private readonly times: { keepMs: number; patienceMs: number },
  ) {}

  /** undefined if the check failed or takes too long; a long one continues, and is not started again. */
  get(): Promise<T | undefined> {
    if (this.#running === undefined && performance.now() - this.#foundAt < this.times.keepMs) {
      return Promise.resolve(this.#found);
    }
    this.#running ??= this.#run();
    return within(this.#running, this.times.patienceMs);
  }

  async #run(): Promise<T | undefined> {
    try {
      this.#found = await this.look();
    } catch {
      this.#found = undefined;
    } finally {
      this.#foundAt = performance.now();
      this.#running = undefined;
    }
    return this.#found;
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
