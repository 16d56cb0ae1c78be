import { CouchFailure } from './failure';

/**
 * What one request may ask for. CouchDB 3.4 and newer has the same limits on documents (`max_bulk_docs_count`,
 * `max_bulk_get_count`); our own clients ask for 500 at most, PouchDB and couchbackup for as many.
 */
export const mostRows = 10_000;

/** Bytes of a document as JSON, its attachments aside. */
export const largestDocument = 1024 * 1024;

/** Revisions of a document's history that are kept: PouchDB's and CouchDB's own limit. */
export const revisionLimit = 1000;

/**
 * Branches of one document, and revisions that are kept of a branch that begins beside others. All of them lie in one
 * record, which every write of the document reads and writes; replication of ours makes two or three.
 */
export const mostBranches = 50;
export const branchHistory = 20;

/** As CouchDB says it: the limit is the reason. */
const tooMany = (error: string) => new CouchFailure(413, error, String(mostRows));

type Counted = 'bulk_docs' | 'bulk_get' | 'keys' | 'revs' | 'doc_ids';

/** @throws {CouchFailure} 413 */
export function requireCount(count: number, what: Counted): void {
  if (count > mostRows) throw tooMany(`max_${what}_count_exceeded`);
}
