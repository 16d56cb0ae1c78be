import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryId } from '$lib/documents/audit/entry-document';
import { readHead, readEntries } from '../../src/server/audit/audit-log';
import type { CouchClient } from '../../src/server/couch/client';
import { provision } from '../../src/server/provision/provision';
import { ulidOf } from '../builders';
import { failure, targets, type Account, type Target } from './couch-target';

/** Requests that read something, each of another kind. */
const reads = (database: string): [string, string, object?][] => [
  ['GET', ''],
  ['GET', '/_all_docs'],
  ['POST', '/_bulk_get', { docs: [] }],
  ['GET', '/_changes'],
  ['POST', '/_revs_diff', {}],
  ['GET', '/_security'],
  ['GET', '/_design_docs'],
  ['GET', '/_local/epoch'],
  ['GET', `/${database === 'tiski-people' ? `person:${ulidOf(1)}` : entryId(1)}`],
  ['HEAD', '/_design/tiski'],
  ['GET', '/x/y.txt'],
];

/** Requests that would write something. */
const writes: [string, string, object?][] = [
  ['POST', '', { _id: 'entry:x', type: 'entry', v: 1 }],
  ['DELETE', ''],
  ['POST', '/_bulk_docs', { docs: [] }],
  ['PUT', '/_security', { admins: {}, members: {} }],
  ['PUT', `/${entryId(1)}`, { type: 'entry', v: 1 }],
  ['DELETE', `/${entryId(1)}?rev=1-x`],
  ['PUT', '/_design/more', { language: 'javascript' }],
  ['PUT', `/${entryId(1)}/a.txt`, {}],
];

describe.each(targets)('the databases about people at /couch: $name', ({ start }) => {
  let target: Target;
  let clerk: Account;

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    clerk = await target.addAccount('clerk', ['office', 'receive', 'decide', 'audit', 'administrator-to-be']);
  });
  afterAll(() => target.stop());

  /** What was logged while something ran. */
  async function loggedBy(work: () => Promise<unknown>) {
    const { number } = await readHead(target.client);
    await work();
    return (await readEntries(target.client, number + 1, 1000)) as object[];
  }

  it.each(['tiski-people', 'tiski-audit'])(
    'every kind of reading %s is logged, without a name',
    async (database) => {
      for (const [method, below, body] of reads(database)) {
        const address = `/${database}${below}`;
        const ask = () => target.couch(method, address, { as: target.admin, ...(body && { body }) });
        const entries = await loggedBy(ask);
        expect([address, entries]).toMatchObject([
          address,
          [
            {
              account: target.admin.name,
              action: 'database-read',
              about: expect.stringMatching(database) as string,
            },
          ],
        ]);
      }
    },
  );

  it('a look at one person names its id; bulk reading again is under the entry before', async () => {
    const path = `/tiski-people/person:${ulidOf(7)}`;
    const look = () => target.couch('GET', path, { as: target.admin });
    expect(await loggedBy(look)).toMatchObject([{ people: [`person:${ulidOf(7)}`] }]);
    expect(await loggedBy(look)).toHaveLength(1);
    const feed = () => target.couch('GET', '/tiski-people/_changes?since=0', { as: target.admin });
    await feed();
    expect(await loggedBy(feed)).toHaveLength(0);
  });

  it('a search text in an address is not logged', async () => {
    const path = '/tiski-people/_all_docs?startkey=%22Esimerkki%22';
    await target.couch('GET', path, { as: target.admin });
    expect(JSON.stringify(await readEntries(target.client, 1, 1000))).not.toContain('Esimerkki');
  });

  it('writing about people is logged each time', async () => {
    const write = () =>
      target.couch('POST', '/tiski-people/_bulk_docs', { as: target.admin, body: { docs: [] } });
    for (const time of ['first', 'second']) {
      expect(await loggedBy(write), time).toMatchObject([
        { action: 'database-written', about: 'tiski-people bulk-docs' },
      ]);
    }
  });

  it('nobody writes the audit log there, not even the server’s administrator', async () => {
    for (const [method, below, body] of writes) {
      const answer = await target.couch(method, `/tiski-audit${below}`, {
        as: target.admin,
        ...(body && { body }),
      });
      expect([method, below, ...failure(answer)]).toEqual([method, below, 403, 'forbidden']);
    }
  });

  it('whoever is not the server’s administrator is refused, and fills no log', async () => {
    const entries = await loggedBy(async () => {
      for (const database of ['tiski-people', 'tiski-audit']) {
        const path = `/${database}/_all_docs`;
        expect((await target.couch('GET', path, { as: clerk })).status).toBe(403);
        expect((await target.couch('GET', path)).status).toBe(401);
        expect((await target.couch('GET', `/${database.replace('-', '%2D')}/_all_docs`)).status).toBe(401);
      }
    });
    expect(entries).toEqual([]);
  });
});

describe.each(targets)('if the audit log can not be written: $name', ({ start }) => {
  it('nothing about people is answered', async () => {
    const target = await start();
    try {
      await provision(target.client);
      const broken: CouchClient = target.client;
      const { request } = broken;
      broken.request = (method, path, body) =>
        method === 'PUT' && path.startsWith('/tiski-audit/entry')
          ? Promise.reject(new Error('The disk is full.'))
          : request.call(broken, method, path, body);
      for (const path of ['/tiski-people/_all_docs', '/tiski-audit/_changes', `/tiski-people/x`]) {
        expect(failure(await target.couch('GET', path, { as: target.admin }))).toEqual([
          503,
          'service_unavailable',
        ]);
      }
    } finally {
      await target.stop();
    }
  });
});
