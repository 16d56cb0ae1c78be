import { deskDatabaseKind, visitsDatabase } from '$lib/documents/databases';
import {
  cardConflicts,
  offeringConflict,
  portionsConflict,
  timesConflicts,
  type ConflictContext,
} from '$lib/documents/review/find-conflicts';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { conflictState, type Conflict, type Resolution } from '$lib/domain/review/conflicts';
import { daysReviewed } from '$lib/domain/review/days-reviewed';
import { day, type Instant } from '$lib/domain/time/day';
import { seatsKey } from './capacity-key';
import { readCatalogue, type Catalogue } from './catalogue';
import { readDeviceClock } from './clock';
import {
  liveQuery,
  maxKey,
  type ResolutionRow,
  type ReviewRow,
  type ReviewSubject,
  type TiskiDatabase,
  type QueuedRow,
} from './database';
import { allLogTables } from './log-tables';
import { cardsByNumber, registerTables } from './register';
import { keyOf } from './review-queue';

/** How many are checked in one transaction: few, because a scan may have to wait for it. */
const subjectsAtOnce = 20;

/** Works through the queue until it is empty: a conflict appears, changes or disappears. */
export async function reviewQueued(db: TiskiDatabase, deviceNow: Instant): Promise<void> {
  const tables = [
    db.settings,
    ...registerTables(db),
    db.catalogue,
    ...allLogTables(db),
    db.reviews,
    db.reviewQueue,
  ];
  for (let left = Infinity; left > 0;) {
    left = await db.transaction('rw', tables, async () => {
      const rows = await db.reviewQueue.limit(subjectsAtOnce).toArray();
      const { now } = await readDeviceClock(db, deviceNow);
      const context = await contextOf(db, rows, now);
      for (const { key, subject } of rows) {
        const conflicts = await conflictsOf(db, subject, context);
        await db.reviews.where('subject').equals(key).delete();
        for (const conflict of conflicts) await note(db, key, conflict, context);
      }
      await db.reviewQueue.bulkDelete(rows.map(({ key }) => key));
      return rows.length;
    });
  }
}

/**
 * Reviews whatever is queued, from now on; returns a function that stops it. Faults go to `onFault`, and the
 * queue is kept.
 */
export function startReviewing(
  db: TiskiDatabase,
  now: () => Instant,
  onFault: (error: unknown) => void,
): () => void {
  let turn = Promise.resolve();
  const subscription = liveQuery(() => db.reviewQueue.count()).subscribe((count) => {
    if (count > 0) turn = turn.then(() => reviewQueued(db, now())).catch(onFault);
  });
  return () => subscription.unsubscribe();
}

/** Conflicts that wait to be resolved, the newest first. */
export async function listReviews(db: TiskiDatabase): Promise<ReviewRow[]> {
  const rows = await db.reviews.toArray();
  const newest = ({ conflict }: ReviewRow) => conflict.entries.at(-1)?.at ?? 0;
  return rows.sort((a, b) => newest(b) - newest(a));
}

async function note(
  db: TiskiDatabase,
  subject: string,
  conflict: Conflict,
  { services }: ConflictContext,
): Promise<void> {
  const sector = services.get(conflict.service)?.sector;
  // Its resolution goes to the sector whose office looks after it; a removed service has no rule either.
  if (sector === undefined) return;
  const resolutions = await db.resolutions.where('conflict').equals(conflict.id).toArray();
  const state = conflictState(conflict, resolutions.map(resolutionFromRow));
  if (state.kind === 'settled') return;
  const row: ReviewRow = { id: conflict.id, database: visitsDatabase(sector), subject, conflict };
  await db.reviews.put(state.kind === 'contacted' ? { ...row, contacted: state.resolution } : row);
}

export const resolutionFromRow = ({ _id, conflict, desk, at, document }: ResolutionRow): Resolution => ({
  id: _id,
  conflict,
  documents: document.documents,
  decision: document.decision,
  by: desk,
  at,
});

async function contextOf(
  db: TiskiDatabase,
  queued: readonly QueuedRow[],
  now: Instant,
): Promise<ConflictContext> {
  const catalogue = await readCatalogue(db);
  const numbers = queued.flatMap(({ subject }) => (subject.kind === 'card' ? [subject.number] : []));
  const cards = await cardsByNumber(db, numbers);
  return {
    services: mapped(catalogue.services, ({ service }) => service),
    schemes: mapped(catalogue.schemes, ({ scheme }) => scheme),
    offerings: mapped(catalogue.offerings, ({ offering }) => offering),
    zoneOf: (venue) => zoneOf(catalogue, venue),
    card: (number) => cards.get(number),
    since: now - daysReviewed * day,
  };
}

const mapped = <T, U>(map: ReadonlyMap<string, T>, of: (value: T) => U): Map<string, U> =>
  new Map([...map].map(([key, value]) => [key, of(value)]));

const zoneOf = ({ venues }: Catalogue, venue: string): string =>
  venues.get(venue)?.venue.zone ?? 'Europe/Helsinki';

async function conflictsOf(
  db: TiskiDatabase,
  subject: ReviewSubject,
  context: ConflictContext,
): Promise<Conflict[]> {
  const defined = (conflict: Conflict | undefined) => (conflict ? [conflict] : []);
  switch (subject.kind) {
    case 'card':
      return cardConflicts(subject.number, await documentsOfCard(db, subject.number), context);
    case 'offering':
      return defined(offeringConflict(subject.id, await documentsOfOffering(db, subject.id), context));
    case 'portions': {
      const { service, venue, date } = subject;
      const visits = await db.visits.where('stock').equals(keyOf(subject)).toArray();
      const documents = await withUndone(
        db,
        visits.map(({ document }) => document),
      );
      return defined(portionsConflict(service, venue, date, documents, context));
    }
    case 'times':
      return timesConflicts(await documentsOfDesk(db, subject.desk));
  }
}

/** Everything that the device holds: a season's limit counts from its first day. */
async function documentsOfCard(db: TiskiDatabase, number: string): Promise<LogDocument[]> {
  const visits = await db.visits.where('[card+at]').between([number], [number, maxKey]).toArray();
  const choices = await db.choices.where('card').equals(number).toArray();
  return withUndone(
    db,
    [...visits, ...choices].map(({ document }) => document),
  );
}

/** What a desk logged in this device's sectors, as far back as visits are kept. */
async function documentsOfDesk(db: TiskiDatabase, desk: string): Promise<LogDocument[]> {
  const databases = (await db.cursors.toCollection().primaryKeys()).filter(
    (name) => deskDatabaseKind(name) === 'visits',
  );
  const visits = await db.visits
    .where('[database+desk]')
    .anyOf(databases.map((name) => [name, desk]))
    .filter(({ document }) => document.timeUncertain !== undefined)
    .toArray();
  return withUndone(
    db,
    visits.map(({ document }) => document),
  );
}

async function documentsOfOffering(db: TiskiDatabase, offering: string): Promise<LogDocument[]> {
  const visits = await db.visits.where('stock').equals(seatsKey(offering)).toArray();
  const choices = await db.choices.where('offering').equals(offering).toArray();
  return withUndone(
    db,
    [...visits, ...choices].map(({ document }) => document),
  );
}

/** The documents, and those that undo them. */
async function withUndone(db: TiskiDatabase, documents: LogDocument[]): Promise<LogDocument[]> {
  const ids = documents.map(({ _id }) => _id);
  const undoing = [...(await db.voids.bulkGet(ids)), ...(await db.releases.bulkGet(ids))];
  return [...documents, ...undoing.flatMap((row) => (row ? [row.document] : []))];
}
