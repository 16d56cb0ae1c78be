import type { CardDocument } from '$lib/documents/card-document';
import { canonicalCodes, cardFromDocument } from '$lib/documents/card-document';
import { canonicalCode } from '$lib/domain/canonical-code';
import type { Card } from '$lib/domain/card';
import type { Instant } from '$lib/domain/day';
import type { ScannedCode } from '$lib/domain/scan-code';
import type { CardRow, PackedBase, TiskiDatabase } from './database';
import { registerDatabase } from './database-names';
import { numbersByPackedCode, packedCard } from './packed-register';

/**
 * How cards are kept is known here and in packed-register.ts alone: a row each in `cards`, over a packed register
 * where the device loaded one (S18). A row of `cards` or `deletedCards` beats what is packed.
 */
export const registerTables = (db: TiskiDatabase) => [db.cards, db.packed, db.deletedCards, db.cursors];

/** What the register says of a code. */
export interface RegisterAnswer {
  /** The card that carries the code, by its number first, then by the codes of imported stock. */
  card: Card | undefined;
  /** When the register was last known to be whole and up to date; absent before the first load ended. */
  asOf: Instant | undefined;
}

export function findCard(db: TiskiDatabase, code: ScannedCode): Promise<Card | undefined> {
  return db.transaction('r', registerTables(db), async () => (await askRegister(db, code)).card);
}

/** Call it inside a transaction. Everything is asked for side by side. */
export function askRegister(db: TiskiDatabase, code: ScannedCode): Promise<RegisterAnswer> {
  const cursor = db.cursors.get(registerDatabase);
  const base = cursor.then((row) => row?.base);
  return Promise.all([findByCode(db, code, base), cursor]).then(([card, row]) => ({ card, asOf: row?.asOf }));
}

/** What lies under the rows, as it will be known. */
type AwaitedBase = Promise<PackedBase | undefined>;

function findByCode(db: TiskiDatabase, code: ScannedCode, base: AwaitedBase): Promise<Card | undefined> {
  switch (code.kind) {
    case 'impossible':
      return Promise.resolve(undefined);
    case 'signed':
      // R2: a claim until its signature is verified; the rules refuse it where it is not.
      return findByNumber(db, code.number, base);
    case 'number':
      // An imported stock may print eight digits that happen to pass the check.
      return findByNumber(db, code.number, base).then(
        (card) => card ?? findByStockCode(db, code.number, base),
      );
    case 'other':
      return findByStockCode(db, code.value, base);
  }
}

// A look at the cursor before each scan would double its way to the disk: so the last known base is asked meanwhile.
const lastBases = new WeakMap<TiskiDatabase, PackedBase>();

function findByNumber(db: TiskiDatabase, number: string, awaited: AwaitedBase): Promise<Card | undefined> {
  const guess = lastBases.get(db);
  return Promise.all([db.cards.get(number), awaited, guess && undeletedCard(db, guess, number)]).then(
    ([row, base, guessed]) => {
      if (row) return row.card;
      if (!base) return undefined;
      if (base.id === guess?.id) return guessed;
      lastBases.set(db, base);
      return undeletedCard(db, base, number);
    },
  );
}

const undeletedCard = (db: TiskiDatabase, base: PackedBase, number: string): Promise<Card | undefined> =>
  Promise.all([packedCard(db, base, number), db.deletedCards.get(number)]).then(([card, deleted]) =>
    deleted ? undefined : card,
  );

/** A code that moved from a replaced card to its successor is on both: the active one counts. */
async function findByStockCode(
  db: TiskiDatabase,
  text: string,
  awaited: AwaitedBase,
): Promise<Card | undefined> {
  const value = canonicalCode(text);
  const [rows, base] = await Promise.all([db.cards.where('codes').equals(value).toArray(), awaited]);
  const cards = rows.map(({ card }) => card);
  if (base) {
    const numbers = await numbersByPackedCode(db, base, value);
    // A row says anew which codes its card has.
    const rowsOver = await db.cards.bulkGet(numbers);
    const deleted = await db.deletedCards.bulkGet(numbers);
    const untouched = numbers.filter((_, index) => !rowsOver[index] && !deleted[index]);
    const packed = await Promise.all(untouched.map((number) => packedCard(db, base, number)));
    cards.push(...packed.flatMap((card) => card ?? []));
  }
  return cards.find(({ status }) => status === 'active') ?? cards[0];
}

/** The cards of some numbers, as far as the register has them. */
export function cardsByNumber(db: TiskiDatabase, numbers: readonly string[]): Promise<Map<string, Card>> {
  return db.transaction('r', registerTables(db), async () => {
    const base = packedBase(db);
    const cards = await Promise.all(numbers.map((number) => findByNumber(db, number, base)));
    return new Map(cards.flatMap((card) => (card ? [[card.number, card] as const] : [])));
  });
}

/** What lies under the rows; undefined where every card has a row. */
export function packedBase(db: TiskiDatabase): Promise<PackedBase | undefined> {
  return db.cursors.get(registerDatabase).then((cursor) => cursor?.base);
}

export function countCards(db: TiskiDatabase): Promise<number> {
  return db.transaction('r', registerTables(db), async () => {
    const rows = await db.cards.count();
    const base = await packedBase(db);
    if (!base) return rows;
    const shadowing = await db.cards.where('shadows').equals(base.id).count();
    return base.cards - (await db.deletedCards.count()) + rows - shadowing;
  });
}

/** When the register was last known to be whole and up to date; undefined before the first load ended. */
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
