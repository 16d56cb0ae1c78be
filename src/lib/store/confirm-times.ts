import { confirmDocuments } from '$lib/documents/visits/confirm-documents';
import type { LogDocument, VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';
import type { Contact } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import type { OutboxRow, TiskiDatabase } from './database';
import { allLogTables, logTableOf } from './log-tables';
import { queueForReview } from './review-queue';
import { readSetting, writeSetting } from './settings';

/** All that a confirmation may write. */
export const tablesToConfirm = (db: TiskiDatabase) => [
  db.settings,
  ...allLogTables(db),
  db.reviewQueue,
  db.outbox,
];

/**
 * R13: gives everything that is unconfirmed the time that the first contact after it tells, or marks that nobody
 * knows it; without a contact only what the one before tells for good is not marked. From then on it may be sent,
 * and changes no more (S2). One transaction, since each visit carries the hash of the one before (S15).
 */
export function confirmTimes(
  db: TiskiDatabase,
  contact: Contact | undefined,
  deviceNow: Instant,
): Promise<void> {
  return db.transaction('rw', tablesToConfirm(db), async () => {
    const rows = await db.outbox.where('state').equals('unconfirmed').toArray();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const unconfirmed = rows.flatMap(({ document, stamp }) => (stamp ? [{ document, stamp }] : []));
    const confirmed = confirmDocuments(unconfirmed, contact).flatMap((document) => {
      const row = byId.get(document._id);
      return row ? [{ row, document }] : [];
    });
    const changed = confirmed.filter(({ row, document }) => row.document !== document);
    for (const { row, document } of changed) await replace(db, row.database, document);
    await db.outbox.bulkPut(confirmed.map(({ row, document }) => waitingRow(row, document)));
    // A visit of another day may have passed a limit there, and not the one that it seemed to have used up here.
    const { now } = contact ? { now: contact.serverNow } : await readDeviceClock(db, deviceNow);
    await queueForReview(
      db,
      changed.flatMap(({ row, document }) => [row.document, document]),
      now,
    );
  });
}

const waitingRow = ({ id, database }: OutboxRow, document: LogDocument): OutboxRow => ({
  id,
  database,
  state: 'waiting',
  at: Date.parse(document.at),
  document,
});

/** Puts a document in the place of what this device made of it first. */
async function replace(db: TiskiDatabase, database: string, document: LogDocument): Promise<void> {
  const { table, row } = logTableOf(document);
  await table(db).put(row(database, document));
  if (document.type === 'visit') await relink(db, document);
}

/** S15: the desk's next visit follows this one as it is now. */
async function relink(db: TiskiDatabase, visit: VisitDocument): Promise<void> {
  const chain = await readSetting(db, 'chain');
  if (chain?.account !== visit.desk || chain.number !== visit.number) return;
  await writeSetting(db, 'chain', { ...chain, previous: visitHash(visit) });
}
