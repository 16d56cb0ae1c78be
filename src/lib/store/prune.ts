import { loggedBy, type VisitDocument } from '$lib/documents/visits/visit-documents';
import { day, type Instant } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import { aYearAndABit, daysCounted } from '$lib/domain/visit/days-counted';
import { readCatalogue, type Catalogue } from './catalogue';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { cardsByNumber, registerTables } from './register';
import { readSetting, writeSetting } from './settings';

/**
 * S9: every visit stays at least this many days after it was logged: a restored server gets it back from
 * here.
 */
export const daysKept = 30;

/** For how many days any rule can still count a visit: the catalogue's, or the card's own. */
function daysWanted({ services, schemes }: Catalogue, visit: Visited, card?: Card): number {
  const known = services.get(visit.service)?.service;
  const scheme = schemes.get(visit.scheme ?? '')?.scheme;
  // The service or the scheme may return to the catalogue.
  if (!known || !scheme) return aYearAndABit;
  const counted = daysCounted(known, {
    services: [...services.values()].map((each) => each.service),
    schemes: [...schemes.values()].map((each) => each.scheme),
    rights: card?.rights,
  });
  // R14: the first visit decides how long the card is valid.
  return scheme.startsOnFirstVisit === undefined ? counted : Math.max(aYearAndABit, counted);
}

type Visited = Pick<VisitDocument, 'card' | 'service' | 'scheme' | 'at' | 'timeUncertain'>;

export function isKeptBy(catalogue: Catalogue, visit: Visited, now: Instant, card?: Card): boolean {
  const age = (now - loggedBy(visit)) / day;
  return age <= daysKept || age <= daysWanted(catalogue, visit, card);
}

/** The visits that still matter on the device: to a server that lost them, or to a rule. */
export async function worthKeeping<T extends Visited>(
  db: TiskiDatabase,
  catalogue: Catalogue,
  visits: readonly T[],
  now: Instant,
): Promise<T[]> {
  const isKept = (visit: T, card?: Card) => isKeptBy(catalogue, visit, now, card);
  const doubtful = visits.filter((visit) => !isKept(visit));
  if (doubtful.length === 0) return [...visits];
  const cards = await cardsByNumber(db, [...new Set(doubtful.map(({ card }) => card))]);
  return visits.filter((visit) => isKept(visit, cards.get(visit.card)));
}

/**
 * Once a day, forgets the visits that the server has and that no longer matter here. By the corrected clock
 * (R13): a device that runs a year ahead would forget what a limit counts.
 */
export async function prune(db: TiskiDatabase, deviceNow: Instant): Promise<void> {
  const { now, isPlausible } = await readDeviceClock(db, deviceNow);
  const prunedAt = await readSetting(db, 'pruned-at');
  if (!isPlausible || (prunedAt !== undefined && Math.abs(now - prunedAt) < day)) return;
  const tables = [db.settings, db.catalogue, ...registerTables(db), db.visits, db.voids, db.outbox];
  await db.transaction('rw', tables, async () => {
    const catalogue = await readCatalogue(db);
    const old = now - daysKept * day;
    const doubtful = await db.visits
      .where('at')
      .below(old)
      .filter(({ document }) => !isKeptBy(catalogue, document, now))
      .toArray((rows) => rows.map(({ document }) => document));
    const kept = new Set(await worthKeeping(db, catalogue, doubtful, now));
    const candidates = doubtful.filter((visit) => !kept.has(visit)).map(({ _id }) => _id);
    const waiting = await db.outbox.bulkGet(candidates);
    const waitingVoids = await db.outbox.bulkGet(candidates.map((id) => `void:${id}`));
    await db.visits.bulkDelete(candidates.filter((_, index) => !waiting[index] && !waitingVoids[index]));

    const oldVoids = await db.voids.where('at').below(old).primaryKeys();
    const visits = await db.visits.bulkGet(oldVoids);
    await db.voids.bulkDelete(oldVoids.filter((_, index) => !visits[index]));
    await writeSetting(db, 'pruned-at', now);
  });
}
