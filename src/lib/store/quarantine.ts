import type { QuarantineRow, TiskiDatabase } from './database';

/** S7: pulled documents that this build can't use, the newest first. */
export function listQuarantine(db: TiskiDatabase): Promise<QuarantineRow[]> {
  return db.quarantine.toCollection().reverse().sortBy('at');
}

export function quarantineCount(db: TiskiDatabase): Promise<number> {
  return db.quarantine.count();
}

/** Whether the server has documents of a newer Tiski: the app must be updated. */
export async function hasNewerDocuments(db: TiskiDatabase): Promise<boolean> {
  const newer = await db.quarantine.filter(({ unreadable }) => unreadable.reason === 'newer-version').first();
  return newer !== undefined;
}
