import { checkedBackup } from './checked-backup';
import type { BackupIdentity } from './encryption';

/** The content of a backup, database by database in its order. */
export interface BackupContents {
  /** When it was started, an instant. */
  at: string;
  databases: DatabaseContents[];
}

export interface DatabaseContents {
  database: string;
  /** Including branches and deleted ones, except what is left out. */
  documents: number;
  /** Documents that this version doesn't restore, such as rules. */
  leftOut: number;
  /** Whether it is a database of this version; any other is left out completely. */
  isOwn: boolean;
}

/**
 * Reads a backup to its end, with all the checks of a restore. @throws {UnusableBackup} that names the line
 */
export async function contentsOf(
  path: string,
  identities: readonly BackupIdentity[] = [],
): Promise<BackupContents> {
  const contents: BackupContents = { at: '', databases: [] };
  for await (const { line, isOwn } of checkedBackup(path, identities)) {
    if ('tiski' in line) contents.at = line.at;
    if ('database' in line) {
      contents.databases.push({ database: line.database, documents: 0, leftOut: 0, isOwn });
    }
    const current = contents.databases.at(-1);
    if ('doc' in line && current !== undefined) current[isOwn ? 'documents' : 'leftOut'] += 1;
  }
  return contents;
}

/** The databases that a restore brings in. */
export const ownDatabases = ({ databases }: BackupContents) => databases.filter(({ isOwn }) => isOwn);

/** What a restore brings in, all databases together. */
export const documentsOf = (contents: BackupContents): number =>
  ownDatabases(contents).reduce((sum, { documents }) => sum + documents, 0);
