import { badRequest, CouchFailure, methodNotAllowed, noDatabase, notFound } from './failure';
import { notOfDatabase, notOfDesign, notOfServer, notServed, refuseByName } from './not-served';

/**
 * The part of CouchDB's API that this server offers: what replication and the app need. Both the embedded
 * endpoint and the proxy parse requests with this, so nothing else of a CouchDB behind us can be reached.
 */
export type Route =
  | { kind: 'welcome' | ServerRouteKind }
  | { kind: DatabaseRouteKind; database: string }
  | { kind: 'local' | 'document'; database: string; id: string }
  | { kind: 'attachment'; database: string; id: string; name: string };

type ServerRouteKind = 'up' | 'all-databases' | 'session' | 'uuids';

type DatabaseRouteKind =
  | 'database'
  | 'all-docs'
  | 'design-docs'
  | 'bulk-docs'
  | 'bulk-get'
  | 'changes'
  | 'revs-diff'
  | 'security'
  | 'ensure-full-commit';

export type RouteKind = Route['kind'];

/** The methods of each address; any other is refused with 405. */
export const allowedMethods: Record<RouteKind, readonly string[]> = {
  welcome: ['GET', 'HEAD'],
  up: ['GET', 'HEAD'],
  'all-databases': ['GET', 'HEAD'],
  session: ['GET', 'HEAD', 'POST', 'DELETE'],
  uuids: ['GET'],
  database: ['DELETE', 'GET', 'HEAD', 'POST', 'PUT'],
  'all-docs': ['GET', 'HEAD', 'POST'],
  'design-docs': ['GET', 'HEAD', 'POST'],
  'bulk-docs': ['POST'],
  'bulk-get': ['POST'],
  changes: ['GET', 'HEAD', 'POST'],
  'revs-diff': ['POST'],
  security: ['GET', 'HEAD', 'PUT'],
  'ensure-full-commit': ['POST'],
  local: ['DELETE', 'GET', 'HEAD', 'PUT'],
  document: ['DELETE', 'GET', 'HEAD', 'PUT'],
  attachment: ['DELETE', 'GET', 'HEAD', 'PUT'],
};

const serverRoutes: Record<string, ServerRouteKind> = {
  _up: 'up',
  _all_dbs: 'all-databases',
  _session: 'session',
  _uuids: 'uuids',
};

const databaseRoutes: Record<string, DatabaseRouteKind> = {
  _all_docs: 'all-docs',
  _design_docs: 'design-docs',
  _bulk_docs: 'bulk-docs',
  _bulk_get: 'bulk-get',
  _changes: 'changes',
  _revs_diff: 'revs-diff',
  _security: 'security',
  _ensure_full_commit: 'ensure-full-commit',
};

export const usersDatabase = '_users';

function isDatabaseName(name: string): boolean {
  return name === usersDatabase || (/^[a-z][a-z0-9_$()+/-]*$/.test(name) && name.length <= 200);
}

/**
 * Parses a request's path, percent-encoded as on the wire.
 * @throws {CouchFailure} 404 or 405 for what is not on the list, 400 if it can't be parsed
 */
export function parseRoute(method: string, path: string): Route {
  const route = routeOf(method, path);
  const allowed = allowedMethods[route.kind];
  if (!allowed.includes(method)) throw methodNotAllowed(allowed);
  return route;
}

function routeOf(method: string, path: string): Route {
  const [first, ...rest] = segmentsOf(path);
  if (first === undefined) return { kind: 'welcome' };
  const server = Object.hasOwn(serverRoutes, first) ? serverRoutes[first] : undefined;
  if (server !== undefined && rest.length === 0) return { kind: server };
  refuseByName(first, notOfServer);
  if (!isDatabaseName(first)) {
    throw method === 'PUT' && rest.length === 0 ? illegalDatabaseName(first) : noDatabase();
  }
  return rest.length === 0 ? { kind: 'database', database: first } : insideDatabase(method, first, rest);
}

function insideDatabase(method: string, database: string, segments: string[]): Route {
  const [first = '', second] = segments;
  const known = Object.hasOwn(databaseRoutes, first) ? databaseRoutes[first] : undefined;
  if (known !== undefined) {
    if (second === 'queries' && first.endsWith('_docs')) throw notServed(`${first}/queries`);
    if (second !== undefined) throw notFound();
    return { kind: known, database };
  }
  refuseByName(first, notOfDatabase);
  const isTwoPart = first === '_design' || first === '_local';
  const id = isTwoPart ? `${first}/${second ?? ''}` : first;
  const below = segments.slice(isTwoPart ? 2 : 1);
  if (id.startsWith('_local/')) {
    if (id === '_local/') throw badRequest('Invalid _local document id.');
    if (below.length > 0) throw notFound();
    return { kind: 'local', database, id };
  }
  if (id === '_design/') throw badRequest('Invalid _design document id.');
  if (id.startsWith('_') && !id.startsWith('_design/')) throw method === 'PUT' ? illegalId() : notFound();
  if (below.length === 0) return { kind: 'document', database, id };
  if (id.startsWith('_design/') && below[0] !== undefined) refuseByName(below[0], notOfDesign);
  if (id.startsWith('_design/') && below[0]?.startsWith('_')) throw notFound();
  return { kind: 'attachment', database, id, name: below.join('/') };
}

export const illegalId = () =>
  new CouchFailure(400, 'illegal_docid', 'Only reserved document ids may start with underscore.');

const illegalDatabaseName = (name: string) =>
  new CouchFailure(
    400,
    'illegal_database_name',
    `Name: '${name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, (, ), +, -, and / are allowed. Must begin with a letter.`,
  );

/**
 * The path's decoded parts. A single trailing slash means nothing; an empty part elsewhere is not an address.
 */
function segmentsOf(path: string): string[] {
  const parts = path.replace(/^\//, '').replace(/\/$/, '').split('/');
  if (parts.length === 1 && parts[0] === '') return [];
  if (parts.includes('')) throw notFound();
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    throw badRequest('The path is not percent-encoded UTF-8.');
  }
}

/** Tells devices that this is a different database now: only provisioning writes it. */
export const epochId = '_local/epoch';
