import type { Unreadable } from '../../src/lib/documents/parse-document';
import type { Sorted } from '../../src/lib/store/apply-changes';
import type { Change } from '../../src/lib/sync/ports';

interface QuarantineRow {
  database: string;
  change: Change;
  unreadable: Unreadable;
}

/** S7: what this build can't read, as it came. */
export class MemoryQuarantine {
  readonly #rows = new Map<string, QuarantineRow>();

  /** What came anew is judged anew. */
  apply(database: string, changes: readonly Change[], { unreadable }: Sorted): void {
    for (const { id } of changes) this.#rows.delete(`${database} ${id}`);
    for (const { id, unreadable: fault, document } of unreadable) {
      const change = changes.find((each) => each.id === id && each.document === document);
      if (change) this.#rows.set(`${database} ${id}`, { database, change, unreadable: fault });
    }
  }

  changesOf = (database: string): Change[] =>
    [...this.#rows.values()].filter((row) => row.database === database).map(({ change }) => change);

  forget(isForgotten: (database: string) => boolean): void {
    for (const [key, { database }] of this.#rows) if (isForgotten(database)) this.#rows.delete(key);
  }

  hasNewer = (): boolean =>
    [...this.#rows.values()].some(({ unreadable }) => unreadable.reason === 'newer-version');

  contents = (): Map<string, Unreadable['reason']> =>
    new Map([...this.#rows].map(([key, { unreadable }]) => [key, unreadable.reason]));
}
