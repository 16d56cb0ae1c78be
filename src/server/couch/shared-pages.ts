/** Pages kept at most, of some hundred kB each: desks that were woken together ask for one and the same. */
const mostPages = 16;

/** Pages of changes as JSON texts, each read once for all who ask for it before the next change. */
export class SharedPages {
  readonly #pages = new Map<string, Promise<string>>();

  /** The page under `key`, read by `read` when it isn't here; a failed reading is not kept. */
  get(key: string, read: () => Promise<string>): Promise<string> {
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size < mostPages) break;
      this.#pages.delete(oldest);
    }
    const page = read();
    this.#pages.set(key, page);
    page.catch(() => {
      if (this.#pages.get(key) === page) this.#pages.delete(key);
    });
    return page;
  }

  forget(): void {
    this.#pages.clear();
  }
}
