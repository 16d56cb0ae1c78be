import type { Table } from 'dexie';
import { deskDatabaseKind } from '$lib/documents/databases';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { day, type Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import { maxKey, type HeldCheck, type OutboxRow, type TiskiDatabase } from './database';
import { accountsOf, readDevice } from './device';

/**
 * What this desk logged and still holds: a server that was restored from a backup gets it back from here (S8, S9).
 * All functions but `readHeldCheck` belong into a transaction over `heldTables`, and make one where there is none.
 */
export const heldTables = (db: TiskiDatabase) => [
  db.settings,
  db.visits,
  db.voids,
  db.choices,
  db.releases,
  db.resolutions,
  db.outbox,
  db.cursors,
];

interface HeldRow {
  at: Instant;
  document: LogDocument;
}

/** S8: puts everything that this desk logged back into the outbox; gives how many were put back. */
export async function offerAgain(db: TiskiDatabase, database: string): Promise<number> {
  const own = await ownKeys(db, database);
  const tables = [db.visits, db.voids, db.choices, db.releases, db.resolutions];
  const rows = await Promise.all(
    tables.map((table): Promise<HeldRow[]> => table.where('[database+desk]').anyOf(own).toArray()),
  );
  return offer(db, database, rows.flat());
}

/** S9: ids of what this desk logged and the server acknowledged, the newest first. */
export function heldIds(db: TiskiDatabase, database: string): Promise<string[]> {
  return db.transaction('r', heldTables(db), async () => {
    const own = await ownKeys(db, database);
    const keys = (table: Pick<Table<unknown, string>, 'where'>) =>
      table.where('[database+desk]').anyOf(own).primaryKeys();
    const [visits, voids, choices, releases, resolutions] = await Promise.all([
      keys(db.visits),
      keys(db.voids),
      keys(db.choices),
      keys(db.releases),
      keys(db.resolutions),
    ]);
    const ids = [
      ...visits,
      ...choices,
      ...resolutions,
      ...voids.map((visit) => `void:${visit}`),
      ...releases.map((choice) => `release:${choice}`),
    ];
    const outbox = await db.outbox
      .where('[database+state]')
      .between([database, ''], [database, maxKey])
      .primaryKeys();
    const unsent = new Set(outbox);
    return ids.filter((id) => !unsent.has(id)).sort((a, b) => (ulidIn(a) < ulidIn(b) ? 1 : -1));
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
 * S9: notes the answer, and puts what is missing back into the outbox; gives how many were put back. Where
 * something is missing the server went back in time, unseen by its epoch and perhaps by its `seq`: then every
 * database is pulled from zero, because changes may hide behind a cursor of the time before.
 */
export function endCheck(
  db: TiskiDatabase,
  database: string,
  { asked, missing }: { asked: number; missing: readonly string[] },
  deviceNow: Instant,
): Promise<number> {
  return db.transaction('rw', heldTables(db), async () => {
    const { now } = await readDeviceClock(db, deviceNow);
    const rows = await Promise.all(missing.map((id) => heldRow(db, id)));
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
export async function readHeldChecks(db: TiskiDatabase): Promise<(HeldCheck & { database: string })[]> {
  const cursors = await db.cursors.toArray();
  return cursors.flatMap(({ database, checked }) => (checked ? [{ database, ...checked }] : []));
}

async function ownKeys(db: TiskiDatabase, database: string): Promise<[string, string][]> {
  const device = await readDevice(db);
  return device ? accountsOf(device).map((account): [string, string] => [database, account]) : [];
}

async function heldRow(db: TiskiDatabase, id: string): Promise<HeldRow | undefined> {
  const [type, rest] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
  switch (type) {
    case 'visit':
      return db.visits.get(id);
    case 'choice':
      return db.choices.get(id);
    case 'resolution':
      return db.resolutions.get(id);
    case 'void':
      return db.voids.get(rest);
    case 'release':
      return db.releases.get(rest);
    default:
      return undefined;
  }
}

async function offer(db: TiskiDatabase, database: string, held: readonly HeldRow[]): Promise<number> {
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
 * A refused one keeps its reason: it waits for a person, not for a server. But when another document had its id, that
 * may be gone with the old copy.
 */
const mayBeOffered = (row: OutboxRow | undefined): boolean =>
  row === undefined || (row.state === 'refused' && row.refusal?.status === 409);
