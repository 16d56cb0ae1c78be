/** Web Locks as far as Tiski uses them: exclusive, queued, `ifAvailable`, given up by a signal. */
export class FakeLocks {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #held = new Set<string>();

  async request<T>(name: string, ...rest: [LockGrantedCallback<T>] | [LockOptions, LockGrantedCallback<T>]) {
    const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest;
    if (options.ifAvailable && this.#held.has(name)) return run(null);
    const before = this.#tails.get(name) ?? Promise.resolve();
    let release = () => {};
    const mine = before.then(() => new Promise<void>((resolve) => (release = resolve)));
    this.#tails.set(name, mine);
    await before;
    try {
      options.signal?.throwIfAborted();
      this.#held.add(name);
      return await run({ name, mode: 'exclusive' });
    } finally {
      this.#held.delete(name);
      release();
    }
  }
}
