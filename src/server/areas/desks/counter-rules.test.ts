import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeskReport } from '$lib/documents/fleet/desk-report';
import { defaultCounterRules, type CounterRules } from '$lib/domain/fleet/counter-rules';
import { aService, aVenue, aVisit } from '../../../../tests/builders';
import { send, type Account } from '../../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../../tests/server';

const now = new Date('2026-11-23T08:00:00Z');
const strict: CounterRules = { mayOverride: false, mayType: false, logsAtOnce: true };
const report: DeskReport = {
  v: 1,
  at: now.toISOString(),
  waiting: 0,
  refused: 0,
  quarantined: 0,
  version: '1',
  lastNumber: 0,
  unsent: [],
};

let server: TestServer;
let chief: Account;

beforeEach(async () => {
  server = await startTestServer({ now: () => now });
  chief = { name: server.adminName, password: server.adminPassword };
  for (const document of [aService('swim'), aVenue('uimahalli')]) {
    await server.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
  }
});
afterEach(() => server.stop());

const call = (method: string, path: string, as: Account | undefined, body?: unknown) =>
  send(method, `${server.url}${path}`, { ...(as && { as }), ...(body !== undefined && { body }) });
const change = (id: string, as: Account | undefined, body: unknown) =>
  call('POST', `/api/desks/${id}/rules`, as, body);

async function aDesk() {
  const added = await call('POST', '/api/desks', chief, { name: 'Kassa 1', venue: 'uimahalli' });
  const { desk, code } = added.body as { desk: { id: string; rules: CounterRules }; code: string };
  const { body } = await call('POST', '/api/pair', undefined, { code });
  const paired = body as { desk: { rules: CounterRules }; account: Account };
  return { id: desk.id, added: desk.rules, paired: paired.desk.rules, account: paired.account };
}

const told = async (account: Account) =>
  ((await call('POST', '/api/desks/report', account, report)).body as { rules: unknown }).rules;

describe('what the office lets the staff of a desk do', () => {
  it('S15 starts with the defaults, and comes with the pairing and with the answer to each report', async () => {
    const desk = await aDesk();
    expect([desk.added, desk.paired, await told(desk.account)]).toEqual(Array(3).fill(defaultCounterRules));
    const changed = await change(desk.id, chief, strict);
    expect(changed).toMatchObject({ status: 200, body: { desk: { id: desk.id, rules: strict } } });
    expect(await told(desk.account)).toEqual(strict);
    const listed = await call('GET', '/api/desks', chief);
    expect(listed.body).toMatchObject({ desks: [{ id: desk.id, rules: strict }] });
    const fresh = await call('POST', `/api/desks/${desk.id}/code`, chief, {});
    const { code } = fresh.body as { code: string };
    const paired = await call('POST', '/api/pair', undefined, { code });
    expect(paired.body).toMatchObject({ desk: { rules: strict } });
  });

  it('is changed by those who may revoke a desk, and by no desk', async () => {
    const { id, account } = await aDesk();
    const office = { name: 'office', password: 'of the office 1' };
    const user = {
      _id: 'org.couchdb.user:office',
      type: 'user',
      ...office,
      roles: ['office', 'coordinator'],
    };
    expect((await server.client.request('PUT', `/_users/${user._id}`, user)).status).toBe(201);
    for (const as of [account, office]) {
      expect(await change(id, as, strict)).toMatchObject({ status: 403, body: { error: 'not-allowed' } });
    }
    expect(await change(id, undefined, strict)).toMatchObject({ status: 401 });
    expect(await change(id, { ...chief, password: 'wrong' }, strict)).toMatchObject({ status: 401 });
    // Neither in the document itself, nor with its report.
    const path = `/tiski-desks/${encodeURIComponent(`desk:${id}`)}`;
    const stored = (await server.client.request('GET', path)).body as object;
    const forged = await call('PUT', `/couch${path}`, account, { ...stored, rules: strict });
    expect(forged.status).toBe(403);
    const asReport = await call('POST', '/api/desks/report', account, { ...report, rules: strict });
    expect(asReport.body).toMatchObject({ rules: defaultCounterRules });
    expect(await told(account)).toEqual(defaultCounterRules);
  });

  it.each([
    [{ ...strict, mayEverything: true }, 400, 'invalid-rules'],
    [{ ...strict, mayType: 'false' }, 400, 'invalid-rules'],
    [{ mayOverride: false, mayType: false }, 400, 'invalid-rules'],
    [{}, 400, 'invalid-rules'],
    [[], 400, 'not-an-object'],
    [{ ...strict, note: 'x'.repeat(20_000) }, 413, 'too-large'],
  ])('%j is answered with %i %s, and nothing changes', async (body, status, error) => {
    const { id, account } = await aDesk();
    expect(await change(id, chief, body)).toMatchObject({ status, body: { error } });
    expect(await told(account)).toEqual(defaultCounterRules);
  });

  it('is not set for a desk that doesn’t exist, or was revoked', async () => {
    const { id } = await aDesk();
    expect(await change('nothing', chief, strict)).toMatchObject({ status: 404 });
    await call('POST', `/api/desks/${id}/revoke`, chief, {});
    const refused = await change(id, chief, strict);
    expect(refused).toMatchObject({ status: 409, body: { error: 'desk-revoked' } });
  });

  it('is a rule for people: R15 a visit with an override is stored all the same', async () => {
    const { id, account } = await aDesk();
    await change(id, chief, strict);
    const visit = aVisit(account.name, 1, { override: { reason: 'staff-decision' } });
    const stored = await call('PUT', `/couch/tiski-visits-liikunta/${visit._id}`, account, visit);
    expect(stored.status).toBe(201);
  });
});
