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

/** Every table that a confirmation may write. */
export const tablesToConfirm = (db: TiskiDatabase) => [
  db.settings,
  ...allLogTables(db),
  db.reviewQueue,
  db.outbox,
];

/**
 * R13: gives every unconfirmed document the time that the first contact after it determines, or marks that
 * nobody knows it. Without a contact, only documents whose time the previous contact already determines stay
 * unmarked. From then on they may be sent, and no longer change (S2). One transaction, since each visit
 * carries the hash of the previous one (S15).
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
    // On its corrected day the visit may have passed a limit, and not the one that it seemed to use up on the
    // day first logged.
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

/** Replaces a document's first version on this device. */
async function replace(db: TiskiDatabase, database: string, document: LogDocument): Promise<void> {
  const { table, row } = logTableOf(document);
  await table(db).put(row(database, document));
  if (document.type === 'visit') await relink(db, document);
}

/** S15: the desk's next visit follows this one in its new form. */
async function relink(db: TiskiDatabase, visit: VisitDocument): Promise<void> {
  const chain = await readSetting(db, 'chain');
  if (chain?.account !== visit.desk || chain.number !== visit.number) return;
  await writeSetting(db, 'chain', { ...chain, previous: visitHash(visit) });
}
