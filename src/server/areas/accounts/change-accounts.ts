import type { PersonDetails } from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import type { PersonRole } from '$lib/documents/roles';
import { changeAccount, readUser } from '../../accounts/change-account';
import { ApiFailure } from '../../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import type { JsonObject } from '../../couch/json';
import { usersDatabase } from '../../couch/route';
import { storeAlone } from '../../couch/store-alone';
import { userDocumentId } from '../../couch/users-access';
import { detailsFrom, rightsFrom } from './account-input';
import { listAccounts, type AccountView } from './list-accounts';
import { accountId, changedMeanwhile, personsUser, readAccount, unknownAccount } from './stored-account';

/** @throws {ApiFailure} 404 unless it is a person's account */
export async function requireAccount(client: CouchClient, name: string): Promise<AccountView> {
  const user = personsUser(await readUser(client, name));
  if (user === undefined) throw unknownAccount();
  const { rights, isOpen } = user;
  return { name, rights, isOpen };
}

/** What a change of an account amounts to, for the log, and how it is made. */
export interface AccountChange {
  given: PersonRole[];
  taken: PersonRole[];
  write: () => Promise<void>;
}

/**
 * Changes who a person is, and gives and takes rights. Nobody raises their own while somebody else could do
 * it: two people then know.
 * @throws {ApiFailure} 400, 404 or 409, as `write`
 */
export async function accountChange(
  client: CouchClient,
  by: string,
  name: string,
  body: JsonObject,
): Promise<AccountChange> {
  const before = await requireAccount(client, name);
  const details = detailsFrom(body);
  const rights = rightsFrom(body, details.organisation !== undefined);
  const given = rights.filter((right) => !before.rights.includes(right));
  const taken = before.rights.filter((right) => !rights.includes(right));
  const others = await otherAdministrators(client, name);
  if (name === by && given.length > 0 && others.length > 0) {
    const reason = 'Another administrator has to give you this right.';
    throw new ApiFailure(409, 'own-rights', reason, 'rights');
  }
  if (taken.includes('administrator') && others.length === 0) throw lastAdministrator();
  const write = async () => {
    await writeDetails(client, name, details);
    if (given.length + taken.length > 0) await writeRights(client, name, rights);
    // Two who took it from each other at the same moment both get it back.
    if (taken.includes('administrator') && !(await hasAdministrator(client))) {
      await writeRights(client, name, before.rights);
      throw lastAdministrator();
    }
  };
  return { given, taken, write };
}

async function writeDetails(client: CouchClient, name: string, details: PersonDetails): Promise<void> {
  const stored = await readAccount(client, name);
  const document = {
    _id: accountId(name),
    ...(stored?._rev !== undefined && { _rev: stored._rev }),
    ...(stored?.invitation !== undefined && { invitation: stored.invitation }),
    type: 'account',
    v: 1,
    name,
    ...details,
  };
  if ((await storeAlone(client, desksDatabase, document)) === 'conflict') throw changedMeanwhile();
}

const lastAdministrator = () =>
  new ApiFailure(409, 'last-administrator', 'This is the last administrator: make another one first.');

const administratorsOf = (accounts: readonly AccountView[]) =>
  accounts.filter(({ rights, isOpen }) => isOpen && rights.includes('administrator'));

const otherAdministrators = async (client: CouchClient, name: string) =>
  administratorsOf(await listAccounts(client)).filter((each) => each.name !== name);

const hasAdministrator = async (client: CouchClient) =>
  administratorsOf(await listAccounts(client)).length > 0;

async function writeRights(client: CouchClient, name: string, rights: readonly PersonRole[]): Promise<void> {
  await changePerson(client, name, (stored, otherRoles) => ({
    ...stored,
    roles: [...rights, ...otherRoles],
  }));
}

async function changePerson(
  client: CouchClient,
  name: string,
  change: (stored: JsonObject, otherRoles: readonly string[]) => JsonObject,
): Promise<void> {
  const outcome = await changeAccount(client, name, (stored): JsonObject | 'unknown' => {
    const user = personsUser(stored);
    return stored === undefined || user === undefined ? 'unknown' : change(stored, user.otherRoles);
  });
  if (outcome === 'unknown') throw unknownAccount();
  if (outcome === 'conflict') throw changedMeanwhile();
}

/** What a password is stored as, in CouchDB's versions and here. */
const passwordMembers = [
  ...['password', 'password_scheme', 'password_sha', 'pbkdf2_prf', 'salt', 'iterations', 'derived_key'],
  'totp',
];

/**
 * An account may go: it isn't the asking person's own, nor the last administrator's.
 * @throws {ApiFailure} 404 or 409
 */
export async function requireDispensable(client: CouchClient, by: string, name: string): Promise<void> {
  const { rights } = await requireAccount(client, name);
  if (name === by) {
    const reason = 'This is your own account: another administrator closes it.';
    throw new ApiFailure(409, 'own-account', reason);
  }
  const isAdministrator = rights.includes('administrator');
  if (isAdministrator && (await otherAdministrators(client, name)).length === 0) throw lastAdministrator();
}

/** Takes the password: every session ends, and nobody gets in until a new link is used. The rights stay. */
export async function disableAccount(client: CouchClient, name: string): Promise<void> {
  await changePerson(client, name, (stored) =>
    Object.fromEntries(Object.entries(stored).filter(([member]) => !passwordMembers.includes(member))),
  );
}

/** Removes it for good. Its name stays taken. @throws {ApiFailure} 409 */
export async function removeAccount(client: CouchClient, name: string, now: Date): Promise<void> {
  const stored = await readAccount(client, name);
  const gone = {
    _id: accountId(name),
    ...(stored?._rev !== undefined && { _rev: stored._rev }),
    type: 'account',
    v: 1,
    name,
    displayName: name,
    removedAt: now.toISOString(),
  };
  if ((await storeAlone(client, desksDatabase, gone)) === 'conflict') throw changedMeanwhile();
  const { _rev: rev } = (await readUser(client, name)) ?? {};
  const path = documentPath(usersDatabase, userDocumentId(name));
  const { status, body } = await client.request('DELETE', `${path}?rev=${String(rev)}`);
  if (status === 409) throw changedMeanwhile();
  if (status !== 200 && status !== 202 && status !== 404) {
    throw new UnexpectedCouchReply('DELETE', path, { status, body });
  }
}
