import type { UserContext } from './exchange';
import { badRequest, CouchFailure, forbidden, notFound } from './failure';
import { epochId, type Route } from './route';

/**
 * Bytes of one. CouchDB's checkpoints remember fifty runs; with the sequences of sixteen shards they have
 * 90,000.
 */
const largestLocal = 128 * 1024;

/**
 * What the server records for itself in tiski-desks: the state of desks (S15), and that an older store was
 * upgraded.
 */
const serverNotes = ['desk-chains', 'desk-reports', 'restoring', 'upgraded'] as const;
export type ServerNote = (typeof serverNotes)[number];

/** Written by the server alone: its own records, and what desks rely on (S8). */
export const serversLocal: readonly string[] = [epochId, ...serverNotes.map((name) => `_local/${name}`)];

/**
 * Replicators name their checkpoints by hashes: in hex, by CouchDB with +continuous at the end, or in base64,
 * by PouchDB with `.` and `_` for two of its characters, which may come first.
 */
const checkpointId = /^_local\/[A-Za-z0-9._][A-Za-z0-9.+_=~-]{0,127}$/;

const isReading = (method: string) => method === 'GET' || method === 'HEAD';

/**
 * `_local` documents have no validation function, so their rules are here, for both stores: everybody who may
 * read the database may read the epoch, nobody outside may write the server's own documents, and the rest are
 * checkpoints of replications, which administrators set up.
 * @param bytes of the request's body
 * @throws {CouchFailure} 400, 403, 404 or 413
 */
export function requireLocalAccess(method: string, route: Route, bytes: number): void {
  if (route.kind !== 'local' || isReading(method)) return;
  if (serversLocal.includes(route.id)) throw forbidden(`Only the server writes ${route.id}.`);
  if (!checkpointId.test(route.id)) throw badRequest('Only checkpoints of replications are kept in _local.');
  if (bytes > largestLocal) throw new CouchFailure(413, 'document_too_large', route.id);
}

/** Whether a `_local` id concerns only administrators. */
export const isAdministratorsLocal = (route: Route): boolean =>
  route.kind === 'local' && route.id !== epochId;

/**
 * Somebody who may use the database asks for an administrator's `_local` document: for them it does not
 * exist.
 * @throws {CouchFailure} 403 or 404
 */
export function requireLocalOwner(method: string, { roles }: UserContext): void {
  if (roles.includes('_admin') || roles.includes('administrator')) return;
  throw isReading(method) ? notFound() : forbidden('Only administrators write _local documents.');
}
