import type { CardDocument } from '$lib/documents/card-document';
import type { TiskiDatabase } from './database';
import { packedNumbers, rowsFromPacked } from './packed-register';
import { cardRowFromDocument, packedBase } from './register';
import { noteCardsChanged } from './touched';

const prefix = 'card:';

/**
 * Writes changes of the register, within the caller's transaction: a row for each card, and a mark for each packed
 * card that was deleted (S18). `run` marks the rows (S8).
 */
export async function applyToRegister(
  db: TiskiDatabase,
  changes: { cards: readonly CardDocument[]; deleted: readonly string[]; unreadable: readonly string[] },
  run: number,
): Promise<void> {
  const deleted = cardNumbers(changes.deleted);
  const numbers = changes.cards.map(({ number }) => number);
  const base = await packedBase(db);
  const packed = base ? await packedNumbers(db, base, [...numbers, ...deleted]) : new Set<string>();
  await db.cards.bulkPut(
    changes.cards.map((document) => ({
      ...cardRowFromDocument(document, run),
      ...(base && packed.has(document.number) && { shadows: base.id }),
    })),
  );
  await db.cards.bulkDelete(deleted);
  if (base) {
    await db.deletedCards.bulkDelete(numbers);
    await db.deletedCards.bulkPut(
      deleted.filter((number) => packed.has(number)).map((number) => ({ number })),
    );
  }
  await noteCardsChanged(db, numbers);
  await keepReadable(db, cardNumbers(changes.unreadable), run);
}

export const cardNumbers = (ids: readonly string[]) =>
  ids.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));

/** S7: the last version that could be read goes on answering, also after a pull from zero. */
export async function keepReadable(
  db: TiskiDatabase,
  numbers: readonly string[],
  run: number,
): Promise<void> {
  if (numbers.length === 0) return;
  await db.cards.where('number').anyOf(numbers).modify({ run });
  const base = await packedBase(db);
  if (!base || base.run === run) return;
  // What is packed goes when the pull from zero ends: these need rows of their own.
  const rows = await db.cards.bulkGet([...numbers]);
  const gone = await db.deletedCards.bulkGet([...numbers]);
  const uncovered = numbers.filter((_, index) => !rows[index] && !gone[index]);
  await db.cards.bulkPut(await rowsFromPacked(db, base, uncovered, run));
}
