import type { Database } from './database';
import { replicatedRevision, type IncomingDocument } from './document-shape';
import { conflict } from './failure';

/** What a document follows: the stored revision that validation compares it with. */
export interface Precedent {
  previous?: IncomingDocument;
}

type Leaf = IncomingDocument & { _rev: string };

/** The ends of all branches of a stored document, deleted ones included. */
async function leavesOf(database: Database, id: string): Promise<Leaf[]> {
  const answers = await database.pouch.get<object>(id, { open_revs: 'all' });
  return answers.flatMap((answer) => ('ok' in answer && answer.ok ? [answer.ok as unknown as Leaf] : []));
}

/**
 * An edit follows the leaf it names. A document whose every branch is deleted may begin anew without a
 * revision, and then follows nothing, as in CouchDB.
 * @throws {CouchFailure} 409 when the revision named isn't a leaf, or none is named and the document lives
 */
export async function previousForEdit(
  database: Database,
  document: IncomingDocument,
  isStored: boolean,
): Promise<Precedent> {
  const { _id: id, _rev: rev } = document;
  if (!isStored) {
    if (rev !== undefined) throw conflict();
    return {};
  }
  const leaves = await leavesOf(database, id);
  if (rev === undefined) {
    if (leaves.some((leaf) => leaf._deleted !== true)) throw conflict();
    return {};
  }
  const leaf = leaves.find((each) => each._rev === rev);
  if (leaf === undefined) throw conflict();
  return { previous: leaf };
}

/**
 * A replicated document follows the nearest ancestor in its own branch that is stored; a new branch follows
 * nothing. Sets `_rev` from `_revisions`, which is what the store goes by.
 */
export async function previousForReplica(
  database: Database,
  document: IncomingDocument,
  isStored: boolean,
): Promise<Precedent> {
  const { rev, history } = replicatedRevision(document);
  document._rev = rev;
  if (!isStored) return {};
  for (const ancestor of history.slice(1)) {
    const [answer] = await database.pouch.get<object>(document._id, { open_revs: [ancestor] });
    if (answer !== undefined && 'ok' in answer && answer.ok) {
      return { previous: answer.ok as unknown as IncomingDocument };
    }
  }
  return {};
}
