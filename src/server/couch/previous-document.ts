import type { Database } from './database';
import { replicatedRevision, type IncomingDocument } from './document-shape';
import { conflict, forbidden } from './failure';
import { branchHistory, mostBranches } from './limits';
import { revisionsOf, type KnownRevision } from './revision-tree';

/** The stored revision that a document follows: validation compares it with that. */
export interface Precedent {
  previous?: IncomingDocument;
  /** How many revisions the store remembers for the document: they are the cost of writing it. */
  revisions: number;
  /**
   * What is stored under the id if a replica shares no revision with it: validation compares it with this.
   */
  rival?: IncomingDocument;
}

async function leaf(database: Database, id: string, rev: string): Promise<IncomingDocument | undefined> {
  const [answer] = await database.pouch.get<object>(id, { open_revs: [rev] });
  return answer !== undefined && 'ok' in answer && answer.ok
    ? (answer.ok as unknown as IncomingDocument)
    : undefined;
}

/**
 * An edit follows the leaf it names. A document whose branches are all deleted may start again without a
 * revision, and then follows nothing, as in CouchDB.
 * @throws {CouchFailure} 409 if the named revision isn't a leaf, or none is named and the document exists
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
 * A replicated document follows the nearest stored ancestor in its own branch; a new branch follows nothing,
 * and brings a short history. A second root gets a rival to be compared with: what never changes must not
 * change through another root either. Sets `_rev` from `_revisions`, which is what the store goes by.
 * @param mayBranch whether more branches than usual are accepted
 * @throws {CouchFailure} 403 if the document has too many
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

/** Of the stored leaves, one that isn't deleted, else any. */
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
