import { visitsDatabase } from '$lib/documents/databases';
import { isListed, type Choice, type Offering } from '$lib/domain/catalogue/offering';
import type { Service, Venue } from '$lib/domain/catalogue/service';
import type { ClockReading } from '$lib/domain/time/clock';
import { localDate, minute, startOfDay, type Instant } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import { noHistory, type CardUse, type History } from '$lib/domain/visit/decide-visit';
import { historyFrom, type PastVisit } from '$lib/domain/visit/limits';
import { headCount } from '$lib/domain/visit/people';
import { seatsKey, portionsKey } from './capacity-key';
import { maxKey, type ChoiceRow, type TiskiDatabase, type VisitRow } from './database';

export interface HistoryQuestion {
  use: CardUse | undefined;
  service: Service;
  venue: Venue;
  offerings: readonly Offering[];
  /** The offering that staff have named. */
  offering: string | undefined;
  clock: ClockReading;
}

/** What the device holds that can matter to a verdict, and no more: a card may have a thousand visits. */
export async function readHistory(db: TiskiDatabase, question: HistoryQuestion): Promise<History> {
  const { use, service, venue, offerings, clock } = question;
  if (!use?.rule) return noHistory;
  const { card, scheme, rule } = use;
  const today = localDate(clock.now, venue.zone);
  const from = historyFrom(today, venue.zone, rule, service.repeatMinutes * minute, clock.now, card);
  const [visits, firstVisit] = await Promise.all([
    visitsSince(db, card.number, from, visitsDatabase(service.sector)),
    scheme?.startsOnFirstVisit === undefined ? undefined : firstVisitOf(db, card, venue.zone),
  ]);
  const history: History = { ...noHistory, visits, ...(firstVisit !== undefined && { firstVisit }) };
  switch (rule.kind) {
    case 'unlimited':
    case 'limit':
      return history;
    case 'choice': {
      const choices = await presentChoices(db, card, service.id, venue.zone);
      const named = question.offering === undefined ? [] : [question.offering];
      return { ...history, choices, taken: await choicesTaken(db, named) };
    }
    case 'listed': {
      const listed = offerings.filter((offering) => isListed(offering, today)).map(({ id }) => id);
      return { ...history, taken: await seatsTaken(db, listed) };
    }
    case 'portions': {
      const key = portionsKey(service.id, venue.id, today);
      return { ...history, portionsToday: (await headsByKey(db, [key])).get(key) ?? 0 };
    }
  }
}

/** The card's visits since an instant for services of a sector, except undone ones. */
export async function visitsSince(
  db: TiskiDatabase,
  card: string,
  from: Instant,
  database: string,
): Promise<PastVisit[]> {
  // Filtered here: IndexedDB returns a range at once, but one row at a time through a filter of its own.
  const [ofCard, voided] = await Promise.all([
    db.visits.where('[card+at]').between([card, from], [card, maxKey]).toArray(),
    // There are few, so read them all at once: each look-up by visit id would be a separate query.
    db.voids.where('document.card').equals(card).primaryKeys(),
  ]);
  const undone = new Set(voided);
  return ofCard
    .filter((row) => row.database === database && !undone.has(row._id))
    .map(({ at, service, document: { offering } }) => ({
      at,
      service,
      ...(offering !== undefined && { offering }),
    }));
}

async function withoutVoided(db: TiskiDatabase, rows: VisitRow[]): Promise<VisitRow[]> {
  const voids = await db.voids.bulkGet(rows.map(({ _id }) => _id));
  return rows.filter((_, index) => voids[index] === undefined);
}

/** R14: the first visit within the card's present validity, in any sector that the device knows. */
async function firstVisitOf(db: TiskiDatabase, card: Card, zone: string): Promise<Instant | undefined> {
  const since = [card.number, startOfDay(card.validFrom, zone)];
  const ofCard = db.visits.where('[card+at]').between(since, [card.number, maxKey]);
  // The first one is hardly ever undone: look among a few before reading all.
  const few = await withoutVoided(db, await ofCard.clone().limit(5).toArray());
  return (few[0] ?? (await withoutVoided(db, await ofCard.toArray()))[0])?.at;
}

/** R9: what the card's holder chose of a service within the card's present validity and did not give back. */
export async function presentChoices(
  db: TiskiDatabase,
  card: Card,
  service: string,
  zone: string,
): Promise<Choice[]> {
  const begins = startOfDay(card.validFrom, zone);
  const rows = await db.choices
    .where('card')
    .equals(card.number)
    .filter((row) => row.service === service && row.at >= begins)
    .toArray();
  return (await withoutReleased(db, rows)).map(({ _id: id, offering, at }) => ({ id, offering, at }));
}

export async function withoutReleased(db: TiskiDatabase, rows: ChoiceRow[]): Promise<ChoiceRow[]> {
  const releases = await db.releases.bulkGet(rows.map(({ _id }) => _id));
  return rows.filter((_, index) => releases[index] === undefined);
}

/** R9: places chosen on courses, by offering id. */
export async function choicesTaken(
  db: TiskiDatabase,
  offerings: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.choices
    .where('offering')
    .anyOf([...offerings])
    .toArray();
  const taken = new Map<string, number>();
  for (const { offering } of await withoutReleased(db, rows)) {
    taken.set(offering, (taken.get(offering) ?? 0) + 1);
  }
  return taken;
}

/** R10: seats given for performances, by offering id. */
export async function seatsTaken(
  db: TiskiDatabase,
  offerings: readonly string[],
): Promise<Map<string, number>> {
  const heads = await headsByKey(db, offerings.map(seatsKey));
  return new Map(offerings.map((id) => [id, heads.get(seatsKey(id)) ?? 0]));
}

async function headsByKey(db: TiskiDatabase, keys: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.visits
    .where('stock')
    .anyOf([...keys])
    .toArray();
  const heads = new Map<string, number>();
  for (const { stock: key = '', document } of await withoutVoided(db, rows)) {
    heads.set(key, (heads.get(key) ?? 0) + headCount(document.people));
  }
  return heads;
}
