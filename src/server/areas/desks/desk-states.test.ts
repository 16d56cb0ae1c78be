import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeskReport } from '$lib/documents/fleet/desk-report';
import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';
import { aService, aVenue, aVisit } from '../../../../tests/builders';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { requireOk } from '../../couch/client';
import type { DeskState } from '../../desks/desk-watch';
import { renewEpoch } from '../../epochs/ensure-epoch';
import { provision } from '../../provision/provision';

let folder: string;
let server: TestServer;
const now = new Date('2026-11-23T08:00:00Z');
const start = async () => (server = await startTestServer({ dataDir: folder, now: () => now }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-desks-'));
  await start();
  const services = [aService('swim'), aService('play', { sector: 'kulttuuri' })];
  for (const document of [...services, aVenue('uimahalli')]) await put('tiski-catalogue', document);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Account {
  name: string;
  password: string;
}
const chief = () => ({ name: server.adminName, password: server.adminPassword });

async function api(method: string, path: string, as: Account, body?: object) {
  const response = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${btoa(`${as.name}:${as.password}`)}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function put(database: string, document: { _id: string }) {
  const path = `/${database}/${encodeURIComponent(document._id)}`;
  expect((await server.client.request('PUT', path, document)).status).toBe(201);
}

async function aDesk(name = 'Kassa 1'): Promise<{ id: string; account: Account }> {
  const added = await api('POST', '/desks', chief(), { name, venue: 'uimahalli' });
  return pair(String(added.body['code']));
}

async function pair(code: string): Promise<{ id: string; account: Account }> {
  const { body } = await api('POST', '/pair', chief(), { code });
  return { id: (body['desk'] as { id: string }).id, account: body['account'] as Account };
}

const aReport = (changes: Partial<DeskReport> = {}): DeskReport => ({
  v: 1,
  at: now.toISOString(),
  waiting: 0,
  refused: 0,
  quarantined: 0,
  version: '1',
  lastNumber: 0,
  unsent: [],
  ...changes,
});

const report = (account: Account, changes: Partial<DeskReport> = {}) =>
  api('POST', '/desks/report', account, aReport(changes));

async function stateOf(id: string): Promise<DeskState | undefined> {
  const { status, body } = await api('GET', '/desks/states', chief());
  expect(status).toBe(200);
  expect(body['isCounting']).toBe(false);
  return (body['states'] as DeskState[]).find((state) => state.id === id);
}

/** Visits as a desk makes them, numbered and chained. */
function chained(desk: string, count: number): VisitDocument[] {
  const visits: VisitDocument[] = [];
  for (let index = 1; index <= count; index++) {
    const before = visits.at(-1);
    visits.push(aVisit(desk, index, { previous: before ? visitHash(before) : '' }));
  }
  return visits;
}

/** Alternating between two sectors: a desk's numbers run through all of them. */
async function arrive(...visits: VisitDocument[]) {
  const sectors = ['liikunta', 'kulttuuri'];
  for (const visit of visits) await put(`tiski-visits-${sectors[visit.number % 2]}`, visit);
}

describe('what the office sees of its desks', () => {
  it('S15 takes a report from a desk only, and shows it to an administrator only', async () => {
    const { id, account } = await aDesk();
    expect(await stateOf(id)).toEqual({ id, faults: [] });
    expect((await report(account, { waiting: 3, waitingSince: now.toISOString() })).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({ lastHeard: now.toISOString(), report: { waiting: 3 } });
    expect((await report(chief())).status).toBe(403);
    expect((await report({ ...account, password: 'wrong' })).status).toBe(401);
    expect((await api('POST', '/desks/report', account, { v: 1 })).status).toBe(400);
    expect((await api('GET', '/desks/states', account)).status).toBe(403);
    await api('POST', `/desks/${id}/revoke`, chief(), {});
    expect((await report(account)).status).toBe(403);
  });

  it('S15 finds what did not arrive, over sectors, and distinguishes it from what waits on the desk', async () => {
    const { id, account } = await aDesk();
    const visits = chained(account.name, 9);
    await arrive(...visits.filter(({ number }) => ![3, 4, 6, 9].includes(number)));
    await report(account, {
      waiting: 1,
      lastNumber: 9,
      unsent: [{ account: account.name, from: 6, to: 6 }],
    });
    const lost = [
      { from: 3, to: 4 },
      { from: 9, to: 9 },
    ];
    expect((await stateOf(id))?.faults).toEqual([
      { account: account.name, isFormer: false, lost, usedTwice: [], broken: [], conflicting: 0 },
    ]);
    await arrive(...visits.filter(({ number }) => [3, 4, 6, 9].includes(number)));
    expect((await stateOf(id))?.faults).toEqual([]);
  });

  it('S15 a desk of many sectors is counted completely in one look', async () => {
    for (const sector of ['opisto', 'ruoka', 'nuoret', 'kirjasto']) {
      await put('tiski-catalogue', aService(sector, { sector }));
    }
    const { id, account } = await aDesk();
    const visits = chained(account.name, 3);
    const sectors = ['opisto', 'liikunta', 'ruoka'];
    for (const [index, visit] of visits.entries()) await put(`tiski-visits-${sectors[index]}`, visit);
    await report(account, { lastNumber: 3 });
    expect((await stateOf(id))?.faults).toEqual([]);
  });

  it('S15 finds a device that was copied, and a visit that was changed', async () => {
    const { id, account } = await aDesk();
    const visits = chained(account.name, 6);
    const changed = visits.map((visit) => (visit.number === 4 ? { ...visit, venue: 'kuntosali' } : visit));
    await arrive(...changed, aVisit(account.name, 99, { number: 5, previous: visits[4]?.previous ?? '' }));
    await report(account, { lastNumber: 6 });
    expect((await stateOf(id))?.faults).toMatchObject([{ lost: [], usedTwice: [5], broken: [5] }]);
  });

  it('S15 finds a visit with two versions, until one of them is gone', async () => {
    const { id, account } = await aDesk();
    const [visit] = chained(account.name, 1);
    if (!visit) return expect.unreachable();
    await put('tiski-visits-liikunta', visit);
    await report(account, { lastNumber: 1 });
    expect((await stateOf(id))?.faults).toEqual([]);
    // As if somebody wrote to a CouchDB directly, or an older server let it in.
    const { client } = server;
    const design = (await requireOk(client, 'GET', '/tiski-visits-liikunta/_design/tiski')) as {
      _rev: string;
    };
    await requireOk(client, 'DELETE', `/tiski-visits-liikunta/_design/tiski?rev=${design._rev}`);
    const replica = { ...visit, people: { holder: 9, children: 0, assistants: 0 }, _rev: '1-00' };
    const body = { new_edits: false, docs: [replica] };
    await requireOk(client, 'POST', '/tiski-visits-liikunta/_bulk_docs', body);
    expect((await stateOf(id))?.faults).toMatchObject([{ account: account.name, conflicting: 1 }]);
    await requireOk(client, 'DELETE', `/tiski-visits-liikunta/${encodeURIComponent(visit._id)}?rev=1-00`);
    expect((await stateOf(id))?.faults).toEqual([]);
    await provision(client);
  });

  it('S15 an earlier device of the desk has its own numbers', async () => {
    const { id, account: former } = await aDesk();
    const visits = chained(former.name, 5);
    await arrive(...visits.filter(({ number }) => number !== 2));
    const { body } = await api('POST', `/desks/${id}/code`, chief(), {});
    const { account } = await pair(String(body['code']));
    await arrive(...chained(account.name, 2));
    await report(account, { lastNumber: 2 });
    const faults = [{ account: former.name, isFormer: true, lost: [{ from: 2, to: 2 }] }];
    expect((await stateOf(id))?.faults).toMatchObject(faults);
    await report(account, { lastNumber: 2, unsent: [{ account: former.name, from: 2, to: 2 }] });
    expect((await stateOf(id))?.faults).toEqual([]);
  });

  it('S15 a restart forgets nothing, and continues from where it was', async () => {
    const { id, account } = await aDesk();
    const visits = chained(account.name, 6);
    await arrive(...visits.slice(0, 3));
    await report(account, { lastNumber: 6 });
    expect((await stateOf(id))?.faults).toMatchObject([{ lost: [{ from: 4, to: 6 }] }]);
    await server.close();
    await start();
    const stored = await server.client.request('GET', '/tiski-desks/_local/desk-chains');
    expect(stored.body).toMatchObject({ chains: { [account.name]: { runs: [{ from: 1, to: 3 }] } } });
    await arrive(...visits.slice(4));
    expect(await stateOf(id)).toMatchObject({
      report: { lastNumber: 6 },
      faults: [{ lost: [{ from: 4, to: 4 }] }],
    });
  });

  it('S8, S15 another copy of a database is counted from the start', async () => {
    const { id, account } = await aDesk();
    await arrive(...chained(account.name, 3));
    await report(account, { lastNumber: 3 });
    expect((await stateOf(id))?.faults).toEqual([]);
    await renewEpoch(server.client, 'tiski-visits-liikunta');
    expect((await stateOf(id))?.faults).toEqual([]);
  });
});
