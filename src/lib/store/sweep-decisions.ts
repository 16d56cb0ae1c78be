import type { LogDocument } from '$lib/documents/visits/visit-documents';
import type { Instant } from '$lib/domain/time/day';
import type { CursorRow, TiskiDatabase } from './database';
import { accountsOf, readDevice } from './device';
import { noteTouched } from './review-queue';

/**
 * Whether the server's copy may be the only one that gives a document back after a restore: the office has no
 * outbox. A resolution does not tell a desk's account from the office's; a desk's comes back with its next push.
 */
export function isDecision(document: LogDocument): boolean {
  switch (document.type) {
    case 'void':
      return document.by !== undefined;
    case 'release':
      return document.reason !== 'undone';
    case 'resolution':
      return true;
    case 'visit':
    case 'choice':
      return false;
  }
}

/**
 * S8: a pull from zero has ended. What was decided about others' documents, and was not met, the server has no
 * more, and whoever decides at the office decides anew. Within the caller's transaction.
 */
export async function sweepDecisions(
  db: TiskiDatabase,
  { database, run }: CursorRow,
  now: Instant,
): Promise<void> {
  const device = await readDevice(db);
  const own = device ? accountsOf(device) : [];
  const isGone = (row: { database: string; desk: string; run?: number; document: LogDocument }) =>
    row.database === database && (row.run ?? 0) < run && !own.includes(row.desk) && isDecision(row.document);
  const gone: LogDocument[] = [];
  for (const table of [db.voids, db.releases, db.resolutions]) {
    const rows = await table.filter(isGone).toArray();
    gone.push(...rows.map(({ document }) => document));
    await table.filter(isGone).delete();
  }
  await noteTouched(db, gone, now);
}
