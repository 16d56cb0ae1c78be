import { randomUUID } from 'node:crypto';
import type { Database } from './database';
import { readDocument, type IncomingDocument } from './document-shape';
import { documentText, leafText, listText } from './document-text';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import { badRequest, conflict, CouchFailure, failureFromPouch, notFound } from './failure';
import { multipartAnswer, wantsMultipart } from './multipart-answer';
import { booleanParameter, jsonParameter, requireRev, revParameter } from './query';
import { revisionsOf } from './revision-tree';
import { writeDocuments, type WriteOptions, type WriteOutcome } from './write-documents';

export const newDocumentId = () => randomUUID().replaceAll('-', '');

const readFlags = ['conflicts', 'revs', 'revs_info', 'latest'] as const;

/** GET of a document: the winning revision, the one given by `rev`, or the leaves given by `open_revs`. */
export async function getDocument(
  database: Database,
  id: string,
  request: CouchRequest,
): Promise<CouchResponse> {
  const { query } = request;
  const flags = Object.fromEntries(readFlags.map((flag) => [flag, booleanParameter(query, flag)]));
  if (booleanParameter(query, 'meta')) Object.assign(flags, { conflicts: true, revs_info: true });
  const attachments = booleanParameter(query, 'attachments');
  const openRevs = openRevisions(query);
  if (openRevs !== undefined) {
    const leaves = await leafAnswers(database, id, openRevs, flags);
    if (wantsMultipart(request.headers.accept)) return multipartAnswer(database, leaves);
    const chunks = listText(leaves, (leaf) => leafText(database, leaf, attachments));
    return { status: 200, body: { kind: 'stream', chunks } };
  }
  const rev = revParameter(query);
  const document = await storedDocument(database, id, { ...flags, ...(rev === undefined ? {} : { rev }) });
  const headers = { etag: `"${String(document._rev)}"` };
  if (!attachments) return jsonResponse(200, document, headers);
  return { status: 200, headers, body: { kind: 'stream', chunks: documentText(database, document, true) } };
}

function openRevisions(query: URLSearchParams): 'all' | string[] | undefined {
  const text = query.get('open_revs');
  if (text === null || text === 'all') return text ?? undefined;
  const revs = jsonParameter(query, 'open_revs');
  if (!Array.isArray(revs)) throw badRequest('`open_revs` must be `all` or a list of revisions');
  return [...new Set(revs.map((rev) => requireRev(rev)))];
}

async function leafAnswers(
  database: Database,
  id: string,
  open_revs: 'all' | string[],
  flags: object,
): Promise<unknown[]> {
  const known = open_revs === 'all' ? open_revs : await knownOf(database, id, open_revs);
  const missing = open_revs === 'all' ? [] : open_revs.filter((rev) => !known.includes(rev));
  try {
    const options = { ...flags, open_revs: known } as PouchDB.Core.GetOpenRevisions;
    const leaves = known.length === 0 ? [] : await database.pouch.get<object>(id, options);
    return [...leaves, ...missing.map((rev) => ({ missing: rev }))];
  } catch (error) {
    if (failureFromPouch(error)?.status !== 404) throw error;
    if (open_revs === 'all') throw notFound();
    return open_revs.map((rev) => ({ missing: rev }));
  }
}

/**
 * When asked for the latest revision of an unknown one, PouchDB throws where nobody can catch it, and the
 * process ends.
 */
async function knownOf(database: Database, id: string, revs: readonly string[]): Promise<string[]> {
  const known = new Set((await revisionsOf(database, id)).map(({ rev }) => rev));
  return revs.filter((rev) => known.has(rev));
}

/** @throws {CouchFailure} 404 */
export async function storedDocument(
  database: Database,
  id: string,
  options: PouchDB.Core.GetOptions & { latest?: boolean } = {},
): Promise<IncomingDocument> {
  const { rev, latest } = options;
  if (latest === true && rev !== undefined && (await knownOf(database, id, [rev])).length === 0) {
    throw notFound();
  }
  try {
    return (await database.pouch.get<object>(id, options)) as unknown as IncomingDocument;
  } catch (error) {
    throw failureFromPouch(error) ?? error;
  }
}

/** PUT of a document; its parent revision comes in the body, the query or the If-Match header. */
export async function putDocument(
  database: Database,
  id: string,
  request: CouchRequest,
  user: UserContext,
): Promise<CouchResponse> {
  const document = { ...readDocument(request.json(), () => id), _id: id };
  const rev = revParameter(request.query, request.headers.ifMatch);
  if (rev !== undefined && document._rev !== undefined && document._rev !== rev) {
    throw badRequest('Document rev from request body and query string have different values');
  }
  const newEdits = booleanParameter(request.query, 'new_edits', true);
  const complete = rev === undefined ? document : { ...document, _rev: rev };
  return created(await writeOne(database, complete, { newEdits, user }));
}

/** POST to a database: the server may choose the document's id. */
export async function postDocument(
  database: Database,
  request: CouchRequest,
  user: UserContext,
): Promise<CouchResponse> {
  const document = readDocument(request.json(), newDocumentId);
  refuseLocal(document);
  return created(await writeOne(database, document, { newEdits: true, user }));
}

/** `_local` documents have their own address, so that the rules for them are in one place. */
export function refuseLocal({ _id: id }: IncomingDocument): void {
  if (id.startsWith('_local/')) throw badRequest('_local documents are written by PUT to their own address.');
}

export async function deleteDocument(
  database: Database,
  id: string,
  request: CouchRequest,
  user: UserContext,
): Promise<CouchResponse> {
  const rev = revParameter(request.query, request.headers.ifMatch);
  await storedDocument(database, id);
  if (rev === undefined) throw conflict();
  const outcome = await writeOne(database, { _id: id, _rev: rev, _deleted: true }, { newEdits: true, user });
  return jsonResponse(200, outcome);
}

/** Stores one document. @throws {CouchFailure} if it is refused */
export async function writeOne(
  database: Database,
  document: IncomingDocument,
  options: WriteOptions,
): Promise<Extract<WriteOutcome, { ok: true }>> {
  const [outcome] = await writeDocuments(database, [document], options);
  if (outcome?.ok) return outcome;
  throw outcome?.failure ?? new CouchFailure(500, 'unknown_error', 'The document was not stored.');
}

export function created({ id, rev }: { id: string; rev: string }): CouchResponse {
  return jsonResponse(201, { ok: true, id, rev }, { etag: `"${rev}"` });
}
