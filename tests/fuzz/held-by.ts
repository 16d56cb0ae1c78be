import { cardFromDocument } from '../../src/lib/documents/register/card-document';
import { cardsOfBucket } from '../../src/lib/documents/register/packed/bucket';
import type { Card } from '../../src/lib/domain/visit/card';
import type { TiskiDatabase } from '../../src/lib/store/database';
import { packedBase } from '../../src/lib/store/register';
import type { Held } from './held';

/** What is in a device's database, as plain values: packed cards are read by the engine's own code (S18). */
export async function heldBy(db: TiskiDatabase): Promise<Held> {
  const [cursors, cards, catalogue, outbox, quarantine, ...logs] = await Promise.all([
    db.cursors.toArray(),
    db.cards.toArray(),
    db.catalogue.toArray(),
    db.outbox.toArray(),
    db.quarantine.toArray(),
    db.visits.toArray(),
    db.voids.toArray(),
    db.choices.toArray(),
    db.releases.toArray(),
    db.resolutions.toArray(),
  ]);
  return {
    cursors: new Map(
      cursors.map(({ database, epoch, seq, isComplete }) => [database, { epoch, seq, isComplete }]),
    ),
    cards: new Map([
      ...(await packedCards(db)),
      ...cards.flatMap(({ number, card }) => (card ? [[number, card] as const] : [])),
    ]),
    unreadableCards: new Set(cards.flatMap(({ number, isUnreadable }) => (isUnreadable ? [number] : []))),
    deletedCards: new Set(await db.deletedCards.toCollection().primaryKeys()),
    catalogue: new Map(catalogue.map(({ _id, document }) => [_id, document])),
    log: new Map(logs.flat().map(({ document }) => [document._id, document])),
    outbox: new Map(
      outbox.map(({ id, database, state, document, stamp, refusal, suspicions }) => [
        id,
        {
          database,
          state,
          document,
          ...(stamp && { stamp }),
          ...(refusal && { refusal: { status: refusal.status, reason: refusal.reason } }),
          ...(suspicions !== undefined && { suspicions }),
        },
      ]),
    ),
    quarantine: new Map(
      quarantine.map(({ database, id, unreadable }) => [`${database} ${id}`, unreadable.reason]),
    ),
  };
}

/** S18: the packed cards that were not deleted since. */
async function packedCards(db: TiskiDatabase): Promise<[string, Card][]> {
  const base = await packedBase(db);
  if (!base) return [];
  const rows = await db.packed
    .where('[snapshot+bucket]')
    .between([base.id, 0], [base.id, base.buckets], true, false)
    .toArray();
  const deleted = new Set(await db.deletedCards.toCollection().primaryKeys());
  const documents = rows.flatMap(({ bytes }) => cardsOfBucket(bytes));
  return documents
    .filter(({ number }) => !deleted.has(number))
    .map((document) => [document.number, cardFromDocument(document)]);
}
