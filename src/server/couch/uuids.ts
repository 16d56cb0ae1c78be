import { newDocumentId } from './document-routes';
import { jsonResponse, type CouchRequest, type CouchResponse } from './exchange';
import { badRequest } from './failure';
import { countParameter } from './query';

/** CouchDB's own limit. */
const mostAtOnce = 1000;

/** GET _uuids: ids for new documents, for anybody, as in CouchDB. */
export function uuids({ query }: CouchRequest): CouchResponse {
  const count = countParameter(query, 'count') ?? 1;
  if (count > mostAtOnce) throw badRequest('count parameter too large');
  return jsonResponse(200, { uuids: Array.from({ length: count }, newDocumentId) });
}
