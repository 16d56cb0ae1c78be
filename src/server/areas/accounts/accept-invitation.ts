import type { InvitationDocument } from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import { changeAccount, readUser } from '../../accounts/change-account';
import { ApiFailure } from '../../api-failure';
import type { LogAction } from '../../audit/audit-log';
import { documentPath, type CouchClient } from '../../couch/client';
import { isJsonObject, type JsonObject } from '../../couch/json';
import { storeAlone } from '../../couch/store-alone';
import { nameFrom, passwordFrom } from './account-input';
import { invitationIdOf, invitationView } from './list-accounts';
import { invitationOf, readInvitation, useUp } from './invitations';
import {
  accountId,
  changedMeanwhile,
  detailsOf,
  personsUser,
  readAccount,
  unknownAccount,
} from './stored-account';

type Newcomer = InvitationDocument & { for: 'newcomer' };

const takenName = () => new ApiFailure(409, 'name-taken', 'This user name is taken. Choose another.', 'name');

/** Who is invited, and to what: shown before a password is chosen. @throws {ApiFailure} 404 or 410 */
export async function lookAtInvitation(client: CouchClient, body: JsonObject, now: Date) {
  const invitation = await invitationOf(client, body['secret'], now);
  const { by, displayName, organisation, rights, account, expiresAt } = invitationView(invitation);
  const person = account === undefined ? undefined : await readAccount(client, account);
  return {
    by,
    expiresAt,
    displayName: displayName ?? person?.displayName ?? account,
    ...(organisation && { organisation }),
    ...(rights && { rights }),
    ...(account !== undefined && { account }),
  };
}

/**
 * Makes the account, or gives it the new password.
 * @returns the name with which the person signs in
 * @throws {ApiFailure} 400, 404, 409 `name-taken` or 410; the link stays good after 400 and 409
 */
export async function acceptInvitation(
  client: CouchClient,
  body: JsonObject,
  now: Date,
  audit: LogAction,
): Promise<string> {
  const invitation = await invitationOf(client, body['secret'], now);
  if (invitation.for === 'newcomer') return makeAccount(client, invitation, body, now, audit);
  const { account } = invitation;
  if (personsUser(await readUser(client, account)) === undefined) throw unknownAccount();
  const person = await readAccount(client, account);
  const password = passwordFrom(body, [account, person?.displayName ?? '']);
  await useUp(client, invitation, account, now);
  await audit({ account, action: 'password-reset' });
  await givePassword(client, account, password);
  return account;
}

/** @throws {ApiFailure} 404 or 409 */
export async function givePassword(client: CouchClient, name: string, password: string): Promise<void> {
  const outcome = await changeAccount(client, name, (stored): JsonObject | 'unknown' =>
    stored === undefined || personsUser(stored) === undefined ? 'unknown' : { ...stored, password },
  );
  if (outcome === 'unknown') throw unknownAccount();
  if (outcome === 'conflict') throw changedMeanwhile();
}

/**
 * The name is taken first and the link used up second: whoever comes too late for the link gives the name
 * back, and whoever finds the name taken still has the link.
 */
async function makeAccount(
  client: CouchClient,
  invitation: Newcomer,
  body: JsonObject,
  now: Date,
  audit: LogAction,
): Promise<string> {
  const name = nameFrom(body);
  const password = passwordFrom(body, [name, invitation.displayName]);
  if ((await readUser(client, name)) !== undefined || (await isServersName(client, name))) throw takenName();
  await takeName(client, invitation, name);
  try {
    await useUp(client, invitation, name, now);
  } catch (error) {
    await giveNameBack(client, invitation, name);
    throw error;
  }
  await audit({ account: name, action: 'invitation-accepted', about: invitation.by });
  const { rights } = invitation;
  const made = await changeAccount(client, name, (stored): JsonObject | 'taken' =>
    stored === undefined ? { roles: rights, password } : 'taken',
  );
  if (made !== 'done') throw takenName();
  return name;
}

/** A CouchDB's own administrator would shadow an account of that name. */
async function isServersName(client: CouchClient, name: string): Promise<boolean> {
  if (['admin', 'root', 'server'].includes(name)) return true;
  const { body } = await client.request('GET', '/_node/_local/_config/admins');
  return isJsonObject(body) && Object.hasOwn(body, name);
}

/** @throws {ApiFailure} 409 unless the name is free, or an earlier try with this link was cut off */
async function takeName(client: CouchClient, invitation: Newcomer, name: string): Promise<void> {
  const document = {
    _id: accountId(name),
    type: 'account',
    v: 1,
    name,
    ...detailsOf(invitation),
    invitation: invitationIdOf(invitation),
  };
  if ((await storeAlone(client, desksDatabase, document)) === 'stored') return;
  if ((await readAccount(client, name))?.invitation !== document.invitation) throw takenName();
}

async function giveNameBack(client: CouchClient, invitation: Newcomer, name: string): Promise<void> {
  // Whoever was faster may have the same name.
  if ((await readInvitation(client, invitation._id))?.usedBy === name) return;
  const account = await readAccount(client, name);
  if (account?.invitation !== invitationIdOf(invitation)) return;
  await client.request('DELETE', `${documentPath(desksDatabase, account._id)}?rev=${account._rev ?? ''}`);
}
