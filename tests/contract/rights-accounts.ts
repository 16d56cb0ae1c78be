import { requireOk } from '../../src/server/couch/client';
import type { accountRights } from '../rights-table';
import type { Account, Answer, Target } from './couch-target';
import { faultOf } from './rights-reads';
import { freshHash } from './rights-city';
import { inline } from './rights-doors';

/** A caller in `_users`, with an expendable account of the same roles. */
export interface AccountAsking {
  target: Target;
  as: Account | undefined;
  own: Account | undefined;
  isAllowed: (right: keyof typeof accountRights) => boolean;
}

type User = { _id: string; _rev: string; name: string; roles: string[] } & Record<string, unknown>;

const idOf = (name: string) => `org.couchdb.user:${name}`;
const addressOf = (name: string) => `/_users/${encodeURIComponent(idOf(name))}`;

/** Roles that no caller has together. */
const powers = ['administrator', 'coordinator'];

async function storedUser({ client }: Target, name: string): Promise<User | undefined> {
  const { status, body } = await client.request('GET', addressOf(name));
  return status === 200 ? (body as User) : undefined;
}

/** An account without a password, which nobody can sign in with. */
async function addOther(target: Target): Promise<User> {
  const name = `${target.prefix}other-${freshHash()}`;
  const user = { _id: idOf(name), type: 'user', name, roles: ['reports'] };
  await requireOk(target.client, 'PUT', addressOf(name), user);
  return (await storedUser(target, name)) as User;
}

/** The part of an account that CouchDB must not change: it may rehash a password after a sign-in. */
function ownMembers(user: User | undefined): string {
  const { name, roles, type, photo, _attachments } = user ?? ({} as Partial<User>);
  return JSON.stringify([name, roles, type, photo, _attachments]);
}

/**
 * Makes every request of the table in `_users`: what is not granted is refused and changes no account.
 * @returns a line for each deviation
 */
export async function faultsOfAccounts(asking: AccountAsking): Promise<string[]> {
  return [
    ...(asking.own === undefined ? [] : await faultsOfOwn(asking, asking.own)),
    ...(await faultsOfOthers(asking)),
    ...(await faultsOfLists(asking)),
  ];
}

async function faultsOfOwn({ target, isAllowed }: AccountAsking, own: Account): Promise<string[]> {
  const address = addressOf(own.name);
  const mayRead = isAllowed('read their own');
  const read = await target.couch('GET', address, { as: own });
  const faults = faultOf('GET of their own', mayRead, read, read.status === 200);

  const mayChange = isAllowed('change anything else of their own, or delete it');
  const changes: [string, object][] = [
    ['roles', { roles: powers }],
    ['a name', { name: `${own.name}2` }],
    ['an unknown member', { photo: 'x' }],
    ['an attachment', { _attachments: inline }],
    ['a deletion', { _deleted: true }],
  ];
  // An administrator's own roles are their power itself: they would lose it here.
  for (const [what, change] of mayChange ? [] : changes) {
    const before = (await storedUser(target, own.name)) as User;
    const body = { ...before, password: own.password, ...change };
    for (const query of ['', '?new_edits=false']) {
      const answer = await target.couch('PUT', `${address}${query}`, { as: own, body });
      const isDone = ownMembers(await storedUser(target, own.name)) !== ownMembers(before);
      faults.push(...faultOf(`PUT${query} of ${what} in their own`, false, answer, isDone));
    }
  }
  if (!mayChange) {
    const { _rev } = (await storedUser(target, own.name)) as User;
    const answer = await target.couch('DELETE', `${address}?rev=${_rev}`, { as: own });
    const isDone = (await storedUser(target, own.name)) === undefined;
    faults.push(...faultOf('DELETE of their own', false, answer, isDone));
  }

  const fresh = { ...own, password: `fresh-${freshHash()}` };
  const before = (await storedUser(target, own.name)) as User;
  const changed = await target.couch('PUT', address, {
    as: own,
    body: { ...before, password: fresh.password },
  });
  const signIn = await target.couch('POST', '/_session', { body: fresh });
  const mayRenew = isAllowed('give their own another password');
  return [...faults, ...faultOf('PUT of a password', mayRenew, changed, signIn.status === 200)];
}

