import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aScheme, aService, aVenue } from '../../../../tests/builders';
import type { Account } from '../../../../tests/contract/couch-target';
import { aCriteriaInput, anOrganisation } from '../../../../tests/criteria';
import { anAccount, as, loggedActions } from '../../../../tests/people';
import { startTestServer, type TestServer } from '../../../../tests/server';
import type { PublicSchemes } from '$lib/documents/criteria/public-schemes';
import { requireOk } from '../../couch/client';

let time = '2026-11-22T08:00:00Z';
const now = () => new Date(time);

let server: TestServer;
let accounts: Record<'coordinator' | 'other' | 'referrer' | 'office', Account>;
let scheme = '';
let made = 0;

beforeAll(async () => {
  server = await startTestServer({ now });
  const { client } = server;
  accounts = {
    coordinator: await anAccount(client, 'coordinator', 'coordinator'),
    other: await anAccount(client, 'other', 'coordinator'),
    referrer: await anAccount(client, 'referrer', 'referrer'),
    office: await anAccount(client, 'office', 'office'),
  };
  await store(aVenue('halli'));
  await store({ ...aService('uinti'), venues: ['halli'] });
  const list = [anOrganisation('sosiaalipalvelut', 'Sosiaalipalvelut'), anOrganisation('seura', 'Seura')];
  expect((await call('coordinator')('POST', '/api/organisations', { rev: null, list })).status).toBe(200);
});
beforeEach(async () => {
  time = '2026-11-22T08:00:00Z';
  made += 1;
  scheme = `kortti-${made}`;
  await store({ ...aScheme(scheme), services: ['uinti'] });
});
afterAll(() => server.stop());

const store = ({ _id, ...rest }: { _id: string; [field: string]: unknown }) =>
  requireOk(server.client, 'PUT', `/tiski-catalogue/${encodeURIComponent(_id)}`, rest);
