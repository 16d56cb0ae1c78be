import { cardFromDocument } from '../../src/lib/documents/card-document';
import type { Card } from '../../src/lib/domain/card';
import type { Sorted } from '../../src/lib/store/apply-changes';
import type { Change, Snapshot } from '../../src/lib/sync/ports';
import { MemorySnapshots } from './memory-snapshots';

const numberOf = (id: string) => id.slice('card:'.length);

/** The cards, each with the pull from zero that last met it (S8), and the snapshots that they came with (S18). */
export class MemoryRegister {
  readonly cards = new Map<string, { card: Card; run: number }>();
  readonly #snapshots = new MemorySnapshots();
  /** S18: the snapshot that the cards came with, and the pull that brought it. */
  #base: { id: string; run: number } | undefined;

  apply({ readable, deleted, unreadable }: Sorted, run: number): void {
    for (const document of readable) {
      if (document.type === 'card')
        this.cards.set(document.number, { card: cardFromDocument(document), run });
    }
    for (const id of deleted) this.cards.delete(numberOf(id));
    // S7: the last version that could be read goes on answering.
    for (const { id } of unreadable) {
      const row = this.cards.get(numberOf(id));
      if (row) row.run = run;
    }
  }

  sweep(run: number): void {
    for (const [number, row] of this.cards) if (row.run < run) this.cards.delete(number);
    if (this.#base && this.#base.run !== run) this.#forgetSnapshots();
  }

  clear(): void {
    this.cards.clear();
    this.#forgetSnapshots();
  }

  staged = (snapshot: Snapshot): Set<number> => this.#snapshots.staged(snapshot, this.#base?.id);

  stage = (snapshot: Snapshot, index: number, bytes: Uint8Array): boolean =>
    this.#snapshots.stage(snapshot, index, bytes);

  /** Gives what could not be packed; undefined, and nothing changed, while rows are missing. */
  adopt(snapshot: Snapshot, run: number): Change[] | undefined {
    const contents = this.#snapshots.contents(snapshot);
    if (!contents) return undefined;
    const lastReadable = contents.unread.flatMap(({ id }) => this.cards.get(numberOf(id))?.card ?? []);
    this.cards.clear();
    for (const card of [...contents.cards.map(cardFromDocument), ...lastReadable]) {
      this.cards.set(card.number, { card, run });
    }
    this.#base = { id: snapshot.id, run };
    this.#snapshots.keep([snapshot.id]);
    return contents.unread;
  }

  #forgetSnapshots(): void {
    this.#base = undefined;
    this.#snapshots.keep([]);
  }
}
