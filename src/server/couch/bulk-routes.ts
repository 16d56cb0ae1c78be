import type { Database } from './database';
import { readDocument } from './document-shape';
import { newDocumentId, refuseLocal } from './document-routes';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import { badRequest, failureFromPouch } from './failure';
import { isJsonObject, requireObject, type JsonObject } from './json';
import { booleanParameter, requireRev } from './query';
import { writeDocuments, type WriteOutcome } from './write-documents';

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
  const documents = docs.map((document) => readDocument(document, newEdits ? newDocumentId : undefined));
  documents.forEach(refuseLocal);
  if (!newEdits && documents.some(({ _rev, _revisions }) => _rev === undefined && _revisions === undefined)) {
    throw badRequest('When `new_edits: false`, the document needs `_rev` or `_revisions` specified');
  }
  const outcomes = await writeDocuments(database, documents, { newEdits, user });
  // A row can't say "later" (S13): a client would take it for the document's fault.
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

/** POST _bulk_get: many documents by id, each at a revision or at its winner. */
export async function bulkGet(database: Database, request: CouchRequest): Promise<CouchResponse> {
  const { docs } = requireObject(request.json());
  if (!Array.isArray(docs)) throw badRequest("Missing JSON list of 'docs'.");
  const revs = booleanParameter(request.query, 'revs');
  const attachments = booleanParameter(request.query, 'attachments');
  const latest = booleanParameter(request.query, 'latest');
  const results: JsonObject[] = [];
  for (const wanted of docs as unknown[]) {
    results.push(await bulkGetOne(database, wanted, { revs, attachments, latest }));
  }
  return jsonResponse(200, { results });
}

async function bulkGetOne(database: Database, wanted: unknown, flags: object): Promise<JsonObject> {
  const { id, rev } = isJsonObject(wanted) ? wanted : {};
  const missing = (error: string, reason: string) => ({
    id: id ?? null,
    docs: [{ error: { id: id ?? null, rev: rev ?? 'undefined', error, reason } }],
  });
  if (typeof id !== 'string' || id === '') return missing('illegal_docid', 'Document id must be a string');
  if (id.startsWith('_') && !id.startsWith('_design/')) return missing('not_found', 'missing');
  try {
    const options = { ...flags, ...(rev === undefined ? {} : { rev: requireRev(rev) }) };
    return { id, docs: [{ ok: await database.pouch.get(id, options) }] };
  } catch (error) {
    const failure = failureFromPouch(error);
    if (failure === undefined) throw error;
    return missing(failure.error, failure.reason);
  }
}

/** POST _revs_diff: which of the revisions named are not here. */
export async function revsDiff(database: Database, request: CouchRequest): Promise<CouchResponse> {
  const wanted = requireObject(request.json());
  const answers: [string, object][] = [];
  const askable: Record<string, string[]> = {};
  for (const [id, revs] of Object.entries(wanted)) {
    if (!Array.isArray(revs)) throw badRequest('_revs_diff needs a list of revisions for every id');
    const checked = revs.map((rev) => requireRev(rev));
    if (checked.length === 0) continue;
    if (id === '' || (id.startsWith('_') && !id.startsWith('_design/')))
      answers.push([id, { missing: checked }]);
    else askable[id] = checked;
  }
  const diff = await database.pouch.revsDiff(askable);
  for (const [id, { missing, possible_ancestors }] of Object.entries(diff)) {
    if (missing === undefined || missing.length === 0) continue;
    answers.push([id, { missing, ...(possible_ancestors === undefined ? {} : { possible_ancestors }) }]);
  }
  return jsonResponse(200, Object.fromEntries(answers));
}
