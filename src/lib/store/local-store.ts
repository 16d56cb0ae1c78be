import { deskDatabaseKind } from '$lib/documents/databases';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import type { Contact } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';
import { endCheck, heldIds, isCheckDue } from './acknowledged-log';
import { confirmTimes } from './confirm-times';
import { liveQuery, type CursorRow, type TiskiDatabase } from './database';
import { databasesOf, readDevice, reinstateDevice, revokeDevice } from './device';
import { acknowledge, hasUnconfirmed, refuse, suspect, waitingCount, type OutboxRefusal } from './outbox';
import { prune } from './prune';
import { applyPage, reviewQuarantine, startOver, type Page } from './pull-store';
import { hasNewerDocuments } from './quarantine';
import { adoptSnapshot, stagedParts, stagePart, type Snapshot } from './snapshot-store';

/** What the sync engine needs of the device: fulfils LocalStore of sync/ports.ts. */
export function createLocalStore(db: TiskiDatabase, now: () => Instant) {
  return {
    async databases(): Promise<string[]> {
      const device = await readDevice(db);
      if (!device) return [];
      // Something may wait for a sector that the desk has lost: the server says what is to be done with it.
      const destinations = new Set<string>();
      await db.outbox.each(({ database }) => destinations.add(database));
      return [...new Set([...databasesOf(device), ...destinations])];
    },

    cursor: (database: string): Promise<CursorRow | undefined> => db.cursors.get(database),
    applyPage: (database: string, page: Page): Promise<boolean> => applyPage(db, database, page, now()),
    startOver: (database: string, epoch: string, left?: readonly string[]): Promise<number> =>
      startOver(db, database, epoch, left),
    takesSnapshots: (database: string): boolean => deskDatabaseKind(database) === 'register',
    stagedParts: (snapshot: Snapshot): Promise<Set<number>> => stagedParts(db, snapshot),
    stagePart: (snapshot: Snapshot, index: number, bytes: Uint8Array): Promise<boolean> =>
      stagePart(db, snapshot, index, bytes),
    adoptSnapshot: (snapshot: Snapshot, epoch: string): Promise<boolean> =>
      adoptSnapshot(db, snapshot, epoch, now()),

    async waiting(database: string, limit: number): Promise<LogDocument[]> {
      const key = [database, 'waiting'];
      const rows = await db.outbox.where('[database+state]').equals(key).limit(limit).toArray();
      return rows.map(({ document }) => document);
    },

    hasUnconfirmed: (): Promise<boolean> => hasUnconfirmed(db),
    confirmTimes: (contact: Contact | undefined): Promise<void> => confirmTimes(db, contact, now()),

    acknowledge: (database: string, ids: readonly string[], epoch: string | undefined): Promise<void> =>
      acknowledge(db, database, ids, epoch),

    refuse: (refusals: readonly OutboxRefusal[]): Promise<void> => refuse(db, refusals, now()),
    suspect: (suspects: readonly OutboxRefusal[]): Promise<void> => suspect(db, suspects, now()),

    needsUpdate: (): Promise<boolean> => hasNewerDocuments(db),
    reviewQuarantine: (): Promise<void> => reviewQuarantine(db, now()),
    isRevoked: async (): Promise<boolean> => (await readDevice(db))?.state === 'revoked',
    setAccountState: (state: 'active' | 'revoked'): Promise<void> =>
      state === 'revoked' ? revokeDevice(db) : reinstateDevice(db),
    prune: (): Promise<void> => prune(db, now()),

    isCheckDue: (database: string): Promise<boolean> => isCheckDue(db, database, now()),
    held: (database: string): Promise<string[]> => heldIds(db, database),
    endCheck: (database: string, check: { asked: number; missing: readonly string[] }): Promise<number> =>
      endCheck(db, database, check, now()),

    onWaiting(listener: () => void): () => void {
      const subscription = liveQuery(() => waitingCount(db)).subscribe((count) => {
        if (count > 0) listener();
      });
      return () => subscription.unsubscribe();
    },
  };
}
