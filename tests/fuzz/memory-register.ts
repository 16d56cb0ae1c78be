import {
  canonicalCodes,
  cardFromDocument,
  type CardDocument,
} from '../../src/lib/documents/register/card-document';
import { readPartly } from '../../src/lib/documents/register/partly-read-card';
import type { Card } from '../../src/lib/domain/visit/card';
import { isCardNumber } from '../../src/lib/domain/visit/card-number';
import type { Sorted } from '../../src/lib/store/apply-changes';
import type { Change, Snapshot } from '../../src/lib/sync/ports';
import { MemorySnapshots } from './memory-snapshots';

const numberOf = (id: string) => id.slice('card:'.length);

interface CardEntry {
  card?: Card;
  codes: string[];
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
  readonly #snapshots = new MemorySnapshots();
  /** S18: the snapshot that the cards came with, and the pull that brought it. */
  #base: { id: string; run: number } | undefined;

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
    for (const id of deleted) {
      if (!isCardNumber(numberOf(id))) continue;
      this.entries.delete(numberOf(id));
      this.deleted.set(numberOf(id), run);
    }
    // S7: what can be read counts, over the last version that could be read.
    for (const { id, document } of unreadable) {
      const number = numberOf(id);
      if (!isCardNumber(number)) continue;
      this.entries.set(number, { ...readPartly(number, document, this.entries.get(number)), run });
      this.deleted.delete(number);
    }
  }

  #put(document: CardDocument, run: number): void {
    const { number } = document;
    const card = cardFromDocument(document);
    this.entries.set(number, { card, codes: canonicalCodes(document), isUnreadable: false, run });
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

  stage = (snapshot: Snapshot, index: number, bytes: Uint8Array): boolean =>
    this.#snapshots.stage(snapshot, index, bytes);

  /** Gives what could not be packed; undefined, and nothing changed, while rows are missing. */
  adopt(snapshot: Snapshot, run: number): Change[] | undefined {
    const contents = this.#snapshots.contents(snapshot);
    if (!contents) return undefined;
    const unread = new Set(contents.unread.map(({ id }) => numberOf(id)));
    for (const number of this.entries.keys()) if (!unread.has(number)) this.entries.delete(number);
    this.deleted.clear();
    for (const document of contents.cards) this.#put(document, run);
    this.#base = { id: snapshot.id, run };
    this.#snapshots.keep([snapshot.id]);
    return contents.unread;
  }

  #forgetSnapshots(): void {
    this.#base = undefined;
    this.#snapshots.keep([]);
  }
}
