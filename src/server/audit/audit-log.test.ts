import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { entryId, type EntryDocument } from '$lib/documents/audit/entry-document';
import { auditDatabase } from '$lib/documents/databases';
import { startTestServer, type TestServer } from '../../../tests/server';
import { documentPath, requireOk } from '../couch/client';
import { AuditLog, headOf, readEntries, readHead } from './audit-log';
import { headText, trimmedAction, verifyChain } from './verify-chain';

let server: TestServer;
const now = () => new Date('2026-11-22T08:00:00Z');
const someone = { account: 'liisa', action: 'case-read', case: 'case:1' };

beforeAll(async () => {
  server = await startTestServer({ now });
});
afterAll(() => server.stop());

// Each test begins with an empty log.
afterEach(async () => {
  const stored = (await readEntries(server.client, 1, 100)) as EntryDocument[];
  const docs = stored.map((each) => ({ ...each, _deleted: true }));
  await requireOk(server.client, 'POST', `/${auditDatabase}/_bulk_docs`, { docs });
});

const pathOf = (number: number) => documentPath(auditDatabase, entryId(number));
const entry = async (number: number) =>
  (await requireOk(server.client, 'GET', pathOf(number))) as EntryDocument & { _rev: string };

async function logged(count: number): Promise<AuditLog> {
  const log = new AuditLog(server.client, now);
  await Promise.all(Array.from({ length: count }, (_, index) => log.log({ ...someone, about: `${index}` })));
  return log;
}

describe('the audit log', () => {
  it('numbers entries without a gap in the order in which they were logged, each with the hash before', async () => {
    await logged(5);
    const entries = (await readEntries(server.client, 1, 10)) as EntryDocument[];
    expect(entries.map(({ _id, about }) => [_id, about])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [entryId(index + 1), `${index}`]),
    );
    expect(entries.slice(1).map(({ previous }) => previous)).toEqual(
      entries.slice(0, -1).map(({ hash }) => hash),
    );
    expect(await verifyChain(server.client)).toMatchObject({ first: 1, head: { number: 5 }, faults: [] });
  });

  it('is one chain, though two servers write it at the same moment', async () => {
    await Promise.all([logged(20), logged(20)]);
    expect(await verifyChain(server.client)).toMatchObject({ head: { number: 40 }, faults: [] });
  });

  it('takes no entry that it could not read back, and goes on after it', async () => {
    const log = await logged(1);
    await expect(log.log({ account: 'liisa', action: 'Not a word' })).rejects.toThrow();
    await expect(log.log({ account: '', action: 'case-read' })).rejects.toThrow();
    await log.log(someone);
    expect((await readHead(server.client)).number).toBe(2);
  });

  it('takes the next free number after a write whose answer was lost', async () => {
    const lost = { after: 1 };
    const log = new AuditLog(
      {
        async request(method, path, body) {
          const reply = await server.client.request(method, path, body);
          if (method === 'PUT' && lost.after-- === 0) throw new Error('The line is dead.');
          return reply;
        },
      },
      now,
    );
    await log.log(someone);
    await expect(log.log(someone)).rejects.toThrow('The line is dead.');
    await log.log(someone);
    expect(await verifyChain(server.client)).toMatchObject({ head: { number: 3 }, faults: [] });
  });
});

describe('verifying the chain', () => {
  it('finds an entry that was changed, even with a hash that fits', async () => {
    await logged(4);
    const { _rev, ...second } = await entry(2);
    // The validation function lets nobody change an entry: whoever has the disk does it all the same.
    await requireOk(server.client, 'DELETE', `${pathOf(2)}?rev=${_rev}`);
    await requireOk(server.client, 'PUT', pathOf(2), { ...second, account: 'somebody-else' });
    expect((await verifyChain(server.client)).faults).toEqual([{ kind: 'changed', number: 2 }]);
  });

  it('finds what is missing in the middle, and a start that nobody trimmed', async () => {
    await logged(5);
    for (const number of [1, 3]) {
      await requireOk(server.client, 'DELETE', `${pathOf(number)}?rev=${(await entry(number))._rev}`);
    }
    expect((await verifyChain(server.client)).faults).toEqual([
      { kind: 'missing', number: 3 },
      { kind: 'missing', number: 1 },
    ]);
  });

  it('accepts that old entries are gone if an entry says up to which one', async () => {
    const log = await logged(3);
    const second = await entry(2);
    await log.log({ account: 'server', action: trimmedAction, about: headText(headOf(second)) });
    for (const number of [1, 2]) {
      await requireOk(server.client, 'DELETE', `${pathOf(number)}?rev=${(await entry(number))._rev}`);
    }
    expect(await verifyChain(server.client)).toMatchObject({ first: 3, head: { number: 4 }, faults: [] });
  });

  it('finds that the newest entries are gone, if somebody noted them', async () => {
    await logged(3);
    const { head } = await verifyChain(server.client);
    expect((await verifyChain(server.client, head)).faults).toEqual([]);
    await requireOk(server.client, 'DELETE', `${pathOf(3)}?rev=${(await entry(3))._rev}`);
    expect((await verifyChain(server.client)).faults).toEqual([]);
    expect((await verifyChain(server.client, head)).faults).toEqual([{ kind: 'not-as-noted', number: 3 }]);
  });

  it('an entry never changes, whoever writes', async () => {
    await logged(1);
    const reply = await server.client.request('PUT', pathOf(1), { ...(await entry(1)), account: 'x' });
    expect(reply).toMatchObject({
      status: 403,
      body: { reason: expect.stringMatching(/^not-allowed/) as string },
    });
  });
});
