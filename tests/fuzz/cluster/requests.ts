import type { CouchMethod } from '../../../src/server/couch/client';
import { isJsonObject, type JsonObject } from '../../../src/server/couch/json';
import type { DocumentChange } from './cluster-node';

/** What Tiski's server asks of its CouchDB. */
export type Operation =
  | { kind: 'databases' }
  | { kind: 'database'; database: string }
  | { kind: 'make-database'; database: string }
  | { kind: 'security'; database: string }
  | { kind: 'put-security'; database: string; security: JsonObject }
  | { kind: 'all-docs'; database: string; query: URLSearchParams; keys?: string[] }
  | { kind: 'changes'; database: string; query: URLSearchParams }
  | { kind: 'open'; database: string; id: string; copies: number; isAllLeaves: boolean }
  | { kind: 'change'; database: string; changes: DocumentChange[]; copies: number; isBulk: boolean };

/** How many copies have to agree unless a request says otherwise: a majority of three. */
const quorum = 2;

/** @throws {Error} for a request that the fake cluster does not know: then it has to be added */
export function operationOf(method: CouchMethod, path: string, body: unknown): Operation {
  const [address = '', search = ''] = path.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const [, database = '', ...rest] = address.split('/').map(decodeURIComponent);
  const id = rest.join('/');
  const object = isJsonObject(body) ? body : {};
  if (id === '' && method === 'GET') {
    return database === '_all_dbs' ? { kind: 'databases' } : { kind: 'database', database };
  }
  if (id === '' && method === 'PUT') return { kind: 'make-database', database };
  if (id === '_security') {
    return method === 'GET'
      ? { kind: 'security', database }
      : { kind: 'put-security', database, security: object };
  }
  if (id === '_all_docs') {
    const keys = Array.isArray(object['keys']) ? { keys: object['keys'] as string[] } : {};
    return { kind: 'all-docs', database, query, ...keys };
  }
  if (id === '_changes' && method === 'GET') return { kind: 'changes', database, query };
  if (id === '_bulk_docs') {
    const changes = (object['docs'] as JsonObject[]).map((each) => changeOf(String(each['_id']), each));
    return { kind: 'change', database, changes, copies: quorum, isBulk: true };
  }
  if (id === '' || (id.startsWith('_') && !/^_(local|design)\//.test(id))) {
    throw new Error(`The fake cluster has no ${method} ${path}.`);
  }
  if (method === 'GET') {
    const copies = Number(query.get('r') ?? quorum);
    return { kind: 'open', database, id, copies, isAllLeaves: query.get('open_revs') === 'all' };
  }
  const copies = Number(query.get('w') ?? quorum);
  const rev = query.get('rev');
  const change =
    method === 'DELETE'
      ? { id, body: {}, isDeleted: true, ...(rev !== null && { base: rev }) }
      : changeOf(id, object);
  return { kind: 'change', database, changes: [change], copies, isBulk: false };
}

/** Accounts' passwords are hashed before they are stored, as CouchDB does. */
function changeOf(
  id: string,
  { _rev: rev, _deleted: deleted, password, ...body }: JsonObject,
): DocumentChange {
  return {
    id,
    isDeleted: deleted === true,
    body: {
      ...body,
      _id: id,
      ...(password === undefined ? {} : { derived_key: `hash of ${String(password)}` }),
    },
    ...(typeof rev === 'string' && { base: rev }),
  };
}
