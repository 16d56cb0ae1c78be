import * as v from 'valibot';
import type { CardDocument } from '../../src/lib/documents/register/card-document';
import { cardsOfBucket } from '../../src/lib/documents/register/packed/bucket';
import { rowsOfPart, unpackedRow } from '../../src/lib/documents/register/packed/part';
import type { Change, Snapshot } from '../../src/lib/sync/ports';

/** S18: the packed rows that a device holds, of the snapshot that its cards come from and of one under way. */
export class MemorySnapshots {
  readonly #rows = new Map<string, Map<number, Uint8Array>>();

  /** The parts that are here; rows of other snapshots than this and `base` go. */
  staged({ id, parts }: Snapshot, base: string | undefined): Set<number> {
    this.keep([id, base]);
    const rows = this.#rows.get(id) ?? new Map<number, Uint8Array>();
    const isStaged = ({ first, rows: count }: Snapshot['parts'][number]) =>
      Array.from({ length: count }, (_, offset) => first + offset).every((row) => rows.has(row));
    return new Set([...parts.keys()].filter((index) => isStaged(parts[index] as Snapshot['parts'][number])));
  }

  stage({ id, parts }: Snapshot, index: number, bytes: Uint8Array): boolean {
    const part = parts[index];
    if (!part) return false;
    const rows = this.#rows.get(id) ?? new Map<number, Uint8Array>();
    rowsOfPart(bytes, part.rows).forEach((row, offset) => rows.set(part.first + offset, row));
    this.#rows.set(id, rows);
    return true;
  }

  /** Undefined while rows are missing. */
  contents({ id, buckets }: Snapshot): { cards: CardDocument[]; unread: Change[] } | undefined {
    const rows = this.#rows.get(id);
    const rest = rows?.get(buckets);
    if (rows?.size !== buckets + 1 || !rest) return undefined;
    const packed = [...rows].filter(([row]) => row < buckets);
    const unread = v.parse(unpackedRow, JSON.parse(new TextDecoder().decode(rest)));
    return {
      cards: packed.flatMap(([, bytes]) => cardsOfBucket(bytes)),
      unread: unread.map((document) => ({ id: document._id, deleted: document._deleted ?? false, document })),
    };
  }

  keep(ids: readonly (string | undefined)[]): void {
    for (const id of this.#rows.keys()) if (!ids.includes(id)) this.#rows.delete(id);
  }
}
