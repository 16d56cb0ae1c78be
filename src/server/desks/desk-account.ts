import * as v from 'valibot';
import { changeAccount, readUser } from '../accounts/change-account';
import { madeUpPassword } from '../accounts/made-up-password';
import type { CouchClient } from '../couch/client';
import type { JsonObject } from '../couch/json';
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
  return changeDeskAccount(client, name, (stored) => {
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
  return changeDeskAccount(client, name, (stored) => {
    if (stored === undefined) return { roles: revokedRoles, password: madeUpPassword() };
    return isDeskAccount(stored) ? { ...stored, roles: revokedRoles } : 'not-a-desk';
  });
}

const account = v.object({ roles: v.array(v.string()) });

export async function isRevokedAccount(client: CouchClient, name: string): Promise<boolean> {
  const stored = await readUser(client, name);
  return v.is(v.object({ roles: v.strictTuple([v.literal('revoked')]) }), stored);
}

/** By the account itself, whatever a document says about it. */
function isDeskAccount(stored: JsonObject): boolean {
  const parsed = v.safeParse(account, stored);
  if (!parsed.success) return false;
  const { roles } = parsed.output;
  return roles.includes('desk') && roles.every(isDeskRole);
}

async function changeDeskAccount(
  client: CouchClient,
  name: string,
  change: (stored: JsonObject | undefined) => JsonObject | 'not-a-desk',
): Promise<DeskAccountOutcome> {
  const outcome = await changeAccount(client, name, change);
  if (outcome === 'conflict') throw changedMeanwhile();
  return outcome;
}