const call = (who: keyof typeof accounts) => as(server.url, accounts[who]);
const add = (
  who: keyof typeof accounts,
  body: { base: number; replaces?: number },
  changes: Parameters<typeof aCriteriaInput>[0] = {},
) => call(who)('POST', `/api/criteria/${scheme}`, { ...body, criteria: aCriteriaInput(changes) });
const versions = async () => (await call('referrer')('GET', `/api/criteria/${scheme}`)).body;
const askPublic = (headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/public/schemes`, { headers });
const ofScheme = ({ schemes }: PublicSchemes) => schemes.find(({ id }) => id === scheme);

describe('criteria of a scheme', () => {
  it('have none at first, then a version in force, and each change is logged with its author', async () => {
    expect(await versions()).toEqual({ newest: 0, coming: [], before: [] });
    const before = (await loggedActions(server.client)).length;
    expect(await add('coordinator', { base: 0 })).toMatchObject({ status: 201, body: { version: 1 } });
    expect(await versions()).toMatchObject({
      newest: 1,
      inForce: { version: 1, by: 'coordinator', at: '2026-11-22T08:00:00.000Z' },
    });
    expect((await loggedActions(server.client)).slice(before)).toEqual([
      {
        account: 'coordinator',
        action: 'criteria-changed',
        about: `${scheme} version 1 from 2026-11-22`,
      },
    ]);
  });

  it('B33 B34 change from a day on; what is to come may be replaced, what has begun never', async () => {
    await add('coordinator', { base: 0 });
    expect((await add('coordinator', { base: 1 }, { from: '2027-01-01' })).status).toBe(201);
    expect(await add('other', { base: 2 }, { from: '2027-01-01' })).toMatchObject({
      status: 422,
      body: { error: 'same-day', field: 'criteria.from' },
    });
    expect(
      await add('other', { base: 2, replaces: 2 }, { from: '2027-01-01', validity: { months: 6 } }),
    ).toMatchObject({ body: { version: 3 } });
    expect(await versions()).toMatchObject({
      newest: 3,
      inForce: { version: 1 },
      coming: [{ version: 3, validity: { months: 6 } }],
      before: [],
    });
    // Midnight in Finland, not in Greenwich.
    time = '2026-12-31T22:30:00Z';
    expect(await versions()).toMatchObject({ inForce: { version: 3 }, before: [{ version: 1 }] });
    expect(await add('other', { base: 3, replaces: 3 }, { from: '2027-02-01' })).toMatchObject({
      status: 422,
      body: { error: 'begun' },
    });
    expect(await add('other', { base: 3 }, { from: '2026-12-31' })).toMatchObject({
      body: { error: 'too-early' },
    });
  });

  it('are changed by one of two coordinators at once; the other is told, and the log says what was not done', async () => {
    const answers = await Promise.all([add('coordinator', { base: 0 }), add('other', { base: 0 })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ error: 'changed' });
    expect(await versions()).toMatchObject({ newest: 1, before: [] });
    expect(await add('other', { base: 0 })).toMatchObject({ status: 409, body: { error: 'changed' } });
  });

  it('name the field that is wrong', async () => {
    const ask = (criteria: object) =>
      call('coordinator')('POST', `/api/criteria/${scheme}`, { base: 0, criteria });
    expect(await ask(aCriteriaInput({ validity: { months: 0 } }))).toMatchObject({
      status: 400,
      body: { field: 'criteria.validity.months', reason: 'criteria.validity.months: out-of-range' },
    });
    const [path] = aCriteriaInput().servicePaths;
    const servicePaths = path ? [{ ...path, organisations: ['seura', 'nobody'] }] : [];
    expect(await ask(aCriteriaInput({ servicePaths }))).toMatchObject({
      status: 422,
      body: { error: 'unknown-organisation', field: 'criteria.servicePaths.0.organisations' },
    });
    expect((await ask({ ...aCriteriaInput(), note: 'x'.repeat(70_000) })).status).toBe(413);
    for (const odd of ['nowhere', 'x'.repeat(2_000), '_design%2Ftiski', '..%2Fx']) {
      const asked = { base: 0, criteria: aCriteriaInput() };
      expect((await call('coordinator')('POST', `/api/criteria/${odd}`, asked)).status).toBe(404);
      expect((await call('coordinator')('GET', `/api/criteria/${odd}`)).status).toBe(404);
    }
  });

  it('are read by whoever works by them, and changed by coordinators alone', async () => {
    expect((await call('referrer')('GET', '/api/criteria')).body).toMatchObject({
      today: '2026-11-22',
      schemes: expect.arrayContaining([expect.objectContaining({ scheme, newest: 0 })]) as unknown,
      organisations: { list: [{ id: 'sosiaalipalvelut' }, { id: 'seura' }] },
    });
    expect((await call('office')('GET', '/api/criteria')).status).toBe(403);
    expect((await add('referrer', { base: 0 })).status).toBe(403);
    expect((await call('referrer')('POST', '/api/organisations', { rev: null, list: [] })).status).toBe(403);
  });
});

describe('organisations', () => {
  interface Listed {
    organisations: { rev: string; list: ReturnType<typeof anOrganisation>[] };
  }
  const read = async () => ((await call('other')('GET', '/api/criteria')).body as Listed).organisations;

  it('are replaced by whoever has seen the list, and stay while a path needs them', async () => {
    await add('coordinator', { base: 0 });
    const { rev, list } = await read();
    const added = [...list, anOrganisation('tyopaja')];
    expect((await call('other')('POST', '/api/organisations', { rev, list: added })).status).toBe(200);
    expect(await call('coordinator')('POST', '/api/organisations', { rev, list })).toMatchObject({
      status: 409,
      body: { error: 'changed' },
    });
    const { rev: newest } = await read();
    const without = (id: string) => added.filter((each) => each.id !== id);
    expect(
      await call('other')('POST', '/api/organisations', { rev: newest, list: without('sosiaalipalvelut') }),
    ).toMatchObject({ status: 422, body: { error: 'in-use' } });
    const answer = await call('other')('POST', '/api/organisations', {
      rev: newest,
      list: without('tyopaja'),
    });
    expect(answer.status).toBe(200);
    expect((await loggedActions(server.client)).at(-1)).toEqual({
      account: 'other',
      action: 'organisations-changed',
      about: '2 organisations -tyopaja',
    });
  });
});

describe('what everybody may read', () => {
  it('says who a scheme is for, what it gives and who refers, and nothing of questions, people or numbers', async () => {
    await add('coordinator', { base: 0 });
    const body = (await (await askPublic()).json()) as PublicSchemes;
    expect(ofScheme(body)).toMatchObject({
      mode: 'decision',
      whoQualifies: { fi: 'Kortin saa pitkään työttömänä ollut.' },
      validity: { months: 12 },
      gives: [{ names: aService('uinti').names, venues: [aVenue('halli').names], isPaused: false }],
      paths: [{ organisations: [{ names: { fi: 'Sosiaalipalvelut' } }] }],
    });
    expect(JSON.stringify(body)).not.toMatch(/Esimerkki|Elämäntilanne|"most"|coordinator/);
  });

  it('is not spoilt by criteria that can not be read, which nobody overwrites', async () => {
    await add('coordinator', { base: 0 });
    const unreadable = { type: 'criteria', v: 1, versions: 'x' };
    await store({ ...aScheme('outo') });
    await requireOk(server.client, 'PUT', '/tiski-office/criteria:outo', unreadable);
    expect(ofScheme((await (await askPublic()).json()) as PublicSchemes)).toBeDefined();
    const asked = { base: 0, criteria: aCriteriaInput() };
    expect((await call('coordinator')('POST', '/api/criteria/outo', asked)).status).toBe(500);
  });

  it('has no scheme whose criteria have not begun', async () => {
    await add('coordinator', { base: 0 }, { from: '2026-11-23' });
    expect(ofScheme((await (await askPublic()).json()) as PublicSchemes)).toBeUndefined();
  });

  it('is not sent again to whoever has it', async () => {
    await add('coordinator', { base: 0 });
    const first = await askPublic();
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('public, max-age=60');
    expect((await askPublic({ 'if-none-match': etag })).status).toBe(304);
    await add('coordinator', { base: 1 }, { mode: 'hand-out' });
    expect((await askPublic({ 'if-none-match': etag })).status).toBe(200);
  });
});
