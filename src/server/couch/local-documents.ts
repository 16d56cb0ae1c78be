import type { Database } from './database';
import { readDocument } from './document-shape';
import { jsonResponse, type CouchRequest, type CouchResponse } from './exchange';
import { badRequest, conflict } from './failure';
import { created, storedDocument } from './document-routes';
import { isJsonObject } from './json';

/** `_local` documents are neither replicated nor validated: checkpoints, and a database's epoch. */
export async function getLocal(database: Database, id: string): Promise<CouchResponse> {
  return jsonResponse(200, await storedDocument(database, id));
}

const localRev = (value: unknown): string => {
  if (typeof value === 'string' && /^0-\d{1,15}$/.test(value)) return value;
  throw badRequest('Invalid rev format');
};

/**
 * CouchDB's replicator sends a checkpoint with `_revisions`, like any document: `{start: 0, ids: ['5']}`
 * means `0-5`. There is no further history to keep.
 */
function revisionIn(history: unknown): string | undefined {
  if (history === undefined) return undefined;
  const { start, ids } = isJsonObject(history) ? history : {};
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('`_revisions` must have `start` and a list of `ids`');
  }
  const [latest] = ids as string[];
  if (latest === undefined && start === 0) return undefined;
  return localRev(`${String(start)}-${latest}`);
}

export async function putLocal(
  database: Database,
  id: string,
  request: CouchRequest,
): Promise<CouchResponse> {
  const body = request.json();
  if (!isJsonObject(body)) throw badRequest('Document must be a JSON object');
  const { _rev: ownRev, _revisions: history, ...rest } = body;
  const ownRevision = ownRev ?? revisionIn(history);
  const rev = ownRevision ?? request.query.get('rev') ?? request.headers.ifMatch ?? undefined;
  const { _attachments, _deleted, ...document } = readDocument({ ...rest, _id: id });
  if (_attachments !== undefined || _deleted !== undefined) {
    throw badRequest('_local documents have no attachments, and are deleted by DELETE.');
  }
  if (rev !== undefined) localRev(rev);
  return database.exclusive(async () => {
    const stored = await database.pouch.get<object>(id).catch(() => undefined);
    if (rev !== undefined && rev !== stored?._rev) throw conflict();
    // As in CouchDB: without a revision the stored document is overwritten.
    const next = { ...document, ...(stored === undefined ? {} : { _rev: stored._rev }) };
    return created(await database.pouch.put(next));
  });
}

export async function deleteLocal(database: Database, id: string): Promise<CouchResponse> {
  return database.exclusive(async () => {
    const { _rev } = await storedDocument(database, id);
    await database.pouch.remove(id, _rev ?? '');
    return jsonResponse(200, { ok: true, id, rev: '0-0' });
  });
}
