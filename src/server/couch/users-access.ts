import { denied, isRevoked, isServerAdministrator } from './access';
import type { UserContext } from './exchange';
import { forbidden, notFound } from './failure';
import type { Route } from './route';

const prefix = 'org.couchdb.user:';

export const userDocumentId = (name: string) => `${prefix}${name}`;

/**
 * `_users` shows everybody only their own account; the rest is for server administrators.
 * @throws {CouchFailure} 404 for other people's accounts, 401 or 403 for the rest
 */
export function requireUsersAccess(route: Route, method: string, user: UserContext): void {
  if (isServerAdministrator(user)) return;
  if (route.kind !== 'document') throw denied(user, 'You are not a server admin.');
  if (user.name === null || route.id !== userDocumentId(user.name)) throw notFound();
  if (isRevoked(user) && method === 'PUT') throw forbidden('This account was revoked.');
  if (method === 'DELETE') throw forbidden('Only an administrator may delete an account.');
}
