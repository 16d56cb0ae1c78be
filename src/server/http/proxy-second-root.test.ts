import Fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aService, aVisit } from '../../../tests/builders';
import { startTestServer, type TestServer } from '../../../tests/server';
import { CouchNodes } from '../couch/nodes';
import { requireOk } from '../couch/client';
import { provisionSectors } from '../provision/provision';
import type { Backend } from '../backend';
import { DeviceCookies } from '../accounts/device-cookie';
import { EndedSessions } from '../accounts/ended-sessions';
import { proxyBackend } from './proxy-backend';

const visits = 'tiski-visits-liikunta';
let behind: TestServer;
let backend: Backend;
const app = Fastify();

beforeAll(async () => {
  behind = await startTestServer();
  await requireOk(behind.client, 'PUT', '/tiski-catalogue/service:swim', aService('swim'));
  await provisionSectors(behind.client);
  // What a CouchDB does: its validation doesn't see a stored document that shares no revision.
  const design = (await requireOk(behind.client, 'GET', `/${visits}/_design/tiski`)) as { _rev: string };
  await requireOk(behind.client, 'DELETE', `/${visits}/_design/tiski?rev=${design._rev}`);
  const couch = new CouchNodes([{ origin: `${behind.url}/couch`, authorization: authorization() }]);
  const now = () => Date.now();
  const ended = await EndedSessions.open(undefined, now);
  const devices = new DeviceCookies('secret', now);
  const settings = {
    couch,
    bodyLimit: 1_000_000,
    onFault: () => undefined,
    now,
    ended,
    devices,
    onNotice: () => undefined,
  };
  backend = proxyBackend(settings);
  backend.addCouchRoutes(app, () => Promise.resolve());
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await backend.close();
  await behind.stop();
});

const authorization = () => `Basic ${btoa(`${behind.adminName}:${behind.adminPassword}`)}`;

async function bring(documents: readonly object[]): Promise<number> {
  const { statusCode } = await app.inject({
    method: 'POST',
    url: `/couch/${visits}/_bulk_docs`,
    headers: { authorization: authorization(), 'content-type': 'application/json' },
    payload: JSON.stringify({ new_edits: false, docs: documents }),
  });
  return statusCode;
}

it('a visit does not change through a second root behind the proxy, and may come again unchanged', async () => {
  const [visit, other] = [aVisit('hall', 1), aVisit('hall', 2)];
  expect(await bring([{ ...visit, _rev: '1-aa' }])).toBe(201);
  expect(
    await bring([
      { ...other, _rev: '1-aa' },
      { ...visit, venue: 'elsewhere', _rev: '1-bb' },
    ]),
  ).toBe(403);
  expect(
    await bring([
      { ...other, _rev: '1-aa' },
      { ...visit, _rev: '1-cc' },
    ]),
  ).toBe(201);
});

it('nor beside another version of it that shares a revision, while rules and shared revisions pass', async () => {
  const visit = aVisit('hall', 3);
  expect(await bring([{ ...visit, _rev: '1-aa' }])).toBe(201);
  const evil = { ...visit, venue: 'elsewhere', _rev: '1-bb' };
  const shared = { ...visit, _rev: '2-cc', _revisions: { start: 2, ids: ['cc', 'aa'] } };
  expect(await bring([evil, shared])).toBe(403);
  expect(await bring([shared, evil])).toBe(403);
  // The rules behind the proxy decide whether it may follow what is stored.
  expect(await bring([shared])).toBe(201);
  expect(await bring([{ _id: '_design/other', language: 'javascript', _rev: '1-aa' }])).toBe(201);
  expect(await bring([{ _id: '_design/other', language: 'erlang', _rev: '1-bb' }])).toBe(201);
  const many = { ...visit, _rev: '9-x', _revisions: { start: 'nine', ids: 5 } };
  expect(await bring([many])).toBe(400);
});
