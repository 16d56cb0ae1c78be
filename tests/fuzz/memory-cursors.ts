import type { Instant } from '../../src/lib/domain/time/day';
import type { Cursor } from '../../src/lib/sync/ports';

interface CursorRow extends Cursor {
  /** Counts the pulls from zero (S8). */
  run: number;
  /** S9 */
  checkedAt?: Instant;
}

/** How far each database was pulled. */
export class MemoryCursors {
  readonly rows = new Map<string, CursorRow>();

  get = (database: string): CursorRow | undefined => this.rows.get(database);

  toZero(database: string, epoch: string, left: readonly string[] = []): void {
    const { run = 0, checkedAt } = this.rows.get(database) ?? {};
    const checked = checkedAt !== undefined && { checkedAt };
    const former = left.length > 0 && { left };
    this.rows.set(database, { epoch, seq: '0', isComplete: false, ...former, run: run + 1, ...checked });
  }

  /** S9: changes may hide behind any of them. */
  allToZero(): void {
    for (const [name, row] of this.rows) {
      this.rows.set(name, { ...row, seq: '0', run: row.run + 1, isComplete: false });
    }
  }

  advance(database: string, to: Partial<CursorRow>): void {
    const row = this.rows.get(database);
    if (row) this.rows.set(database, { ...row, ...to });
  }

  contents = (): Map<string, Cursor> =>
    new Map([...this.rows].map(([name, { epoch, seq, isComplete }]) => [name, { epoch, seq, isComplete }]));
}
