import { CouchFailure } from './failure';

/**
 * What one request may ask for. CouchDB 3.4 and newer has the same limits on documents
 * (`max_bulk_docs_count`, `max_bulk_get_count`); our own clients ask for 500 at most, and so do PouchDB and
 * couchbackup.
 */
export const mostRows = 10_000;

/** Bytes of a document as JSON, its attachments aside. */
export const largestDocument = 1024 * 1024;

/** Revisions kept in a document's history: PouchDB's and CouchDB's own limit. */
export const revisionLimit = 1000;

/**
 * Branches of one document, and revisions kept for a further branch. All of them are in one record, which
 * every write of the document reads and writes; our replication makes two or three.
 */
export const mostBranches = 50;
export const branchHistory = 20;

/** In CouchDB's words: the reason is the limit. */
const tooMany = (error: string) => new CouchFailure(413, error, String(mostRows));

type Counted = 'bulk_docs' | 'bulk_get' | 'keys' | 'revs' | 'doc_ids';

/** @throws {CouchFailure} 413 */
export function requireCount(count: number, what: Counted): void {
  if (count > mostRows) throw tooMany(`max_${what}_count_exceeded`);
}
