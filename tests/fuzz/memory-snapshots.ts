import type { Change, Snapshot } from '../../src/lib/sync/ports';

/**
 * S18: which parts a device holds, of the snapshot that its cards come from and of one under way. What they hold is
 * what was packed: the bytes are never read here.
 */
export class MemorySnapshots {
  readonly #parts = new Map<string, Set<number>>();

  constructor(
    /** What the server packed into a snapshot, by its id. */
    private readonly packed: (id: string) => readonly Change[],
  ) {}

  /** The parts that are here; those of other snapshots than this and `base` go. */
  staged({ id }: Snapshot, base: string | undefined): Set<number> {
    this.keep([id, base]);
    return new Set(this.#parts.get(id));
  }

  stage({ id, parts }: Snapshot, index: number): boolean {
    if (!parts[index]) return false;
    this.#parts.set(id, (this.#parts.get(id) ?? new Set()).add(index));
    return true;
  }

  /** Undefined while parts are missing. */
  contents({ id, parts }: Snapshot): readonly Change[] | undefined {
    return this.#parts.get(id)?.size === parts.length ? this.packed(id) : undefined;
  }

  keep(ids: readonly (string | undefined)[]): void {
    for (const id of this.#parts.keys()) if (!ids.includes(id)) this.#parts.delete(id);
  }
}
