import { requireOk } from '../../src/server/couch/client';
import { epochId } from '../../src/server/couch/route';
import { serversLocal } from '../../src/server/couch/local-access';
import type { DatabaseRights } from '../rights-table';
import type { Answer } from './couch-target';
import { freshHash, path } from './rights-city';
import { faultOf } from './rights-reads';
import { credentials, type Asking } from './rights-doors';

const open = { admins: { names: [], roles: [] }, members: { names: [], roles: [] } };

/** `_security` of a database: if granted, it is written unchanged. */
export async function faultsOfSecurity(asking: Asking, { rules }: DatabaseRights): Promise<string[]> {
  const { target, database } = asking;
  const stored = () => requireOk(target.client, 'GET', `/${database}/_security`);
  const before = await stored();
  const isAllowed = asking.isAllowed(rules);
  const answer = await target.couch('PUT', path(database, '/_security'), {
    ...credentials(asking),
    body: isAllowed ? before : open,
  });
  const isSame = JSON.stringify(await stored()) === JSON.stringify(before);
  return faultOf('PUT of _security', isAllowed, answer, isAllowed === isSame);
}

/** Checkpoints, and what the server keeps for itself beside them. */
export async function faultsOfLocal(asking: Asking, rights: DatabaseRights): Promise<string[]> {
  const isAllowed = asking.isAllowed(rights.checkpoints);
  const faults = await faultsOfCheckpoint(asking, isAllowed);
  for (const id of serversLocal) {
    const before = await storedLocal(asking, id);
    if (before === undefined) await putLocal(asking, id);
    const mayRead = id === epochId ? asking.isAllowed(rights.read) : isAllowed;
    faults.push(...(await faultsOfLocalReads(asking, id, mayRead)));
    const kept = JSON.stringify(await storedLocal(asking, id));
    for (const method of ['PUT', 'DELETE']) {
      const answer = await send(asking, method, id);
      const isDone = JSON.stringify(await storedLocal(asking, id)) !== kept;
      faults.push(...faultOf(`${method} of ${id}`, false, answer, isDone));
    }
  }
  return faults;
}

async function faultsOfCheckpoint(asking: Asking, isAllowed: boolean): Promise<string[]> {
  const id = `_local/${freshHash()}`;
  const put = await send(asking, 'PUT', id);
  const isPut = (await storedLocal(asking, id)) !== undefined;
  if (!isPut) await putLocal(asking, id);
  const reads = await faultsOfLocalReads(asking, id, isAllowed);
  const removed = await send(asking, 'DELETE', id);
  const isRemoved = (await storedLocal(asking, id)) === undefined;
  return [
    ...faultOf('PUT of a checkpoint', isAllowed, put, isPut),
    ...reads,
    ...faultOf('DELETE of a checkpoint', isAllowed, removed, isRemoved),
  ];
}

async function faultsOfLocalReads(asking: Asking, id: string, isAllowed: boolean): Promise<string[]> {
  const faults: string[] = [];
  for (const method of ['GET', 'HEAD']) {
    const answer = await send(asking, method, id);
    faults.push(...faultOf(`${method} of ${id}`, isAllowed, answer, isAllowed));
  }
  return faults;
}

/** Of a database's own path; a DELETE names the current revision. */
async function send(asking: Asking, method: string, id: string): Promise<Answer> {
  const { target, database } = asking;
  const rev = method === 'DELETE' ? `?rev=${String((await storedLocal(asking, id))?._rev)}` : '';
  return target.couch(method, path(database, `/${id}${rev}`), {
    ...credentials(asking),
    ...(method === 'PUT' && { body: { seq: 2 } }),
  });
}

async function storedLocal({ target, database }: Asking, id: string): Promise<{ _rev: string } | undefined> {
  const { status, body } = await target.client.request('GET', `/${database}/${id}`);
  return status === 200 ? (body as { _rev: string }) : undefined;
}

const putLocal = ({ target, database }: Asking, id: string) =>
  requireOk(target.client, 'PUT', `/${database}/${id}`, { seq: 1 });

/** What is outside of Tiski's databases: the server's own doors, and databases as a whole. */
export async function faultsOfServer(
  asking: Asking,
  grants: { isOpen: boolean; maySignIn: boolean; mayManage: boolean },
): Promise<string[]> {
  const { target, as } = asking;
  const ask = (method: string, address: string, body?: object) =>
    target.couch(method, address, { ...credentials(asking), ...(body && { body }) });
  const faults: string[] = [];
  const note = (what: string, isAllowed: boolean, answer: Answer, isDone = isAllowed) =>
    faults.push(...faultOf(what, isAllowed, answer, isDone));

  for (const address of ['/', '/_up', '/_session']) {
    note(`GET ${address}`, grants.isOpen, await ask('GET', address));
    note(`HEAD ${address}`, grants.isOpen, await ask('HEAD', address));
  }
  note('GET /_uuids', grants.isOpen, await ask('GET', '/_uuids'));
  const signIn = await target.couch('POST', '/_session', { body: as ?? { name: 'nobody', password: 'x' } });
  note('POST /_session', grants.maySignIn, signIn);
  const [cookie = ''] = signIn.headers.getSetCookie();
  const leave = await target.couch('DELETE', '/_session', {
    headers: { cookie: cookie.split(';')[0] ?? '' },
  });
  note('DELETE /_session', grants.isOpen, leave);

  note('GET /_all_dbs', grants.mayManage, await ask('GET', '/_all_dbs'));
  note('HEAD /_all_dbs', grants.mayManage, await ask('HEAD', '/_all_dbs'));
  const name = `tiski-own-${freshHash()}`;
  const isThere = async () => (await target.client.request('GET', `/${name}`)).status === 200;
  const made = await ask('PUT', path(name));
  note('PUT of a database', grants.mayManage, made, await isThere());
  if (!(await isThere())) await requireOk(target.client, 'PUT', `/${name}`);
  const removed = await ask('DELETE', path(name));
  note('DELETE of a database', grants.mayManage, removed, !(await isThere()));
  return faults;
}
