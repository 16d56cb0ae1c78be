import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { addDays, startOfDay, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { TiskiDatabase } from './database';
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
  /** S4: the server refused it. */
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
