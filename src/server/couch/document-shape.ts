import { badRequest, CouchFailure } from './failure';
import { isJsonObject, type JsonObject } from './json';
import { largestDocument, revisionLimit } from './limits';
import { requireRev } from './query';
import { illegalId } from './route';

export interface Revisions {
  start: number;
  ids: string[];
}

export type AttachmentMember =
  | { stub: true }
  | { data: string; content_type: string }
  /** As the store keeps it. */
  | { stub: true; digest: string; content_type: string; length: number; revpos: number };

/** A document from a request, with its special members checked. */
export interface IncomingDocument extends JsonObject {
  _id: string;
  _rev?: string;
  _deleted?: boolean;
  _revisions?: Revisions;
  _attachments?: Record<string, AttachmentMember>;
}

/** What CouchDB sends with a document and ignores when it comes back. */
const ignoredMembers = new Set(['_revs_info', '_conflicts', '_deleted_conflicts', '_local_seq']);

const badMember = (name: string) =>
  new CouchFailure(400, 'doc_validation', `Bad special document member: ${name}`);

/**
 * Checks everything about a document that doesn't depend on what is stored.
 * @param newId makes an id for a document without one; absent if an id is required
 * @throws {CouchFailure} 400
 */
export function readDocument(value: unknown, newId?: () => string): IncomingDocument {
  if (!isJsonObject(value)) throw badRequest('Document must be a JSON object');
  const document: IncomingDocument = { _id: requireId('_id' in value ? value._id : newId?.()) };
  for (const [name, member] of Object.entries(value)) {
    if (name === '_id' || ignoredMembers.has(name)) continue;
    if (!name.startsWith('_')) document[name] = member;
    else if (name === '_rev') document._rev = requireRev(member);
    else if (name === '_deleted') document._deleted = requireDeleted(member);
    else if (name === '_revisions') document._revisions = requireRevisions(member);
    else if (name === '_attachments') document._attachments = requireAttachments(member);
    else throw badMember(name);
  }
  requireDocumentSize(document);
  return document;
}

/** @throws {CouchFailure} 413 in CouchDB's words: the reason is the document */
function requireDocumentSize({ _attachments, ...document }: IncomingDocument): void {
  if (JSON.stringify(document).length <= largestDocument) return;
  throw new CouchFailure(413, 'document_too_large', document._id);
}

/** @throws {CouchFailure} 400 unless it can be a document's id */
function requireId(value: unknown): string {
  if (typeof value !== 'string') {
    throw new CouchFailure(400, 'illegal_docid', 'Document id must be a string');
  }
  if (value === '') throw new CouchFailure(400, 'illegal_docid', 'Document id must not be empty');
  if (value.startsWith('_') && !/^_(design|local)\/./s.test(value)) throw illegalId();
  if (!value.isWellFormed()) {
    throw new CouchFailure(400, 'illegal_docid', 'Document id must be valid Unicode');
  }
  if (value.length > 7168) throw new CouchFailure(400, 'illegal_docid', 'Document id is too long');
  return value;
}

function requireDeleted(member: unknown): boolean {
  if (typeof member !== 'boolean') throw badMember('_deleted');
  return member;
}

function requireRevisions(member: unknown): Revisions {
  if (!isJsonObject(member)) throw badMember('_revisions');
  const { start, ids } = member;
  if (!Number.isSafeInteger(start) || !Array.isArray(ids) || ids.length === 0) throw badMember('_revisions');
  const generation = start as number;
  if (ids.length > generation) throw badMember('_revisions');
  // The store would truncate it too, but only after looking up every ancestor.
  const kept: unknown[] = ids.slice(0, revisionLimit);
  kept.forEach((id, index) => {
    if (typeof id !== 'string') throw badMember('_revisions');
    requireRev(`${generation - index}-${id}`);
  });
  return { start: generation, ids: kept as string[] };
}

function requireAttachments(member: unknown): Record<string, AttachmentMember> {
  if (!isJsonObject(member)) throw badMember('_attachments');
  return Object.fromEntries(
    Object.entries(member).map(([name, attachment]) => [
      requireAttachmentName(name),
      requireAttachment(attachment),
    ]),
  );
}

/** @throws {CouchFailure} 400 */
export function requireAttachmentName(name: string): string {
  if (name === '' || name.startsWith('_') || !name.isWellFormed()) {
    throw badRequest("Attachment name can't be empty or start with '_'");
  }
  return name;
}

function requireAttachment(member: unknown): AttachmentMember {
  if (!isJsonObject(member)) throw badMember('_attachments');
  if (member.stub === true) return { stub: true };
  const { data, content_type: contentType = 'application/octet-stream' } = member;
  if (typeof data !== 'string' || typeof contentType !== 'string') throw badMember('_attachments');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data) || data.length % 4 !== 0) {
    throw badRequest('Attachment is not a valid base64 string');
  }
  return { data, content_type: contentType };
}

/** The revision of a document from another database. @throws {CouchFailure} 400 without one */
export function replicatedRevision({ _rev, _revisions }: IncomingDocument): {
  rev: string;
  history: string[];
} {
  if (_revisions !== undefined) {
    const history = _revisions.ids.map((id, index) => `${_revisions.start - index}-${id}`);
    return { rev: history[0] as string, history };
  }
  if (_rev === undefined) {
    throw badRequest('When `new_edits: false`, the document needs `_rev` or `_revisions` specified');
  }
  return { rev: _rev, history: [_rev] };
}
