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

/** What the first administrator may do: everything. */
const administratorRoles: readonly PersonRole[] = ['administrator', 'office', 'coordinator'];

/** Stores a generated password where its owner finds it. */
export type KeepPassword = (password: string) => Promise<void>;

/** The result for the administrator's account. */
export interface AdministratorEnsured {
  /** When the account is new. */
  password?: string;
  /** An existing account got the password of the settings. */
  isReset: boolean;
  /** It had lost the administrator's role, or one of the others. */
  rolesRestored: boolean;
}

/**
 * Makes the first administrator's account if there is none, and gives an existing one the password of the
 * settings and its roles: somebody who lost the password but controls the server gets in again as
 * administrator. Without a password in the settings an existing account stays as it is.
 * @param password from the settings; generated for a new account if absent
 * @param keep stores a generated one before the account is made: if it can't be stored, no account is made
 * @throws {UnexpectedCouchReply} if the server refuses
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
  // Another server process was faster: the account has the password of its settings, or the one that it
  // reports.
  if (made === 'conflict') return { isReset: false, rolesRestored: false };
  return { password: chosen, isReset: false, rolesRestored: false };
}

/** A desk's roles beside them would be traces of tampering. */
const hasAdministratorRoles = (roles: unknown): boolean =>
  Array.isArray(roles) &&
  administratorRoles.every((role) => roles.includes(role)) &&
  !roles.some((role) => isDeskRole(String(role)));

async function isPassword(backend: Pick<Backend, 'identify'>, password: string): Promise<boolean> {
  const authorization = basicAuthorization(administratorName, password);
  const identity = await backend.identify({ authorization, cookie: undefined, address: '127.0.0.1' });
  return identity.kind === 'user' && identity.user.name === administratorName;
}
