import { randomInt } from 'node:crypto';
import { documentPath, requireOk, type CouchClient } from '../couch/client';
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
 * Makes the first administrator's account when there is none.
 * @param password from the settings; made up when absent
 * @returns the password when the account is new; undefined when it was there
 */
export async function ensureAdministrator(
  client: CouchClient,
  password?: string,
): Promise<string | undefined> {
  const path = documentPath(usersDatabase, userDocumentId(administratorName));
  const { status, body } = await client.request('GET', path);
  if (status === 200 && isJsonObject(body)) return undefined;
  const chosen = password ?? madeUpPassword();
  await requireOk(client, 'PUT', path, {
    _id: userDocumentId(administratorName),
    type: 'user',
    name: administratorName,
    roles: administratorRoles,
    password: chosen,
  });
  return chosen;
}
