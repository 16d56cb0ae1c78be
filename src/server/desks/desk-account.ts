import * as v from 'valibot';
import { madeUpPassword } from '../accounts/made-up-password';
import { type CouchClient, documentPath, UnexpectedCouchReply } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { storeAlone } from '../couch/store-alone';
import { userDocumentId } from '../couch/users-access';
import { changedMeanwhile } from './desk-document';

/** The only role of a revoked device. Its sign-in still works, so that it finds out. */
const revokedRoles = ['revoked'];

/** What a desk at a venue may do: read its sectors' visits, write its own and its former accounts'. */
export const deskRoles = (venue: string, sectors: readonly string[], formerAccounts: readonly string[]) => [
  'desk',
  `venue:${venue}`,
  ...sectors.map((sector) => `sector:${sector}`),
  ...formerAccounts.map((account) => `former:${account}`),
];

/** Whether a role is one that only desks have, or had. */
export const isDeskRole = (role: string) => /^(desk|revoked|(venue|sector|former):.*)$/.test(role);

/** `not-a-desk`: the account is a person's, or a revoked desk's; it was left as it is. */
export type DeskAccountOutcome = 'done' | 'not-a-desk';

/** Makes the account, or gives an existing desk's account other roles and another password. */
export async function putDeskAccount(
  client: CouchClient,
  name: string,
  roles: readonly string[],
  password: string,
): Promise<DeskAccountOutcome> {
  return changeAccount(client, name, (stored) => {
    if (stored !== undefined && !isDeskAccount(stored)) return 'not-a-desk';
    return { ...stored, roles, password };
  });
}

/**
 * Takes every right from a desk's account and leaves its password: 200 and "revoked" is evidence, 401 is not.
 * If there is no account, one is made without rights, so that a pairing in progress at another server can't
 * make it with some.
 */
export async function revokeDeskAccount(client: CouchClient, name: string): Promise<DeskAccountOutcome> {
  return changeAccount(client, name, (stored) => {
    if (stored === undefined) return { roles: revokedRoles, password: madeUpPassword() };
    return isDeskAccount(stored) ? { ...stored, roles: revokedRoles } : 'not-a-desk';
  });
}

const account = v.object({ roles: v.array(v.string()) });

export async function isRevokedAccount(client: CouchClient, name: string): Promise<boolean> {
  const path = documentPath(usersDatabase, userDocumentId(name));
  const { status, body } = await client.request('GET', path);
  if (status !== 200 && status !== 404) throw new UnexpectedCouchReply('GET', path, { status, body });
  return v.is(v.object({ roles: v.strictTuple([v.literal('revoked')]) }), body);
}

/** By the account itself, whatever a document says about it. */
function isDeskAccount(stored: JsonObject): boolean {
  const parsed = v.safeParse(account, stored);
  if (!parsed.success) return false;
  const { roles } = parsed.output;
  return roles.includes('desk') && roles.every(isDeskRole);
}

/** Tries again if the desk changes its password at the same moment. */
async function changeAccount(
  client: CouchClient,
  name: string,
  change: (stored: JsonObject | undefined) => JsonObject | DeskAccountOutcome,
): Promise<DeskAccountOutcome> {
  const path = documentPath(usersDatabase, userDocumentId(name));
  for (let attempt = 1; ; attempt += 1) {
    const found = await client.request('GET', path);
    const isThere = found.status === 200 && isJsonObject(found.body);
    if (!isThere && found.status !== 404) throw new UnexpectedCouchReply('GET', path, found);
    const changed = change(isThere ? (found.body as JsonObject) : undefined);
    if (typeof changed === 'string') return changed;
    const document = { ...changed, _id: userDocumentId(name), type: 'user', name };
    if ((await storeAlone(client, usersDatabase, document)) === 'stored') return 'done';
    if (attempt === 5) throw changedMeanwhile();
  }
}
