import type { CardDocument } from '../../src/lib/documents/register/card-document';
import type { Card } from '../../src/lib/domain/visit/card';
import type { Change, Snapshot } from '../../src/lib/sync/ports';
import { MemorySnapshots } from './memory-snapshots';
import { cardOf, partlyRead, sorted, type Sorted } from './reading';

/** The number of the card that an id is of, if it is one's. */
const numberOf = (id: string): string | undefined => /^card:(\d{8})$/.exec(id)?.[1];

interface CardEntry {
  card?: Card;
  /** S7: staff are asked. */
  isUnreadable: boolean;
  /** The pull from zero that last met it (S8). */
  run: number;
}

/** The cards, and the snapshots that they came with (S18). */
export class MemoryRegister {
  readonly entries = new Map<string, CardEntry>();
  /** R2: the deleted ones, each with the pull that last met the deletion. */
  readonly deleted = new Map<string, number>();
  readonly #snapshots: MemorySnapshots;
  /** S18: the snapshot that the cards came with, and the pull that brought it. */
  #base: { id: string; run: number } | undefined;

  constructor(packed: (snapshot: string) => readonly Change[]) {
    this.#snapshots = new MemorySnapshots(packed);
  }

  get cards(): Map<string, Card> {
    return new Map(
      [...this.entries].flatMap(([number, { card }]) => (card ? [[number, card] as const] : [])),
    );
  }

  get unreadable(): Set<string> {
    return new Set([...this.entries].flatMap(([number, { isUnreadable }]) => (isUnreadable ? [number] : [])));
  }

  apply({ readable, deleted, unreadable }: Sorted, run: number): void {
    for (const document of readable) if (document.type === 'card') this.#put(document, run);
    for (const number of deleted.map(numberOf)) {
      if (number === undefined) continue;
      this.entries.delete(number);
      this.deleted.set(number, run);
    }
    // S7: what can be read counts, over the last version that could be read.
    for (const { id, document } of unreadable) {
      const number = numberOf(id);
      if (number === undefined) continue;
      this.entries.set(number, { ...partlyRead(number, document, this.entries.get(number)?.card), run });
      this.deleted.delete(number);
    }
  }

  #put(document: CardDocument, run: number): void {
    const { number } = document;
    this.entries.set(number, { card: cardOf(document), isUnreadable: false, run });
    this.deleted.delete(number);
  }

  sweep(run: number): void {
    for (const [number, row] of this.entries) if (row.run < run) this.entries.delete(number);
    for (const [number, metBy] of this.deleted) if (metBy < run) this.deleted.delete(number);
    if (this.#base && this.#base.run !== run) this.#forgetSnapshots();
  }

  clear(): void {
    this.entries.clear();
    this.deleted.clear();
    this.#forgetSnapshots();
  }

  staged = (snapshot: Snapshot): Set<number> => this.#snapshots.staged(snapshot, this.#base?.id);

  stage = (snapshot: Snapshot, index: number): boolean => this.#snapshots.stage(snapshot, index);

  /** Gives what a snapshot holds; undefined, and nothing changed, while parts are missing. */
  adopt(snapshot: Snapshot, run: number): readonly Change[] | undefined {
    const contents = this.#snapshots.contents(snapshot);
    if (!contents) return undefined;
    // S7: of cards that it could not read, the last readable version stays.
    const kept = new Set(sorted('register', contents).unreadable.map(({ id }) => numberOf(id)));
    for (const number of this.entries.keys()) if (!kept.has(number)) this.entries.delete(number);
    this.deleted.clear();
    this.#base = { id: snapshot.id, run };
    this.#snapshots.keep([snapshot.id]);
    return contents;
  }

  #forgetSnapshots(): void {
    this.#base = undefined;
    this.#snapshots.keep([]);
  }
}
