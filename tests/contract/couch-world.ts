import { expect, vi } from 'vitest';
import { registerDatabase } from '$lib/documents/databases';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import {
  documentPath,
  type CouchClient,
  type CouchMethod,
  type CouchReply,
} from '../../src/server/couch/client';
import { epochDocumentId, epochPath, unknownMade } from '../../src/server/epochs/epoch-document';
import { makeSnapshot, publishSnapshot } from '../../src/server/snapshot/make-snapshot';
import type { World } from './remote-database.suite';

/** The shape of a database's own validation: it runs inside CouchDB. */
const validation = `function (document, previous, user) {
  if (document.forbidden) throw({ forbidden: 'not this one' });
}`;

let worlds = 0;

function storedEpoch(epoch: string | undefined): CouchReply {
  if (epoch === undefined) return { status: 404, body: { error: 'not_found' } };
  const _id = epochDocumentId(registerDatabase);
  return { status: 200, body: { _id, _rev: '1-a', type: 'epoch', v: 1, epoch, made: unknownMade } };
}

/** A separate database, with two desks, on a server that speaks CouchDB's API. */
export async function createCouchWorld(
  couchUrl: string,
  client: CouchClient,
  stopServer: () => Promise<void> = async () => undefined,
): Promise<World> {
  const run = `contract-${Date.now().toString(36)}-${++worlds}`;
  const [database, desk, otherDesk] = [`${run}-box`, `${run}-desk`, `${run}-other`];

  async function couch(method: CouchMethod, path: string, body?: unknown): Promise<{ _rev?: string }> {
    const reply = await client.request(method, path, body);
    if (reply.status > 299 && reply.status !== 404) {
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    }
    return reply.body as { _rev?: string };
  }
  let epochNow: string | undefined;
  /** The database in the register's place, and what tiski-desks would have as its epoch. */
  const register: CouchClient = {
    request: (method, path, body) =>
      path.startsWith(epochPath(registerDatabase))
        ? Promise.resolve(storedEpoch(epochNow))
        : client.request(method, path.replace(`/${registerDatabase}`, `/${database}`), body),
  };
  const remove = async (path: string) => {
    const { _rev } = await couch('GET', path);
    await couch('DELETE', `${path}?rev=${_rev}`);
  };
  const userPath = (name: string) => documentPath('_users', `org.couchdb.user:${name}`);
  const as = (name: string, password = `secret of ${name}`) =>
    createCouchServer({ couchUrl, apiUrl: 'http://not.asked', now: Date.now }, { name, password });

  await couch('PUT', `/${database}`);
  for (const name of [desk, otherDesk]) {
    const user = { name, password: `secret of ${name}`, type: 'user', roles: [] };
    await couch('PUT', userPath(name), user);
  }
  await couch('PUT', `/${database}/_security`, {
    admins: { names: [], roles: ['_admin'] },
    members: { names: [desk], roles: [] },
  });
  await couch('PUT', `/${database}/_design/validation`, { validate_doc_update: validation });
  // CouchDB enforces a fresh validation some 100 ms late, and later if it is busy.
  const box = as(desk).database(database);
  await vi.waitFor(async () => {
    const answer = await box.push([{ _id: `probe-${Math.random()}`, forbidden: true }]);
    expect(answer).toMatchObject({ value: [{ kind: 'refused' }] });
  }, 20_000);

  return {
    desk: as(desk),
    otherDesk: as(otherDesk),
    stranger: as(desk, 'wrong'),
    database,
    put: async (document) => {
      await couch('PUT', documentPath(database, document._id), document);
    },
    remove: (id) => remove(documentPath(database, id)),
    async setEpoch(epoch) {
      epochNow = epoch;
      const path = documentPath(database, '_local/epoch');
      const { _rev } = await couch('GET', path);
      if (epoch === undefined) await remove(path);
      else await couch('PUT', path, { epoch, ...(_rev === undefined ? {} : { _rev }) });
    },
    async pack() {
      expect(await makeSnapshot(register)).toMatchObject({ kind: 'made' });
    },
    async publish({ manifest, parts }) {
      const named = Array.from(parts, ([name, bytes]) => ({ name, bytes }));
      expect(await publishSnapshot(register, { manifest, parts: named })).toMatchObject({ kind: 'made' });
    },
    forbidden: (id) => ({ _id: id, forbidden: true }),
    allowed: (id, text = '') => ({ _id: id, text }),
    id: (n) => `document-${n}`,
    async stop() {
      await couch('DELETE', `/${database}`);
      for (const name of [desk, otherDesk]) await remove(userPath(name));
      await stopServer();
    },
  };
}
