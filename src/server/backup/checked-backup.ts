import { CouchFailure } from '../couch/failure';
import { readDocument } from '../couch/document-shape';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';
import { planOf } from '../provision/databases';
import { readBackup, type NumberedLine } from './backup-file';
import type { BackupIdentity } from './encryption';
import { UnusableBackup } from './unusable-backup';

/** A city has some ten, one for each sector and five more. */
const mostDatabases = 1000;

export interface CheckedLine extends NumberedLine {
  /**
   * Whether it is restored. A database that isn't of this version is not, nor a document that doesn't belong
   * in its database: above all rules, which this version brings itself (`_design/…`).
   */
  isOwn: boolean;
}

/** Of the databases that a backup may hold: those that provisioning makes, and the accounts. */
export const isOwnDatabase = (name: string): boolean => name === usersDatabase || planOf(name) !== undefined;

const isOwnDocument = (database: string, id: string): boolean =>
  database === usersDatabase ? id.startsWith(userDocumentId('')) : !id.startsWith('_');

/**
 * The lines of a backup, each in its place: a database, its documents, its end with their number; no database
 * twice.
 * @throws {UnusableBackup} that names the line
 */
export async function* checkedBackup(
  path: string,
  identities: readonly BackupIdentity[] = [],
): AsyncGenerator<CheckedLine> {
  const seen = new Set<string>();
  let open: { name: string; begin: number; documents: number; isOwn: boolean } | undefined;
  for await (const numbered of readBackup(path, identities)) {
    const { line, number } = numbered;
    let isOwn: boolean = open?.isOwn ?? true;
    if ('tiski' in line) {
      if (number > 1) throw misplaced(number);
    } else if ('database' in line) {
      if (open !== undefined || seen.has(line.database)) throw misplaced(number);
      seen.add(line.database);
      if (seen.size > mostDatabases) throw unusable(number, `there are more than ${mostDatabases} databases`);
      isOwn = isOwnDatabase(line.database);
      open = { name: line.database, begin: number, documents: 0, isOwn };
    } else if (open === undefined) {
      throw misplaced(number);
    } else if ('doc' in line) {
      open.documents += 1;
      isOwn &&= isOwnDocument(open.name, line.doc._id);
      if (isOwn) requireDocument(line.doc, number);
    } else {
      if (line.end !== open.name) throw misplaced(number);
      if (line.documents !== open.documents) {
        throw unusable(number, `${line.documents} documents were to come, and ${open.documents} are there`);
      }
      open = undefined;
    }
    yield { ...numbered, isOwn };
  }
  if (open !== undefined) throw unusable(open.begin, 'the database that begins there has no end');
}

const unusable = (number: number, reason: string) => new UnusableBackup(`line ${number}: ${reason}.`);
const misplaced = (number: number) => unusable(number, 'it does not belong there');

/**
 * What the store would refuse in the middle of a restore is found before it. A CouchDB's own size limit is
 * larger.
 */
function requireDocument(document: object, number: number): void {
  try {
    readDocument(document);
  } catch (error) {
    if (!(error instanceof CouchFailure)) throw error;
    if (error.status !== 413) throw unusable(number, error.reason);
  }
}
