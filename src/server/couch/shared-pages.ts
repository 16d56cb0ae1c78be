/** The most pages kept, of 2 MB each at most: desks that were woken together ask for the same one. */
const mostPages = 16;

/** A page as JSON text: one object for everybody who gets it, so that it is also compressed only once. */
export interface SharedPage {
  kind: 'text';
  text: string;
}

/** Pages of changes, each read once for everybody who asks for it before the next change. */
export class SharedPages {
  readonly #pages = new Map<string, Promise<SharedPage | undefined>>();

  /**
   * The page under `key`, read by `read` if it isn't here; a failed read is not kept. Undefined for a page
   * too large to keep.
   */
  get(key: string, read: () => Promise<string | undefined>): Promise<SharedPage | undefined> {
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size < mostPages) break;
      this.#pages.delete(oldest);
    }
    const page = read().then((text): SharedPage | undefined =>
      text === undefined ? undefined : { kind: 'text', text },
    );
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
