import { visitsDatabase } from '$lib/documents/databases';
import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { addDays, startOfDay, type Instant, type LocalDate } from '$lib/domain/time/day';
import { stockOf } from './capacity-key';
import type { TiskiDatabase, VisitRow } from './database';
import { accountsOf, type Device } from './device';
import { readSetting } from './settings';

/** A line of the day's list. */
export interface DayVisit {
  id: string;
  at: Instant;
  card: string;
  /** Id of the service. */
  service: string;
  desk: string;
  isVoided: boolean;
  /** Logged by this desk: it may be undone here. */
  isOwn: boolean;
  /** The server has it. */
  isSent: boolean;
  /** S4: the server would not take it. */
  isRefused: boolean;
  document: VisitDocument;
}

/** The visits of a day at this desk's venue, and this desk's own anywhere, the newest first. */
export function visitsOfDay(db: TiskiDatabase, day: LocalDate, zone: string): Promise<DayVisit[]> {
  return db.transaction('r', db.settings, db.visits, db.voids, db.outbox, async () => {
    const device = await readSetting(db, 'device');
    const account = device?.account.name;
    const rows = await db.visits
      .where('at')
      .between(startOfDay(day, zone), startOfDay(addDays(day, 1), zone), true, false)
      .filter(({ desk, document }) => desk === account || document.venue === device?.venue)
      .reverse()
      .sortBy('at');
    const ids = rows.map(({ _id }) => _id);
    const voids = await db.voids.bulkGet(ids);
    const outbox = await db.outbox.bulkGet(ids);
    return rows.map((row, index) => ({
      id: row._id,
      at: row.at,
      card: row.card,
      service: row.service,
      desk: row.desk,
      isVoided: voids[index] !== undefined,
      isOwn: row.desk === account,
      isSent: outbox[index] === undefined,
      isRefused: outbox[index]?.state === 'refused',
      document: row.document,
    }));
  });
}

export function visitRowFromDocument(database: string, document: VisitDocument): VisitRow {
  const { _id, desk, card, service, at } = document;
  const stock = stockOf(document);
  return { _id, database, desk, card, service, at: Date.parse(at), ...(stock && { stock }), document };
}

/** S11: forgets what other desks logged, and how far their documents were pulled. */
export async function wipeOthersVisits(db: TiskiDatabase, device: Device): Promise<void> {
  const own = accountsOf(device);
  const isForeign = ({ desk }: { desk: string }) => !own.includes(desk);
  const logs = [db.visits, db.voids, db.choices, db.releases, db.resolutions];
  await db.transaction('rw', [...logs, db.reviews, db.touched, db.cursors, db.quarantine], async () => {
    for (const table of logs) await table.filter(isForeign).delete();
    await db.reviews.clear();
    await db.touched.clear();
    await db.cursors.where('database').startsWith(visitsDatabase('')).delete();
    await db.quarantine.where('database').startsWith(visitsDatabase('')).delete();
  });
}
