import { randomInt } from 'node:crypto';
import { basicAuthorization } from '../accounts/basic-credentials';
import type { Backend } from '../backend';
import { documentPath, requireOk } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';

/** Not `admin`: a CouchDB often has a server administrator of that name, who would shadow the account. */
export const administratorName = 'administrator';

/** What the first administrator may do; all of it. */
const administratorRoles = ['administrator', 'office', 'coordinator'];

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password nobody chose: 20 characters, 98 bits. */
export function madeUpPassword(): string {
  return Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/**
 * Makes the first administrator's account when there is none, and gives the one that is there the password of
 * the settings: whoever lost it, and holds the server, gets in again.
 * @param password from the settings; made up for a new account when absent
 * @returns the password when the account is new, and whether an account that was there got another one
 * @throws {UnexpectedCouchReply} when the server refuses
 */
export async function ensureAdministrator(
  backend: Pick<Backend, 'client' | 'identify'>,
  password?: string,
): Promise<{ password?: string; isReset: boolean }> {
  const { client } = backend;
  const path = documentPath(usersDatabase, userDocumentId(administratorName));
  const { status, body } = await client.request('GET', path);
  if (status === 200 && isJsonObject(body)) {
    if (password === undefined || (await isPassword(backend, password))) return { isReset: false };
    await requireOk(client, 'PUT', path, { ...body, password });
    return { isReset: true };
  }
  const chosen = password ?? madeUpPassword();
  await requireOk(client, 'PUT', path, {
    _id: userDocumentId(administratorName),
    type: 'user',
    name: administratorName,
    roles: administratorRoles,
    password: chosen,
  });
  return { password: chosen, isReset: false };
}

async function isPassword(backend: Pick<Backend, 'identify'>, password: string): Promise<boolean> {
  const authorization = basicAuthorization(administratorName, password);
  const identity = await backend.identify({ authorization, cookie: undefined, address: '127.0.0.1' });
  return identity.kind === 'user' && identity.user.name === administratorName;
}
