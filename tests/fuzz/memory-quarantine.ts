import type { Unreadable } from '../../src/lib/documents/parse-document';
import type { Change } from '../../src/lib/sync/ports';
import type { Sorted } from './reading';

interface QuarantineRow {
  database: string;
  /** The pull from zero that last met it (S8). */
  run: number;
  change: Change;
  reason: Unreadable['reason'];
}

/** S7: what this build can't read, as it came. */
export class MemoryQuarantine {
  readonly #rows = new Map<string, QuarantineRow>();

  /** What came anew is judged anew. */
  apply(database: string, changes: readonly Change[], { unreadable }: Sorted, run: number): void {
    for (const { id } of changes) this.#rows.delete(`${database} ${id}`);
    for (const { id, reason, document } of unreadable) {
      const change = { id, deleted: false, document };
      this.#rows.set(`${database} ${id}`, { database, run, change, reason });
    }
  }

  /** By the pull that met them. */
  changesOf(database: string): Map<number, Change[]> {
    const changes = new Map<number, Change[]>();
    for (const { database: own, run, change } of this.#rows.values()) {
      if (own === database) changes.set(run, [...(changes.get(run) ?? []), change]);
    }
    return changes;
  }

  sweep(database: string, run: number): void {
    for (const [key, row] of this.#rows) {
      if (row.database === database && row.run < run) this.#rows.delete(key);
    }
  }

  forget(isForgotten: (database: string) => boolean): void {
    for (const [key, { database }] of this.#rows) if (isForgotten(database)) this.#rows.delete(key);
  }

  hasNewer = (): boolean => [...this.#rows.values()].some(({ reason }) => reason === 'newer-version');

  contents = (): Map<string, Unreadable['reason']> =>
    new Map([...this.#rows].map(([key, { reason }]) => [key, reason]));
}
