import { deskDatabaseKind } from '$lib/documents/databases';
import type { Instant } from '$lib/domain/time/day';
import type { LocalStore } from '$lib/sync/ports';
import { acknowledgedIds, endCheck, isCheckDue } from './acknowledged-log';
import { confirmTimes } from './confirm-times';
import { liveQuery, type TiskiDatabase } from './database';
import { databasesOf, readDevice } from './device';
import { acknowledge, hasUnconfirmed, refuse, suspect, waitingCount } from './outbox';
import { prune } from './prune';
import { applyPage, reviewQuarantine, startOver } from './pull-store';
import { hasNewerDocuments } from './quarantine';
import { reinstateDevice, revokeDevice } from './revoke-device';
import { adoptSnapshot, stagedParts, stagePart } from './snapshot-store';

/** What the sync engine needs of the device. */
export function createLocalStore(db: TiskiDatabase, now: () => Instant): LocalStore {
  return {
    async databases() {
      const device = await readDevice(db);
      if (!device) return [];
      // Something may be waiting for a sector that the desk has lost: the server decides what happens to it.
      const destinations = new Set<string>();
      await db.outbox.each(({ database }) => destinations.add(database));
      return [...new Set([...databasesOf(device), ...destinations])];
    },

    cursor: (database) => db.cursors.get(database),
    applyPage: (database, page) => applyPage(db, database, page, now()),
    startOver: (database, epoch, left) => startOver(db, database, epoch, left),
    takesSnapshots: (database) => deskDatabaseKind(database) === 'register',
    stagedParts: (snapshot) => stagedParts(db, snapshot),
    stagePart: (snapshot, index, bytes) => stagePart(db, snapshot, index, bytes),
    adoptSnapshot: (snapshot, epoch) => adoptSnapshot(db, snapshot, epoch, now()),

    async waiting(database, limit) {
      const key = [database, 'waiting'];
      const rows = await db.outbox.where('[database+state]').equals(key).limit(limit).toArray();
      return rows.map(({ document }) => document);
    },

    hasUnconfirmed: () => hasUnconfirmed(db),
    confirmTimes: (contact) => confirmTimes(db, contact, now()),

    acknowledge: (database, ids, epoch) => acknowledge(db, database, ids, epoch),
    refuse: (refusals) => refuse(db, refusals, now()),
    suspect: (suspects) => suspect(db, suspects, now()),

    needsUpdate: () => hasNewerDocuments(db),
    reviewQuarantine: () => reviewQuarantine(db, now()),
    isRevoked: async () => (await readDevice(db))?.state === 'revoked',
    setAccountState: (state) => (state === 'revoked' ? revokeDevice(db) : reinstateDevice(db)),
    prune: () => prune(db, now()),

    isCheckDue: (database) => isCheckDue(db, database, now()),
    acknowledged: (database) => acknowledgedIds(db, database),
    endCheck: (database, check) => endCheck(db, database, check, now()),

    onWaiting(listener) {
      const subscription = liveQuery(() => waitingCount(db)).subscribe((count) => {
        if (count > 0) listener();
      });
      return () => subscription.unsubscribe();
    },
  };
}
