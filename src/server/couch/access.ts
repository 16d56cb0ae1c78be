import { badRequest, forbidden, unauthorized } from './failure';
import { isJsonObject } from './json';
import type { Database, Security } from './database';
import type { UserContext } from './exchange';

export function isServerAdministrator(user: UserContext): boolean {
  return user.roles.includes('_admin');
}

/** S11: a device that was revoked. It may ask who it is, and nothing else. */
export const isRevoked = ({ roles }: UserContext): boolean => roles.includes('revoked');

type Party = Security['admins'];

const belongsTo = (user: UserContext, { names, roles }: Party) =>
  (user.name !== null && names.includes(user.name)) || user.roles.some((role) => roles.includes(role));

function isDatabaseAdministrator(user: UserContext, database: Pick<Database, 'security'>): boolean {
  return isServerAdministrator(user) || belongsTo(user, database.security.admins);
}

/** 401 for somebody signed out, 403 for somebody without the right, as in CouchDB. */
export const denied = (user: UserContext, reason: string) =>
  user.name === null ? unauthorized(reason) : forbidden(reason);

/** @throws {CouchFailure} 401 or 403 */
export function requireServerAdministrator(user: UserContext): void {
  if (!isServerAdministrator(user)) throw unauthorized('You are not a server admin.');
}

/** @throws {CouchFailure} 401 or 403 */
export function requireDatabaseAdministrator(user: UserContext, database: Pick<Database, 'security'>): void {
  if (!isDatabaseAdministrator(user, database)) {
    throw denied(user, 'You are not a db or server admin.');
  }
}

/** Members may read and write: those named, those with a role, or everybody if none is named. */
export function requireMember(user: UserContext, database: Database): void {
  if (isRevoked(user)) throw forbidden('This account was revoked.');
  const { members } = database.security;
  const isOpen = members.names.length === 0 && members.roles.length === 0;
  if (isOpen || isDatabaseAdministrator(user, database) || belongsTo(user, members)) return;
  throw user.name === null
    ? unauthorized('You are not authorized to access this db.')
    : forbidden('You are not allowed to access this db.');
}

function partyFrom(value: unknown): Party {
  if (value === undefined) return { names: [], roles: [] };
  if (!isJsonObject(value)) throw badRequest('admins and members must be objects');
  const listOf = (list: unknown = []) => {
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
      throw badRequest('names and roles must be lists of strings');
    }
    return list as string[];
  };
  return { names: listOf(value['names']), roles: listOf(value['roles']) };
}

/** @throws {CouchFailure} 400 unless it is a `_security` document */
export function securityFrom(value: unknown): Security {
  if (!isJsonObject(value)) throw badRequest('Request body must be a JSON object');
  return { admins: partyFrom(value['admins']), members: partyFrom(value['members']) };
}
