import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';

/** The one role of a device that was taken out of service. Its sign-in still works, so that it learns so. */
const revokedRoles = ['revoked'];

/** What a desk at a venue may do: read its sectors' visits, write its own and its former accounts'. */
export const deskRoles = (venue: string, sectors: readonly string[], formerAccounts: readonly string[]) => [
  'desk',
  `venue:${venue}`,
  ...sectors.map((sector) => `sector:${sector}`),
  ...formerAccounts.map((account) => `former:${account}`),
];

/** Makes the account, or gives the one that is there other roles, and a password when it is given. */
export async function putDeskAccount(
  client: CouchClient,
  name: string,
  roles: readonly string[],
  password: string,
): Promise<void> {
  await changeAccount(client, name, (stored) => ({ ...stored, roles, password }));
}

/** Takes every right from an account and leaves its password: 200 and "revoked" is evidence, 401 is not. */
export async function revokeDeskAccount(client: CouchClient, name: string): Promise<void> {
  await changeAccount(client, name, (stored) =>
    stored['name'] === undefined ? undefined : { ...stored, roles: revokedRoles },
  );
}

/** Tries again when the desk changes its password at the same moment. */
async function changeAccount(
  client: CouchClient,
  name: string,
  change: (stored: JsonObject) => JsonObject | undefined,
): Promise<void> {
  const path = documentPath(usersDatabase, userDocumentId(name));
  for (let attempt = 1; ; attempt += 1) {
    const { status, body } = await client.request('GET', path);
    const changed = change(status === 200 && isJsonObject(body) ? body : {});
    if (changed === undefined) return;
    const account = { ...changed, _id: userDocumentId(name), type: 'user', name };
    const reply = await client.request('PUT', path, account);
    if (reply.status === 201 || reply.status === 202) return;
    if (reply.status !== 409 || attempt === 5) throw new UnexpectedCouchReply('PUT', path, reply);
  }
}
