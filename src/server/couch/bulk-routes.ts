import type { Database } from './database';
import { readDocument, type IncomingDocument } from './document-shape';
import { newDocumentId, refuseLocal, storedDocument } from './document-routes';
import { leafText, listText } from './document-text';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import { badRequest, failureFromPouch } from './failure';
import { isJsonObject, requireObject, type JsonObject } from './json';
import { requireCount } from './limits';
import { breathe, piecesOf } from './pieces';
import { booleanParameter, requireRev } from './query';
import { writeDocuments, type WriteOutcome } from './write-documents';

/** Documents read, or revisions compared, before yielding to other work of the process. */
const inOneGo = 25;

/** POST _bulk_docs. A malformed document refuses the whole request, as in CouchDB. */
export async function bulkDocs(
  database: Database,
  request: CouchRequest,
  user: UserContext,
): Promise<CouchResponse> {
  const { docs, new_edits: newEdits = true } = requireObject(request.json());
  if (docs === undefined) throw badRequest('POST body must include `docs` parameter.');
  if (!Array.isArray(docs)) throw badRequest('`docs` parameter must be an array.');
  if (typeof newEdits !== 'boolean') throw badRequest('`new_edits` parameter must be a boolean.');
  requireCount(docs.length, 'bulk_docs');
  const documents: IncomingDocument[] = [];
  for (const piece of piecesOf(docs as unknown[], inOneGo)) {
    documents.push(...piece.map((each) => readDocument(each, newEdits ? newDocumentId : undefined)));
    await breathe();
  }
  documents.forEach(refuseLocal);
  if (!newEdits && documents.some(({ _rev, _revisions }) => _rev === undefined && _revisions === undefined)) {
    throw badRequest('When `new_edits: false`, the document needs `_rev` or `_revisions` specified');
  }
  const outcomes = await writeDocuments(database, documents, { newEdits, user });
  // A row can't say "later" (S13): a client would blame the document.
  const fault = outcomes.find((outcome) => !outcome.ok && outcome.failure.status >= 500);
  if (fault?.ok === false) throw fault.failure;
  const answers = newEdits ? outcomes : outcomes.filter(({ ok }) => !ok);
  return jsonResponse(201, answers.map(bulkAnswer));
}

function bulkAnswer(outcome: WriteOutcome): JsonObject {
  if (outcome.ok) return { ...outcome };
  const { id, rev, failure } = outcome;
  return { id, ...(rev === undefined ? {} : { rev }), ...failure.body };
}

/**
 * POST _bulk_get: many documents by id, each at a revision or at its winner. Duplicates are answered once:
 * the answer may be far larger than the request.
 */
export function bulkGet(database: Database, request: CouchRequest): CouchResponse {
  const { docs } = requireObject(request.json());
  if (!Array.isArray(docs)) throw badRequest("Missing JSON list of 'docs'.");
  requireCount(docs.length, 'bulk_get');
  const flags = {
    revs: booleanParameter(request.query, 'revs'),
    latest: booleanParameter(request.query, 'latest'),
  };
  const attachments = booleanParameter(request.query, 'attachments');
  const results = listText(distinct(docs), (wanted) => resultText(database, wanted, flags, attachments));
  return { status: 200, body: { kind: 'stream', chunks: wrapped('{"results":', results, '}') } };
}

/** A requested document, as it stands in the request. */
interface Wanted {
  id: unknown;
  rev: unknown;
}

/** What a _bulk_get request asks for, each once. */
export function distinct(docs: readonly unknown[]): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const each of docs) {
    const { id = null, rev } = isJsonObject(each) ? each : {};
    wanted.set(JSON.stringify([id, rev]), { id, rev });
  }
  return [...wanted.values()];
}

async function* wrapped(before: string, texts: AsyncIterable<string>, after: string): AsyncGenerator<string> {
  yield before;
  yield* texts;
  yield after;
}

async function* resultText(
  database: Database,
  wanted: Wanted,
  flags: object,
  attachments: boolean,
): AsyncGenerator<string> {
  const leaf = await bulkGetOne(database, wanted, flags);
  yield `{"id":${JSON.stringify(wanted.id)},"docs":[`;
  yield* leafText(database, leaf, attachments);
  yield ']}';
}

async function bulkGetOne(database: Database, { id, rev }: Wanted, flags: object): Promise<object> {
  const missing = (error: string, reason: string) => ({
    error: { id, rev: rev ?? 'undefined', error, reason },
  });
  if (typeof id !== 'string' || id === '') return missing('illegal_docid', 'Document id must be a string');
  if (id.startsWith('_') && !id.startsWith('_design/')) return missing('not_found', 'missing');
  try {
    const options = { ...flags, ...(rev === undefined ? {} : { rev: requireRev(rev) }) };
    return { ok: await storedDocument(database, id, options) };
  } catch (error) {
    const failure = failureFromPouch(error);
    if (failure === undefined) throw error;
    return missing(failure.error, failure.reason);
  }
}

/** POST _revs_diff: which of the named revisions are not here. */
export async function revsDiff(database: Database, request: CouchRequest): Promise<CouchResponse> {
  const wanted = requireObject(request.json());
  const answers: [string, object][] = [];
  const askable: [string, string[]][] = [];
  let count = 0;
  for (const [id, revs] of Object.entries(wanted)) {
    if (!Array.isArray(revs)) throw badRequest('_revs_diff needs a list of revisions for every id');
    const checked = [...new Set(revs.map((rev) => requireRev(rev)))];
    count += revs.length;
    requireCount(count, 'revs');
    if (checked.length === 0) continue;
    if (id === '' || (id.startsWith('_') && !id.startsWith('_design/')))
      answers.push([id, { missing: checked }]);
    else askable.push([id, checked]);
  }
  for (const piece of piecesOf(askable, inOneGo)) {
    const diff = await database.pouch.revsDiff(Object.fromEntries(piece));
    for (const [id, { missing, possible_ancestors }] of Object.entries(diff)) {
      if (missing === undefined || missing.length === 0) continue;
      answers.push([id, { missing, ...(possible_ancestors === undefined ? {} : { possible_ancestors }) }]);
    }
    await breathe();
  }
  return jsonResponse(200, Object.fromEntries(answers));
}
