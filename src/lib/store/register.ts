import type { CardDocument } from '$lib/documents/card-document';
import { cardFromDocument } from '$lib/documents/card-document';
import type { Card } from '$lib/domain/card';
import type { Instant } from '$lib/domain/day';
import type { ScannedCode } from '$lib/domain/scan-code';
import type { CardRow, TiskiDatabase } from './database';
import { registerDatabase } from './database-names';

/** How cards are kept is known here alone: a packed snapshot can come behind these functions. */

/** The card that carries a code, by its number first, then by the codes of imported stock. */
export async function findCard(db: TiskiDatabase, code: ScannedCode): Promise<Card | undefined> {
  switch (code.kind) {
    case 'impossible':
      return undefined;
    case 'number':
      // An imported stock may print eight digits that happen to pass the check.
      return (await db.cards.get(code.number))?.card ?? (await findByStockCode(db, code.number));
    case 'other':
      return findByStockCode(db, code.value);
  }
}

/** A code that moved from a replaced card to its successor is on both: the active one counts. */
async function findByStockCode(db: TiskiDatabase, value: string): Promise<Card | undefined> {
  const rows = await db.cards.where('codes').equals(value).toArray();
  return (rows.find(({ card }) => card.status === 'active') ?? rows[0])?.card;
}

export function countCards(db: TiskiDatabase): Promise<number> {
  return db.cards.count();
}

/** When the register was last known to be whole and up to date; undefined before the first load ended. */
export async function registerAsOf(db: TiskiDatabase): Promise<Instant | undefined> {
  return (await db.cursors.get(registerDatabase))?.asOf;
}

/** Forgets every card, and how far the register was pulled. */
export async function wipeRegister(db: TiskiDatabase): Promise<void> {
  await db.transaction('rw', db.cards, db.cursors, db.quarantine, async () => {
    await db.cards.clear();
    await db.cursors.delete(registerDatabase);
    await db.quarantine.where('database').equals(registerDatabase).delete();
  });
}

export function cardRowFromDocument(document: CardDocument, run: number): CardRow {
  return {
    number: document.number,
    codes: document.codes.map(({ value }) => value),
    card: cardFromDocument(document),
    run,
  };
}
