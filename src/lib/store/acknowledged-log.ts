import { deskDatabaseKind } from '$lib/documents/databases';
import { day, type Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import { maxKey, type AcknowledgedCheck, type OutboxRow, type TiskiDatabase } from './database';
import { accountsOf, readDevice } from './device';
import { allLogTables, logTableOfId, logTables, type LogRow } from './log-tables';

/**
 * What this desk logged and still holds: a server restored from a backup gets it back from here (S8, S9). All
 * functions except `readAcknowledgedChecks` belong in a transaction over `tablesToOffer`, and start one if
 * there is none.
 */
export const tablesToOffer = (db: TiskiDatabase) => [db.settings, ...allLogTables(db), db.outbox, db.cursors];

/** S8: puts everything that this desk logged back into the outbox; returns how many documents. */
export async function offerAgain(db: TiskiDatabase, database: string): Promise<number> {
  const own = await ownKeys(db, database);
  const rows = await Promise.all(
    allLogTables(db).map((table) => table.where('[database+desk]').anyOf(own).toArray()),
  );
  return offer(db, database, rows.flat());
}

/** S9: ids of what this desk logged and the server acknowledged, the newest first. */
export function acknowledgedIds(db: TiskiDatabase, database: string): Promise<string[]> {
  return db.transaction('r', tablesToOffer(db), async () => {
    const own = await ownKeys(db, database);
    const ids = await Promise.all(
      logTables.map(async ({ table, idOf }) =>
        (await table(db).where('[database+desk]').anyOf(own).primaryKeys()).map(idOf),
      ),
    );
    const outbox = await db.outbox
      .where('[database+state]')
      .between([database, ''], [database, maxKey])
      .primaryKeys();
    const unsent = new Set(outbox);
    return ids
      .flat()
      .filter((id) => !unsent.has(id))
      .sort((a, b) => (ulidIn(a) < ulidIn(b) ? 1 : -1));
  });
}

/** Every id ends with the ULID of its visit, choice or resolution, which begins with the time. */
const ulidIn = (id: string) => id.slice(-26);

/** S9: once a day by the corrected clock (R13), and never by one that can't be right. */
export async function isCheckDue(db: TiskiDatabase, database: string, deviceNow: Instant): Promise<boolean> {
  if (deskDatabaseKind(database) !== 'visits') return false;
  const checked = (await db.cursors.get(database))?.checked;
  const { now, isPlausible } = await readDeviceClock(db, deviceNow);
  return isPlausible && (checked === undefined || Math.abs(now - checked.at) >= day);
}

/**
 * S9: records the answer, and puts what is missing back into the outbox; returns how many documents. If
 * something is missing, the server went back in time, and neither its epoch nor perhaps its `seq` showed it.
 * Then every database is pulled from zero, because changes may hide behind a cursor from before.
 */
export function endCheck(
  db: TiskiDatabase,
  database: string,
  { asked, missing }: { asked: number; missing: readonly string[] },
  deviceNow: Instant,
): Promise<number> {
  return db.transaction('rw', tablesToOffer(db), async () => {
    const { now } = await readDeviceClock(db, deviceNow);
    const rows = await Promise.all(missing.map((id) => rowOfId(db, id)));
    const putBack = await offer(
      db,
      database,
      rows.flatMap((row) => row ?? []),
    );
    await db.cursors.update(database, { checked: { at: now, asked, putBack } });
    if (putBack > 0) {
      await db.cursors.toCollection().modify((cursor) => {
        cursor.seq = '0';
        cursor.run += 1;
        cursor.isComplete = false;
      });
    }
    return putBack;
  });
}

/** S9: the last check of each database that a desk writes to. */
export async function readAcknowledgedChecks(
  db: TiskiDatabase,
): Promise<(AcknowledgedCheck & { database: string })[]> {
  const cursors = await db.cursors.toArray();
  return cursors.flatMap(({ database, checked }) => (checked ? [{ database, ...checked }] : []));
}

async function ownKeys(db: TiskiDatabase, database: string): Promise<[string, string][]> {
  const device = await readDevice(db);
  return device ? accountsOf(device).map((account): [string, string] => [database, account]) : [];
}

async function rowOfId(db: TiskiDatabase, id: string): Promise<LogRow | undefined> {
  const log = logTableOfId(id);
  return log?.table(db).get(log.keyOf(id));
}

async function offer(db: TiskiDatabase, database: string, held: readonly LogRow[]): Promise<number> {
  const rows = held.map(({ document, at }): OutboxRow => ({
    id: document._id,
    database,
    state: 'waiting',
    at,
    document,
  }));
  const present = await db.outbox.bulkGet(rows.map(({ id }) => id));
  const offered = rows.filter((_, index) => mayBeOffered(present[index]));
  await db.outbox.bulkPut(offered);
  return offered.length;
}

/**
 * A refused document keeps its reason: it waits for a person, not for a server. But if another document had
 * its id, that one may be gone with the old copy.
 */
const mayBeOffered = (row: OutboxRow | undefined): boolean =>
  row === undefined || (row.state === 'refused' && row.refusal?.status === 409);
