import type { Database } from './database';
import { jsonResponse, type CouchRequest, type CouchResponse } from './exchange';
import { badRequest } from './failure';
import { requireObject, type JsonObject } from './json';
import { booleanParameter, countParameter, idParameter, jsonParameter } from './query';
import { sequenceText } from './sequence';

/** Sorts after every id: the store's own upper bound leaves out ids that begin beyond U+00FF. */
const afterAllIds = '\u{10ffff}';

/** GET and POST _all_docs. */
export async function allDocs(database: Database, request: CouchRequest): Promise<CouchResponse> {
  const { query } = request;
  const keys = requestedKeys(request);
  const shared = {
    include_docs: booleanParameter(query, 'include_docs'),
    conflicts: booleanParameter(query, 'conflicts'),
  };
  // Read before the rows: a change in between is then told again rather than missed.
  const { update_seq: updateSeq } = await database.pouch.info();
  const sequence = booleanParameter(query, 'update_seq')
    ? { update_seq: sequenceText(Number(updateSeq), database) }
    : {};
  const found =
    keys === undefined
      ? await rowsInRange(database, query, shared)
      : await rowsByKey(database, keys, query, shared);
  return jsonResponse(200, { ...found, ...sequence });
}

function requestedKeys(request: CouchRequest): unknown[] | undefined {
  const keys =
    request.method === 'POST' ? requireObject(request.json())['keys'] : jsonParameter(request.query, 'keys');
  if (keys === undefined) return undefined;
  if (!Array.isArray(keys)) throw badRequest('`keys` body member must be an array.');
  return keys as unknown[];
}

async function rowsInRange(database: Database, query: URLSearchParams, shared: object): Promise<object> {
  const key = idParameter(query, 'key');
  const descending = booleanParameter(query, 'descending');
  const start = idParameter(query, 'startkey', 'start_key') ?? (descending ? afterAllIds : undefined);
  const end = idParameter(query, 'endkey', 'end_key') ?? (descending ? undefined : afterAllIds);
  const limit = countParameter(query, 'limit');
  const options = {
    ...shared,
    descending,
    skip: countParameter(query, 'skip') ?? 0,
    inclusive_end: booleanParameter(query, 'inclusive_end', true),
    ...(limit === undefined ? {} : { limit }),
    ...(key === undefined
      ? { ...(start === undefined ? {} : { startkey: start }), ...(end === undefined ? {} : { endkey: end }) }
      : { key }),
  };
  const { total_rows, offset, rows } = await database.pouch.allDocs(
    options as PouchDB.Core.AllDocsWithinRangeOptions,
  );
  return { total_rows, offset, rows };
}

async function rowsByKey(
  database: Database,
  keys: unknown[],
  query: URLSearchParams,
  shared: object,
): Promise<object> {
  const skip = countParameter(query, 'skip') ?? 0;
  const limit = countParameter(query, 'limit') ?? keys.length;
  const wanted = keys.slice(skip, skip + limit);
  const ids = wanted.filter((key): key is string => typeof key === 'string' && key !== '');
  const { total_rows, rows } = await database.pouch.allDocs({ ...shared, keys: ids });
  const rowsLeft = rows[Symbol.iterator]();
  const answers = wanted.map((key): JsonObject => {
    const row: unknown = typeof key === 'string' && key !== '' ? rowsLeft.next().value : undefined;
    return row === undefined ? { key, error: 'not_found' } : (row as JsonObject);
  });
  return { total_rows, offset: null, rows: answers };
}
