import { type CouchClient, documentPath, UnexpectedCouchReply } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { storeAlone } from '../couch/store-alone';
import { userDocumentId } from '../couch/users-access';

/** The document of an account in `_users`. @throws {UnexpectedCouchReply} */
export async function readUser(client: CouchClient, name: string): Promise<JsonObject | undefined> {
  const path = documentPath(usersDatabase, userDocumentId(name));
  const found = await client.request('GET', path);
  if (found.status === 200 && isJsonObject(found.body)) return found.body;
  if (found.status === 404) return undefined;
  throw new UnexpectedCouchReply('GET', path, found);
}

/**
 * Changes an account in `_users`, or makes it; tries again if somebody else changes it at the same moment.
 * @param change gives the new document, or a reason to leave it
 * @returns that reason; `conflict` if others were always faster
 */
export async function changeAccount<Reason extends string>(
  client: CouchClient,
  name: string,
  change: (stored: JsonObject | undefined) => JsonObject | Reason,
): Promise<'done' | 'conflict' | Reason> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const changed = change(await readUser(client, name));
    if (typeof changed === 'string') return changed;
    const document = { ...changed, _id: userDocumentId(name), type: 'user', name };
    if ((await storeAlone(client, usersDatabase, document)) === 'stored') return 'done';
  }
  return 'conflict';
}
