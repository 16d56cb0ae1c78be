import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotManifest } from '../../src/lib/documents/register/packed/snapshot-document';
import { createCouchDatabase } from '../../src/lib/remote/couch-database';
import { documentPath, requireOk } from '../../src/server/couch/client';
import { readEpoch } from '../../src/server/epochs/read-epoch';
import { makeSnapshot } from '../../src/server/snapshot/make-snapshot';
import { aVisit, cardNumber } from '../builders';
import { startTestServer, type TestServer } from '../server';
import { FaultProxy } from '../setup/fault-proxy';
import { Office, visits } from './fault-world';

/**
 * A line that carries everything, but slowly: each request here takes longer than the desk waits for a sign
 * of life. The desk's patience is shortened, so that a "slow" line may still be quick.
 */

const register = 'tiski-register';
const idleMs = 1_500;
/** Steps of the line, 10 ms each: longer than the desk's patience, whatever else the machine does. */
const steps = 200;

let server: TestServer;
let proxy: FaultProxy;

beforeAll(async () => {
  server = await startTestServer();
  proxy = await FaultProxy.to(() => server.url);
  const office = new Office(() => server);
  await office.fillStore();
  // The sector's database is made for its first desk.
  await office.addDesk('Uimahalli, kassa 1');
  expect(await makeSnapshot(server.client)).toMatchObject({ kind: 'made' });
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

const account = () => ({ name: server.adminName, password: server.adminPassword });
const database = (name: string) =>
  createCouchDatabase({ couchUrl: `${proxy.url}/couch`, apiUrl: '', now: Date.now }, account(), name, idleMs);
/** From now on a body of this many bytes takes longer to arrive than the desk waits for a sign of life. */
const slowDownFor = (bytes: number) => proxy.break({ kind: 'slow', bytes: Math.floor(bytes / steps) });
const packedLength = (value: unknown) => gzipSync(JSON.stringify(value)).length;

describe('S12 a slow line carries', () => {
  it('a page of changes', async () => {
    const answer = await requireOk(server.client, 'GET', `/${register}/_changes?include_docs=true`);
    slowDownFor(packedLength(answer));
    const page = await database(register).changes('0', 1_000);
    expect(page).toMatchObject({ ok: true, value: { pending: 0 } });
    const cards = page.ok && page.value.changes.filter(({ id }) => id.startsWith('card:'));
    expect(cards).toHaveLength(400);
  });

  it('S18 a part of a snapshot', async () => {
    const epoch = await readEpoch(server.client, register);
    const path = documentPath(register, `snapshot:${epoch}`);
    const manifest = (await requireOk(server.client, 'GET', path)) as SnapshotManifest & {
      _attachments: Record<string, { length: number }>;
    };
    const [part] = manifest.parts;
    slowDownFor(manifest._attachments[part?.name ?? '']?.length ?? 0);
    expect(await database(register).snapshotPart(epoch, part?.name ?? '')).toMatchObject({ ok: true });
  });

  it('S5 a batch of visits', async () => {
    // Long enough when compressed: as a device makes them, each with the hash of the previous one.
    const batch = Array.from({ length: 200 }, (_, index) =>
      aVisit('desk-1', index + 1, { card: cardNumber(index), previous: randomBytes(32).toString('hex') }),
    );
    slowDownFor(packedLength(batch));
    const answers = await database(visits).push(batch);
    expect(answers.ok ? answers.value.map(({ kind }) => kind) : answers).toEqual(batch.map(() => 'stored'));
  });
});

it('S12 a line on which nothing comes any more is noticed in the middle of an answer', async () => {
  proxy.break({ kind: 'stall', after: 100 });
  const page = await database(register).changes('0', 1_000);
  expect(page).toEqual({ ok: false, failure: { kind: 'unreachable' } });
  expect(proxy.met).toHaveLength(1);
});
