import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** As `backupName` makes them, encrypted or not. The time is in the name, so that they sort by it. */
const namePattern = /^tiski-\d{4}-\d\d-\d\dT\d{6}Z\.backup\.gz(\.age)?$/;

/** tiski-2026-11-25T020000Z.backup.gz, in UTC. */
export function backupName(at: Date, isEncrypted: boolean): string {
  const time = at.toISOString().slice(0, 19).replaceAll(':', '');
  return `tiski-${time}Z.backup.gz${isEncrypted ? '.age' : ''}`;
}

/**
 * Deletes the oldest backups, so that `keep` are left including the new one. Goes by their names: no other
 * file is touched, nor one whose name says that it is newer than the new one.
 * @returns the names of those that were deleted
 */
export async function removeOlder(newest: string, keep: number): Promise<string[]> {
  const folder = dirname(newest);
  const entries = await readdir(folder, { withFileTypes: true });
  const older = entries
    .filter((entry) => entry.isFile() && namePattern.test(entry.name) && entry.name < basename(newest))
    .map(({ name }) => name)
    .sort()
    .reverse();
  const removed = older.slice(keep - 1);
  for (const name of removed) await rm(join(folder, name));
  return removed;
}
