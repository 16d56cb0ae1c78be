import type { Database } from './database';
import { replicatedRevision, type IncomingDocument } from './document-shape';
import { conflict, forbidden } from './failure';
import { branchHistory, mostBranches } from './limits';
import { revisionsOf, type KnownRevision } from './revision-tree';

/** What a document follows: the stored revision that validation compares it with. */
export interface Precedent {
  previous?: IncomingDocument;
  /** Revisions that the store remembers of the document: what writing it costs. */
  revisions: number;
  /** What is stored under the id, where a replica shares no revision with it: validation compares it with this. */
  rival?: IncomingDocument;
}

async function leaf(database: Database, id: string, rev: string): Promise<IncomingDocument | undefined> {
  const [answer] = await database.pouch.get<object>(id, { open_revs: [rev] });
  return answer !== undefined && 'ok' in answer && answer.ok
    ? (answer.ok as unknown as IncomingDocument)
    : undefined;
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
    return { revisions: 0 };
  }
  const known = await revisionsOf(database, id);
  const revisions = known.length;
  const leaves = known.filter(({ isLeaf }) => isLeaf);
  if (rev === undefined) {
    if (leaves.some(({ isDeleted }) => !isDeleted)) throw conflict();
    return { revisions };
  }
  const previous = leaves.some((each) => each.rev === rev) ? await leaf(database, id, rev) : undefined;
  if (previous === undefined) throw conflict();
  return { previous, revisions };
}

/**
 * A replicated document follows the nearest ancestor in its own branch that is stored; a new branch follows
 * nothing, and brings a short history. A second root has a rival: what never changes must not change by another root.
 * Sets `_rev` from `_revisions`, which is what the store goes by.
 * @param mayBranch whether more branches than usual are taken
 * @throws {CouchFailure} 403 where the document has too many
 */
export async function previousForReplica(
  database: Database,
  document: IncomingDocument,
  isStored: boolean,
  mayBranch: boolean,
): Promise<Precedent> {
  const { rev, history } = replicatedRevision(document);
  document._rev = rev;
  if (!isStored) return { revisions: history.length };
  const known = new Map((await revisionsOf(database, document._id)).map((each) => [each.rev, each]));
  const revisions = known.size + history.length;
  const ancestor = history.slice(1).find((each) => known.get(each)?.isLeaf === true);
  if (ancestor !== undefined) {
    const previous = await leaf(database, document._id, ancestor);
    return previous === undefined ? { revisions } : { previous, revisions };
  }
  if (!mayBranch && !known.has(rev)) requireFewBranches(known.values());
  if (!history.slice(0, branchHistory).some((each) => known.has(each))) cutHistory(document);
  const rival = await rivalAmong(database, document._id, [...known.values()]);
  return { revisions, ...(rival && { rival }) };
}

/** Of what is stored, a leaf that lives, else any. */
async function rivalAmong(
  database: Database,
  id: string,
  known: readonly KnownRevision[],
): Promise<IncomingDocument | undefined> {
  const leaves = known.filter(({ isLeaf }) => isLeaf);
  const rival = leaves.find(({ isDeleted }) => !isDeleted) ?? leaves[0];
  return rival && leaf(database, id, rival.rev);
}

function cutHistory({ _revisions: revisions }: IncomingDocument): void {
  if (revisions !== undefined) revisions.ids = revisions.ids.slice(0, branchHistory);
}

function requireFewBranches(known: Iterable<KnownRevision>): void {
  const leaves = Array.from(known).filter(({ isLeaf }) => isLeaf).length;
  if (leaves >= mostBranches) throw forbidden(`A document has at most ${mostBranches} branches.`);
}
