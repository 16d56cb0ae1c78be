/** Pages kept at most, of 2 MB each at most: desks that were woken together ask for one and the same. */
const mostPages = 16;

/** A page as JSON text: one object for all who get it, so that it is packed once as well. */
export interface SharedPage {
  kind: 'text';
  text: string;
}

/** Pages of changes, each read once for all who ask for it before the next change. */
export class SharedPages {
  readonly #pages = new Map<string, Promise<SharedPage | undefined>>();

  /**
   * The page under `key`, read by `read` when it isn't here; a failed reading is not kept. Undefined for a page too
   * large to keep.
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
