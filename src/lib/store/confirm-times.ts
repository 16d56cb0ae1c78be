import { confirmDocuments } from '$lib/documents/visits/confirm-documents';
import type { LogDocument, VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';
import type { Contact } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import type { OutboxRow, TiskiDatabase } from './database';
import { noteTouched } from './review-queue';
import { readSetting, writeSetting } from './settings';
import { visitRowFromDocument } from './visits';

/** All that a confirmation may write. */
export const tablesToConfirm = (db: TiskiDatabase) => [
  db.settings,
  db.visits,
  db.voids,
  db.choices,
  db.releases,
  db.resolutions,
  db.touched,
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
    await noteTouched(
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
  const at = Date.parse(document.at);
  switch (document.type) {
    case 'visit':
      await db.visits.put(visitRowFromDocument(database, document));
      return relink(db, document);
    case 'void':
      await db.voids.update(document.visit, { at, document });
      return;
    case 'choice':
      await db.choices.update(document._id, { at, document });
      return;
    case 'release':
      await db.releases.update(document.choice, { at, document });
      return;
    case 'resolution':
      await db.resolutions.update(document._id, { at, document });
      return;
  }
}

/** S15: the desk's next visit follows this one as it is now. */
async function relink(db: TiskiDatabase, visit: VisitDocument): Promise<void> {
  const chain = await readSetting(db, 'chain');
  if (chain?.account !== visit.desk || chain.number !== visit.number) return;
  await writeSetting(db, 'chain', { ...chain, previous: visitHash(visit) });
}
