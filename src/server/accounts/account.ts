import type { IncomingDocument } from '../couch/document-shape';
import type { PasswordHash } from './password-hash';
import { sessionLimitsFrom, type SessionLimits } from './session-limits';

/** An account from `_users` that can sign in. */
export interface Account {
  name: string;
  roles: string[];
  hash: PasswordHash;
  sessions: SessionLimits;
}

/** Reads a document of `_users`; undefined if nobody can sign in with it. */
export function accountFromDocument(document: IncomingDocument): Account | undefined {
  const { name, roles, salt, iterations, derived_key: derivedKey, pbkdf2_prf: prf = 'sha' } = document;
  if (document['password_scheme'] !== 'pbkdf2' || typeof name !== 'string' || !Array.isArray(roles)) {
    return undefined;
  }
  if (typeof salt !== 'string' || typeof derivedKey !== 'string' || !isIterations(iterations))
    return undefined;
  if (prf !== 'sha256' && prf !== 'sha') return undefined;
  return {
    name,
    roles: roles.filter((role) => typeof role === 'string'),
    hash: { password_scheme: 'pbkdf2', pbkdf2_prf: prf, salt, iterations, derived_key: derivedKey },
    sessions: sessionLimitsFrom(document['sessions']),
  };
}

/** Beyond ten million a sign-in would block the server for seconds. */
const isIterations = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 10_000_000;
