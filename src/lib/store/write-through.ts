import type { Table } from 'dexie';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import type { Instant } from '$lib/domain/time/day';
import type { TiskiDatabase } from './database';
import { allLogTables, logTableOf } from './log-tables';
import { sendNew } from './outbox';
import { queueForReview } from './review-queue';
import { isStorageFull } from './storage-full';

/** The device has no room; nothing was written. */
export interface StorageFull {
  kind: 'storage-full';
}

/** Writes a new document of this desk: its row, its outbox row and what must be reviewed because of it. */
export type Write = (
  database: string,
  document: LogDocument,
  /** Whether it can start, change or end a conflict. */
  options: { isReviewed: boolean },
) => Promise<void>;

/**
 * S1: what this desk makes is on the disk, ready to be sent, when the promise resolves: all of it or none.
 * @param reads the tables that `work` reads, in addition to the log's
 * @param work runs inside the transaction; its value is returned
 * @throws if the transaction fails for another reason than a full disk
 */
export async function writeThrough<T>(
  db: TiskiDatabase,
  reads: readonly Table[],
  deviceNow: Instant,
  work: (write: Write) => Promise<T>,
): Promise<T | StorageFull> {
  const write: Write = async (database, document, { isReviewed }) => {
    const { table, row } = logTableOf(document);
    const logged = row(database, document);
    const { at } = logged;
    await table(db).add(logged);
    await sendNew(db, database, document, { at, deviceNow });
    if (isReviewed) await queueForReview(db, [document], at);
  };
  const tables = new Set([...reads, ...allLogTables(db), db.settings, db.reviewQueue, db.outbox]);
  try {
    return await db.transaction('rw', [...tables], async () => work(write));
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
}
