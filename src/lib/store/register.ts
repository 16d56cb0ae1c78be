import { registerDatabase } from '$lib/documents/databases';
import type { CardDocument } from '$lib/documents/register/card-document';
import { canonicalCodes, cardFromDocument } from '$lib/documents/register/card-document';
import { canonicalCode } from '$lib/domain/code/canonical-code';
import type { ScannedCode } from '$lib/domain/code/scan-code';
import type { Instant } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import type { CardStanding } from '$lib/domain/visit/decide-visit';
import type { CardRow, PackedBase, TiskiDatabase } from './database';
import { numbersByPackedCode, packedCard } from './packed-register';

/**
 * Only this file and packed-register.ts know how cards are stored: as a row each in `cards`, over a packed
 * register if the device loaded one (S18). A row of `cards` or `deletedCards` overrides what is packed.
 */
export const registerTables = (db: TiskiDatabase) => [db.cards, db.packed, db.deletedCards, db.cursors];

/** What the register has under a number or a code. */
interface FoundCard {
  card?: Card;
  standing?: CardStanding;
}

/**
 * What the register says about a code: finds the card by its number first, then by the codes of its stock.
 */
export interface FoundInRegister extends FoundCard {
  /** When the register was last known to be complete and up to date; absent before the first load ends. */
  asOf: Instant | undefined;
}

export function findCard(db: TiskiDatabase, code: ScannedCode): Promise<Card | undefined> {
  return db.transaction('r', registerTables(db), async () => (await askRegister(db, code)).card);
}

/** Call it inside a transaction. Everything is queried in parallel. */
export function askRegister(db: TiskiDatabase, code: ScannedCode): Promise<FoundInRegister> {
  const cursor = db.cursors.get(registerDatabase);
  const base = cursor.then((row) => row?.base);
  return Promise.all([findByCode(db, code, base), cursor]).then(([found, row]) => ({
    ...found,
    asOf: row?.asOf,
  }));
}

/** What lies under the rows, assuming that it hasn't changed. */
type AwaitedBase = Promise<PackedBase | undefined>;

const nothing: FoundCard = {};
const deletedCard: FoundCard = { standing: 'deleted' };
const foundInRow = ({ card, isUnreadable }: CardRow): FoundCard => ({
  ...(card && { card }),
  ...(isUnreadable && { standing: 'unreadable' }),
});
const foundPacked = (card: Card | undefined): FoundCard => (card ? { card } : nothing);

function findByCode(db: TiskiDatabase, code: ScannedCode, base: AwaitedBase): Promise<FoundCard> {
  switch (code.kind) {
    case 'impossible':
      return Promise.resolve(nothing);
    case 'signed':
      // R2: a claim until its signature is verified; the rules refuse it if it isn't genuine.
      return findByNumber(db, code.number, base);
    case 'number':
      // Imported stock may carry eight digits that happen to pass the check.
      return findByNumber(db, code.number, base).then(async (found) => {
        if (found.card || found.standing === 'unreadable') return found;
        return (await findByStockCode(db, code.number, base)) ?? found;
      });
    case 'other':
      return findByStockCode(db, code.value, base).then((found) => found ?? nothing);
  }
}

// Reading the cursor before each scan would double the disk round trips, so the last known base is used
// meanwhile.
const lastBases = new WeakMap<TiskiDatabase, PackedBase>();

function findByNumber(db: TiskiDatabase, number: string, awaited: AwaitedBase): Promise<FoundCard> {
  const guess = lastBases.get(db);
  return Promise.all([
    db.cards.get(number),
    db.deletedCards.get(number),
    awaited,
    guess && packedCard(db, guess, number),
  ]).then(([row, deleted, base, guessed]) => {
    if (row) return foundInRow(row);
    if (deleted) return deletedCard;
    if (!base) return nothing;
    if (base.id === guess?.id) return foundPacked(guessed);
    lastBases.set(db, base);
    return packedCard(db, base, number).then(foundPacked);
  });
}

/** A code that moved from a replaced card to its successor is on both: the active card counts. */
async function findByStockCode(
  db: TiskiDatabase,
  text: string,
  awaited: AwaitedBase,
): Promise<FoundCard | undefined> {
  const value = canonicalCode(text);
  const [rows, base] = await Promise.all([db.cards.where('codes').equals(value).toArray(), awaited]);
  const found = rows.map(foundInRow);
  if (base) {
    const numbers = await numbersByPackedCode(db, base, value);
    // A row overrides which codes its card has.
    const rowsOver = await db.cards.bulkGet(numbers);
    const deleted = await db.deletedCards.bulkGet(numbers);
    const untouched = numbers.filter((_, index) => !rowsOver[index] && !deleted[index]);
    const packed = await Promise.all(untouched.map((number) => packedCard(db, base, number)));
    found.push(...packed.flatMap((card) => (card ? [{ card }] : [])));
  }
  // One of which too little is known may be active.
  return found.find(({ card }) => !card || card.status === 'active') ?? found[0];
}

/** The cards with these numbers, as far as the register has them. */
export function cardsByNumber(db: TiskiDatabase, numbers: readonly string[]): Promise<Map<string, Card>> {
  return db.transaction('r', registerTables(db), async () => {
    const base = packedBase(db);
    const found = await Promise.all(numbers.map((number) => findByNumber(db, number, base)));
    return new Map(found.flatMap(({ card }) => (card ? [[card.number, card] as const] : [])));
  });
}

/** What lies under the rows; undefined if every card has a row. */
export function packedBase(db: TiskiDatabase): Promise<PackedBase | undefined> {
  return db.cursors.get(registerDatabase).then((cursor) => cursor?.base);
}

export function countCards(db: TiskiDatabase): Promise<number> {
  return db.transaction('r', registerTables(db), async () => {
    const rows = await db.cards.count();
    const base = await packedBase(db);
    if (!base) return rows;
    const shadowing = await db.cards.where('shadows').equals(base.id).count();
    const deleted = await db.deletedCards.where('shadows').equals(base.id).count();
    return base.cards - deleted + rows - shadowing;
  });
}

/** When the register was last known to be complete and up to date; undefined before the first load ends. */
export function registerAsOf(db: TiskiDatabase): Promise<Instant | undefined> {
  return db.cursors.get(registerDatabase).then((cursor) => cursor?.asOf);
}

/** Forgets every card, and how far the register was pulled. */
export async function wipeRegister(db: TiskiDatabase): Promise<void> {
  await db.transaction('rw', [...registerTables(db), db.quarantine], async () => {
    await db.cards.clear();
    await db.packed.clear();
    await db.deletedCards.clear();
    await db.cursors.delete(registerDatabase);
    await db.quarantine.where('database').equals(registerDatabase).delete();
  });
}

export function cardRowFromDocument(document: CardDocument, run: number): CardRow {
  return {
    number: document.number,
    codes: canonicalCodes(document),
    card: cardFromDocument(document),
    run,
  };
}
