import { requestedKeys } from './all-docs';
import type { Database } from './database';
import { jsonResponse, type CouchRequest, type CouchResponse } from './exchange';
import { booleanParameter, countParameter, idParameter } from './query';

/**
 * GET and POST _design_docs: the rows of _all_docs that are design documents. There are only a few, so all
 * are read.
 */
export async function designDocs(database: Database, request: CouchRequest): Promise<CouchResponse> {
  const { query } = request;
  const { rows } = await database.pouch.allDocs({
    include_docs: booleanParameter(query, 'include_docs'),
    conflicts: booleanParameter(query, 'conflicts'),
    startkey: '_design/',
    // The next id after all those with this prefix.
    endkey: '_design0',
    inclusive_end: false,
  });
  const keys = requestedKeys(request);
  const byId = new Map<unknown, object>(rows.map((row) => [row.id, row]));
  const wanted = keys?.map((key) => byId.get(key) ?? { key, error: 'not_found' }) ?? inRange(rows, query);
  const skip = countParameter(query, 'skip') ?? 0;
  const limit = countParameter(query, 'limit') ?? wanted.length;
  return jsonResponse(200, {
    total_rows: rows.length,
    offset: keys === undefined ? skip : null,
    rows: wanted.slice(skip, skip + limit),
  });
}

function inRange<Row extends { id: string }>(rows: Row[], query: URLSearchParams): Row[] {
  const key = idParameter(query, 'key');
  const descending = booleanParameter(query, 'descending');
  const start = key ?? idParameter(query, 'startkey', 'start_key');
  const end = key ?? idParameter(query, 'endkey', 'end_key');
  const isEndIncluded = key !== undefined || booleanParameter(query, 'inclusive_end', true);
  const [first, last] = descending ? [end, start] : [start, end];
  const found = rows.filter(
    ({ id }) =>
      (first === undefined || id >= first) &&
      (last === undefined || id <= last) &&
      (isEndIncluded || id !== end),
  );
  return descending ? found.reverse() : found;
}
