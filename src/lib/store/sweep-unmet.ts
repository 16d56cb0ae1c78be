import type { LogDocument } from '$lib/documents/visits/visit-documents';
import type { Instant } from '$lib/domain/time/day';
import type { CursorRow, TiskiDatabase } from './database';
import { accountsOf, readDevice } from './device';
import { logTables } from './log-tables';
import { queueForReview } from './review-queue';

/**
 * S8: a pull from zero has ended. The server no longer has what the office made and the pull did not meet;
 * the office makes it again. Within the caller's transaction.
 */
export async function sweepUnmet(
  db: TiskiDatabase,
  { database, run }: CursorRow,
  now: Instant,
): Promise<void> {
  const device = await readDevice(db);
  const own = device ? accountsOf(device) : [];
  const gone: LogDocument[] = [];
  for (const { table, mayBeOffices } of logTables) {
    if (!mayBeOffices) continue;
    const unmet = table(db).filter(
      (row) =>
        row.database === database &&
        (row.run ?? 0) < run &&
        !own.includes(row.desk) &&
        mayBeOffices(row.document),
    );
    gone.push(...(await unmet.toArray()).map(({ document }) => document));
    await unmet.delete();
  }
  await queueForReview(db, gone, now);
}