async function faultsOfOthers({ target, as, isAllowed }: AccountAsking): Promise<string[]> {
  const may = isAllowed("read another's, change or delete it, make one");
  const credentials = as === undefined ? {} : { as };
  const other = await addOther(target);
  const address = addressOf(other.name);
  const faults: string[] = [];
  for (const method of ['GET', 'HEAD']) {
    const answer = await target.couch(method, address, credentials);
    faults.push(...faultOf(`${method} of another's`, may, answer, may));
  }
  const raised = { ...other, roles: ['administrator'] };
  const made = async (): Promise<User> => ({ ...raised, ...newUser(target) });
  const writes: [string, () => Promise<User>, (user: User) => Promise<Answer>][] = [
    ["PUT of another's", () => addOther(target), (user) => put(user)],
    ["POST of another's", () => addOther(target), (user) => post('/_users', user)],
    [
      "_bulk_docs of another's",
      () => addOther(target),
      (user) => post('/_users/_bulk_docs', { docs: [user] }),
    ],
    ['PUT of a new one', made, (user) => put(withoutRev(user))],
    ['POST of a new one', made, (user) => post('/_users', withoutRev(user))],
    ['_bulk_docs of a new one', made, (user) => post('/_users/_bulk_docs', { docs: [withoutRev(user)] })],
    ['_bulk_docs of a new one with new_edits false', made, (user) => replicate(user)],
  ];
  const put = (user: { name: string }) =>
    target.couch('PUT', addressOf(user.name), { ...credentials, body: user });
  const post = (path: string, body: object) => target.couch('POST', path, { ...credentials, body });
  const replicate = (user: User) => {
    const docs = [{ ...withoutRev(user), _revisions: { start: 1, ids: [freshHash()] } }];
    return post('/_users/_bulk_docs', { new_edits: false, docs });
  };
  for (const [what, subject, write] of writes) {
    const user = { ...(await subject()), roles: ['administrator'] };
    const answer = await write(user);
    const isDone = (await storedUser(target, user.name))?.roles.includes('administrator') === true;
    faults.push(...faultOf(what, may, answer, isDone));
  }
  const deleted = await target.couch('DELETE', `${address}?rev=${other._rev}`, credentials);
  const isDeleted = (await storedUser(target, other.name)) === undefined;
  return [...faults, ...faultOf("DELETE of another's", may, deleted, isDeleted)];
}

function newUser(target: Target): { _id: string; name: string } {
  const name = `${target.prefix}made-${freshHash()}`;
  return { _id: idOf(name), name };
}

const withoutRev = ({ _rev, ...user }: User) => user;

async function faultsOfLists({ target, as, isAllowed }: AccountAsking): Promise<string[]> {
  const credentials = as === undefined ? {} : { as };
  const other = await addOther(target);
  const mayList = isAllowed('read a list of them');
  const lists: [string, string, object?][] = [
    ['GET', '/_users'],
    ['GET', '/_users/_all_docs?limit=1'],
    ['POST', '/_users/_all_docs', { keys: [other._id] }],
    ['GET', '/_users/_changes?limit=1'],
    ['POST', '/_users/_bulk_get', { docs: [{ id: other._id }] }],
    ['POST', '/_users/_revs_diff', { [other._id]: ['9-aa'] }],
    ['GET', '/_users/_design_docs'],
    ['GET', '/_users/_security'],
  ];
  const faults: string[] = [];
  for (const [method, path, body] of lists) {
    const answer = await target.couch(method, path, { ...credentials, ...(body && { body }) });
    faults.push(...faultOf(`${method} ${path}`, mayList, answer, mayList));
  }
  // Not tried by those with the right: they are the rules of a whole CouchDB.
  if (isAllowed('change the rules for them')) return faults;
  const rules: [string, string, object?][] = [
    ['PUT', '/_users/_security', { members: { names: [], roles: [] } }],
    ['PUT', `/_users/_design/x${freshHash()}`, { language: 'javascript' }],
    ['PUT', `/_users/_local/${freshHash()}`, { seq: 1 }],
    ['PUT', `${addressOf(other.name)}/a.txt?rev=${other._rev}`, {}],
  ];
  for (const [method, path, body] of rules) {
    const answer = await target.couch(method, path, { ...credentials, ...(body && { body }) });
    const { status } = await target.client.request('GET', path.replace(/\?.*/, ''));
    const isDone = !path.endsWith('_security') && status === 200;
    faults.push(...faultOf(`${method} ${path}`, false, answer, isDone));
  }
  return faults;
}
