import type { PersonRole } from '$lib/documents/roles';
import { basicAuthorization } from '../accounts/basic-credentials';
import { madeUpPassword } from '../accounts/made-up-password';
import type { Backend } from '../backend';
import { documentPath, requireOk } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { storeAlone } from '../couch/store-alone';
import { userDocumentId } from '../couch/users-access';
import { isDeskRole } from '../desks/desk-account';

/** Not `admin`: a CouchDB often has a server administrator of that name, who would shadow the account. */
export const administratorName = 'administrator';

/** What the first administrator may do; all of it. */
const administratorRoles: readonly PersonRole[] = ['administrator', 'office', 'coordinator'];

/** Keeps a made-up password where its owner finds it. */
export type KeepPassword = (password: string) => Promise<void>;

/** What became of the administrator's account. */
export interface AdministratorEnsured {
  /** When the account is new. */
  password?: string;
  /** An account that was there got the password of the settings. */
  isReset: boolean;
  /** It had lost the role of an administrator, or one of the others. */
  rolesRestored: boolean;
}

/**
 * Makes the first administrator's account when there is none, and gives the one that is there the password of the
 * settings and its roles: whoever lost it, and holds the server, gets in again and is the administrator. Without a
 * password in the settings an account that is there stays as it is.
 * @param password from the settings; made up for a new account when absent
 * @param keep takes a made-up one before there is an account: where it can't be kept, none is made
 * @throws {UnexpectedCouchReply} when the server refuses
 */
export async function ensureAdministrator(
  backend: Pick<Backend, 'client' | 'identify'>,
  password?: string,
  keep?: KeepPassword,
): Promise<AdministratorEnsured> {
  const { client } = backend;
  const path = documentPath(usersDatabase, userDocumentId(administratorName));
  const { status, body } = await client.request('GET', path);
  if (status === 200 && isJsonObject(body)) {
    if (password === undefined) return { isReset: false, rolesRestored: false };
    const isReset = !(await isPassword(backend, password));
    const rolesRestored = !hasAdministratorRoles(body['roles']);
    if (!isReset && !rolesRestored) return { isReset, rolesRestored };
    await requireOk(client, 'PUT', path, {
      ...body,
      ...(rolesRestored && { roles: administratorRoles }),
      ...(isReset && { password }),
    });
    return { isReset, rolesRestored };
  }
  const chosen = password ?? madeUpPassword();
  if (password === undefined) await keep?.(chosen);
  const made = await storeAlone(client, usersDatabase, {
    _id: userDocumentId(administratorName),
    type: 'user',
    name: administratorName,
    roles: administratorRoles,
    password: chosen,
  });
  // Another server process was quicker: the account has the password of its settings, or the one that it tells.
  if (made === 'conflict') return { isReset: false, rolesRestored: false };
  return { password: chosen, isReset: false, rolesRestored: false };
}

/** A desk's roles beside them would be somebody's trace. */
const hasAdministratorRoles = (roles: unknown): boolean =>
  Array.isArray(roles) &&
  administratorRoles.every((role) => roles.includes(role)) &&
  !roles.some((role) => isDeskRole(String(role)));

async function isPassword(backend: Pick<Backend, 'identify'>, password: string): Promise<boolean> {
  const authorization = basicAuthorization(administratorName, password);
  const identity = await backend.identify({ authorization, cookie: undefined, address: '127.0.0.1' });
  return identity.kind === 'user' && identity.user.name === administratorName;
}
