import type { CardDocument } from '$lib/documents/register/card-document';
import { readPartly } from '$lib/documents/register/partly-read-card';
import { isCardNumber } from '$lib/domain/visit/card-number';
import type { CardRow, TiskiDatabase } from './database';
import { packedNumbers, rowsFromPacked } from './packed-register';
import { cardRowFromDocument, packedBase } from './register';
import { noteCardsChanged } from './review-queue';

const prefix = 'card:';

/** A card whose newest version this build can't read, unchanged. */
export interface UnreadCard {
  number: string;
  document: unknown;
}

/**
 * Writes changes of the register, within the caller's transaction: a row for each card, and one for each
 * deleted card (R2, S18). `run` marks the rows (S8).
 */
export async function applyToRegister(
  db: TiskiDatabase,
  changes: { cards: readonly CardDocument[]; deleted: readonly string[]; unread: readonly UnreadCard[] },
  run: number,
): Promise<void> {
  const deleted = cardNumbers(changes.deleted);
  const rows = [
    ...changes.cards.map((document) => cardRowFromDocument(document, run)),
    ...(await partlyRead(db, changes.unread, run)),
  ];
  const numbers = rows.map(({ number }) => number);
  const base = await packedBase(db);
  const packed = base ? await packedNumbers(db, base, [...numbers, ...deleted]) : new Set<string>();
  const shadowOf = (number: string) => (base && packed.has(number) ? { shadows: base.id } : {});
  await db.cards.bulkPut(rows.map((row) => ({ ...row, ...shadowOf(row.number) })));
  await db.cards.bulkDelete(deleted);
  // A thousand deletions of rows that don't exist would slow a first load.
  if ((await db.deletedCards.count()) > 0) await db.deletedCards.bulkDelete(numbers);
  await db.deletedCards.bulkPut(deleted.map((number) => ({ number, run, ...shadowOf(number) })));
  await noteCardsChanged(db, numbers);
}

export const cardNumbers = (ids: readonly string[]) =>
  ids.flatMap((id) => {
    const number = id.slice(prefix.length);
    return id.startsWith(prefix) && isCardNumber(number) ? [number] : [];
  });

export const unreadCards = (unreadable: readonly { id: string; document: unknown }[]): UnreadCard[] =>
  unreadable.flatMap(({ id, document }) => cardNumbers([id]).map((number) => ({ number, document })));

/** S7: what can be read of each, laid over the last readable version. */
async function partlyRead(db: TiskiDatabase, unread: readonly UnreadCard[], run: number): Promise<CardRow[]> {
  const last = await lastReadable(
    db,
    unread.map(({ number }) => number),
  );
  return unread.map(({ number, document }) => {
    const { isUnreadable, ...known } = readPartly(number, document, last.get(number));
    return { number, ...known, run, ...(isUnreadable && { isUnreadable }) };
  });
}

/** The rows of some cards; cards that are only packed get the row that they would have. */
export async function lastReadable(
  db: TiskiDatabase,
  numbers: readonly string[],
): Promise<Map<string, CardRow>> {
  if (numbers.length === 0) return new Map();
  const rows = await db.cards.bulkGet([...numbers]);
  const gone = await db.deletedCards.bulkGet([...numbers]);
  const uncovered = numbers.filter((_, index) => !rows[index] && !gone[index]);
  const base = await packedBase(db);
  const packed = base ? await rowsFromPacked(db, base, uncovered) : [];
  return new Map([...rows.flatMap((row) => row ?? []), ...packed].map((row) => [row.number, row]));
}
