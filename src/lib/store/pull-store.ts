import { deskDatabaseKind } from '$lib/documents/databases';
import type { Instant } from '$lib/domain/time/day';
import type { PulledPage } from '$lib/sync/ports';
import { offerAgain } from './acknowledged-log';
import { applyChanges } from './apply-changes';
import { readDeviceClock } from './clock';
import type { CursorRow, TiskiDatabase } from './database';
import { readDevice } from './device';
import { allLogTables } from './log-tables';
import { dropOldBase } from './packed-register';
import { registerTables } from './register';
import { readSetting } from './settings';
import { sweepUnmet } from './sweep-unmet';

/** The pulling half of what sync/ports.ts calls a LocalStore. */

/** Every table that a pull may write. */
export const contentTables = (db: TiskiDatabase) => [
  db.settings,
  ...registerTables(db),
  db.catalogue,
  ...allLogTables(db),
  db.reviewQueue,
  db.reviews,
  db.outbox,
  db.quarantine,
];

/**
 * S6: a page and its cursor, in one transaction. Returns false, and writes nothing, if the cursor is not
 * where the page begins: meanwhile another tab continued or the device was revoked.
 */
export function applyPage(
  db: TiskiDatabase,
  database: string,
  page: PulledPage,
  deviceNow: Instant,
): Promise<boolean> {
  return db.transaction('rw', contentTables(db), async () => {
    const device = await readDevice(db);
    const cursor = await db.cursors.get(database);
    if (device?.state !== 'active' || cursor?.epoch !== page.epoch || cursor.seq !== page.since) {
      return false;
    }
    const now = deviceNow + ((await readSetting(db, 'clock'))?.skewMs ?? 0);
    await applyChanges(db, database, page.changes, { run: cursor.run, now });
    const swept = page.isLast && !cursor.isComplete ? await sweep(db, cursor, now) : cursor;
    await db.cursors.put({
      ...swept,
      seq: page.seq,
      isComplete: cursor.isComplete || page.isLast,
      revision: cursor.revision + (page.changes.length > 0 || !cursor.isComplete ? 1 : 0),
      ...(page.isLast && { asOf: now }),
    });
    return true;
  });
}

/** S8: rows that a pull from zero did not meet were deleted on the server. Until now they still counted. */
async function sweep(db: TiskiDatabase, cursor: CursorRow, now: Instant): Promise<CursorRow> {
  const { database, run } = cursor;
  if (run === 1) return cursor;
  await db.quarantine
    .where('database')
    .equals(database)
    .filter((row) => (row.run ?? 0) < run)
    .delete();
  switch (deskDatabaseKind(database)) {
    case 'register':
      // Scans every row: this is too rare to pay for an index with every card.
      await db.cards.filter((row) => row.run < run).delete();
      await db.deletedCards.filter((row) => row.run < run).delete();
      return dropOldBase(db, cursor);
    case 'catalogue':
      await db.catalogue.filter((row) => row.run < run).delete();
      return cursor;
    case 'visits':
      // Visits stay: a server restored from a backup gets them from the desks that hold them.
      await sweepUnmet(db, cursor, now);
      return cursor;
    case undefined:
      return cursor;
  }
}

/**
 * S8: sets the cursor to zero and puts everything that this desk logged back into the outbox, in one
 * transaction; returns how many documents.
 * @param left epochs that the device had before
 */
export function startOver(
  db: TiskiDatabase,
  database: string,
  epoch: string,
  left: readonly string[] = [],
): Promise<number> {
  return db.transaction('rw', contentTables(db), async () => {
    const cursor = await db.cursors.get(database);
    await db.cursors.put({
      database,
      epoch,
      seq: '0',
      run: (cursor?.run ?? 0) + 1,
      isComplete: false,
      ...(left.length > 0 && { left: [...left] }),
      revision: cursor?.revision ?? 0,
      ...(cursor?.asOf !== undefined && { asOf: cursor.asOf }),
      ...(cursor?.checked && { checked: cursor.checked }),
      ...(cursor?.base && { base: cursor.base }),
    });
    return offerAgain(db, database);
  });
}

/** S7: after an app update, what is in quarantine may be readable. */
export async function reviewQuarantine(db: TiskiDatabase, deviceNow: Instant): Promise<void> {
  await db.transaction('rw', contentTables(db), async () => {
    const { now } = await readDeviceClock(db, deviceNow);
    for (const cursor of await db.cursors.toArray()) {
      const rows = await db.quarantine.where('database').equals(cursor.database).toArray();
      if (rows.length === 0) continue;
      // S8: reading it again doesn't count as meeting it.
      for (const run of new Set(rows.map((row) => row.run ?? 0))) {
        const changes = rows
          .filter((row) => (row.run ?? 0) === run)
          .map(({ id, document }) => ({ id, deleted: false, document }));
        await applyChanges(db, cursor.database, changes, { run, now });
      }
      await db.cursors.put({ ...cursor, revision: cursor.revision + 1 });
    }
  });
}
