import { isServerAdministrator } from '../couch/access';
import type { WriteRule } from '../couch/database';
import type { IncomingDocument } from '../couch/document-shape';
import { forbidden } from '../couch/failure';
import { userDocumentId } from '../couch/users-access';
import { deskIterations, isDesksOwn } from './desk-password';
import { hashPassword } from './password-hash';

const longestPassword = 1000;

const secretMembers = [
  'password',
  'password_scheme',
  'pbkdf2_prf',
  'salt',
  'iterations',
  'derived_key',
] as const;

/**
 * The rules of `_users`: CouchDB's form of accounts; administrators write them, everybody else may only
 * change their own password. A `password` is replaced by its hash before it is stored.
 * @param iterations of the hash
 */
export function usersRule(iterations: number): WriteRule {
  return async (document, previous, user) => {
    if (!isServerAdministrator(user)) requireOwnPasswordChange(document, previous, user.name);
    if (document._deleted === true) return document;
    requireAccountForm(document);
    const { password: given, ...rest } = document;
    if (given === undefined) return document;
    const password = requirePassword(given);
    const slowness = isDesksOwn(password, rest['roles']) ? Math.min(deskIterations, iterations) : iterations;
    return { ...rest, ...(await hashPassword(password, slowness)) } as IncomingDocument;
  };
}

function requireAccountForm({ _id: id, name, type, roles }: IncomingDocument): void {
  if (type !== 'user') throw forbidden('wrong-form: doc.type must be user');
  if (typeof name !== 'string' || name === '') throw forbidden('wrong-form: doc.name is required');
  if (id !== userDocumentId(name)) {
    throw forbidden('wrong-form: Doc ID must be of the form org.couchdb.user:name');
  }
  if (name.startsWith('_')) throw forbidden('wrong-form: Username may not start with underscore.');
  if (name.includes(':')) throw forbidden('wrong-form: Character `:` is not allowed in usernames.');
  if (!Array.isArray(roles)) throw forbidden('wrong-form: doc.roles must be an array');
  if (!roles.every((role) => typeof role === 'string'))
    throw forbidden('wrong-form: doc.roles can only contain strings');
  if (roles.some((role: string) => role.startsWith('_'))) {
    throw forbidden('wrong-form: No system roles (starting with underscore) in users db.');
  }
}

function requirePassword(password: unknown): string {
  if (typeof password === 'string' && password !== '' && password.length <= longestPassword) return password;
  throw forbidden(`wrong-form: doc.password must be text of 1 to ${longestPassword} characters.`);
}

/**
 * The new password of an account whose owner changes it.
 * @throws {CouchFailure} 403 unless only the password differs
 */
export function requireOwnPasswordChange(
  document: IncomingDocument,
  previous: IncomingDocument | undefined,
  name: string | null,
): string {
  if (previous === undefined || name === null || previous['name'] !== name || document._deleted === true) {
    throw forbidden('not-allowed: Only administrators may add or remove accounts.');
  }
  if (document._attachments !== undefined || document._revisions !== undefined) {
    throw forbidden('wrong-form: An account has neither attachments nor a history of its own.');
  }
  const isSame = JSON.stringify(withoutSecrets(document)) === JSON.stringify(withoutSecrets(previous));
  if (!isSame) throw forbidden('not-allowed: You may change nothing but your own password.');
  return requirePassword(document['password']);
}

function withoutSecrets(document: IncomingDocument): [string, unknown][] {
  return Object.entries(document)
    .filter(([name]) => !name.startsWith('_') && !secretMembers.some((member) => member === name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
