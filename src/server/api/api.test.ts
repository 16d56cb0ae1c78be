import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { provision } from '../provision/provision';
import { aService, aVenue } from '../../../tests/builders';
import { basic, targets, type Account, type Answer, type Target } from '../../../tests/contract/couch-target';

interface Issued {
  desk: { id: string; name: string; account: string; status: string; rules: object };
  code: string;
  expiresAt: string;
}
interface Paired {
  desk: { id: string; name: string; venue: string; sectors: string[] };
  account: Account;
}

const catalogue = [
  aVenue('uimahalli'),
  aVenue('teatteri'),
  aService('uinti'),
  aService('kahvio', { sector: 'ruoka', venues: ['uimahalli', 'teatteri'] }),
];

/** Pairing works the same over both stores. */
describe.each(targets)('/api over $name', ({ start }) => {
  let target: Target;
  let chief: Account;
  let office: Account;

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    for (const document of catalogue) {
      await target.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
    }
    chief = await target.addAccount('chief', ['administrator']);
    office = await target.addAccount('office', ['office']);
  });
  afterAll(() => target.stop());

  const api = (method: string, path: string, as?: Account, body?: unknown): Promise<Answer> =>
    target.call(method, `/api${path}`, { ...(as && { as }), ...(body !== undefined && { body }) });

  async function addDesk(name = 'Kassa 1', venue = 'uimahalli'): Promise<Issued> {
    const answer = await api('POST', '/desks', chief, { name, venue });
    expect(answer.status).toBe(201);
    return answer.body as Issued;
  }

  async function pair(code: string): Promise<Paired> {
    const answer = await api('POST', '/pair', undefined, { code });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as Paired;
  }

  const register = (as: Account) => target.couch('GET', '/tiski-register', { as });

  it('health gives store, version, time and whether it is a demo', async () => {
    const { status, body } = await api('GET', '/health');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ok',
      version: 'test',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      store: expect.stringMatching(/^(embedded|couchdb)$/) as string,
      demo: false,
    });
  });

  it('a desk is added, paired with its code in any spelling, and changes its password', async () => {
    const issued = await addDesk('Kassa A');
    expect(issued.code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    expect(issued.desk).toMatchObject({ name: 'Kassa A', status: 'waiting' });
    const { desk, account } = await pair(` ${issued.code.toLowerCase().replace('-', ' ')} `);
    expect(desk).toEqual({
      id: issued.desk.id,
      name: 'Kassa A',
      venue: 'uimahalli',
      sectors: ['liikunta', 'ruoka'],
      rules: { mayOverride: true, mayType: true, logsAtOnce: false },
    });
    expect(account.name).toMatch(/^desk-[a-z0-9]{8}$/);
    const session = await target.couch('GET', '/_session', { as: account });
    const roles = ['desk', 'venue:uimahalli', 'sector:liikunta', 'sector:ruoka'];
    expect(session.body).toMatchObject({ userCtx: { name: account.name, roles } });
    expect((await register(account)).status).toBe(200);
    // The visits databases of new sectors came with the desk.
    const visits = await target.couch('GET', '/tiski-visits-ruoka', { as: account });
    expect(visits.status).toBe(200);

    const path = `/_users/org.couchdb.user:${account.name}`;
    const stored = (await target.couch('GET', path, { as: account })).body as object;
    const own = { ...account, password: 'of-the-device-alone' };
    const body = { ...stored, password: own.password };
    expect((await target.couch('PUT', path, { as: account, body })).status).toBe(201);
    await vi.waitFor(async () => expect((await register(own)).status).toBe(200));
    expect((await register(account)).status).toBe(401);
    const listed = (await api('GET', '/desks', chief)).body as { desks: { id: string; status: string }[] };
    expect(listed.desks.find(({ id }) => id === desk.id)).toMatchObject({
      status: 'paired',
      account: own.name,
    });
  });

  it('a code works once, even when two devices use it at the same moment', async () => {
    const { code } = await addDesk();
    const answers = await Promise.all([1, 2].map(() => api('POST', '/pair', undefined, { code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const third = await api('POST', '/pair', undefined, { code });
    expect(third).toMatchObject({ status: 404, body: { error: 'unknown-code', field: 'code' } });
  });

  it('a fresh code replaces the previous one', async () => {
    const first = await addDesk();
    const fresh = await api('POST', `/desks/${first.desk.id}/code`, chief, {});
    expect(fresh.status).toBe(201);
    expect((await api('POST', '/pair', undefined, { code: first.code })).status).toBe(404);
    const { desk } = await pair((fresh.body as Issued).code);
    expect(desk.id).toBe(first.desk.id);
  });

  it("a new device in a desk's place has an account of its own, and the old one is revoked", async () => {
    const issued = await addDesk();
    const old = await pair(issued.code);
    const { code } = (await api('POST', `/desks/${issued.desk.id}/code`, chief, {})).body as Issued;
    expect((await register(old.account)).status).toBe(200);
    const fresh = await pair(code);
    expect(fresh.desk.id).toBe(old.desk.id);
    expect(fresh.account.name).not.toBe(old.account.name);
    expect((await register(fresh.account)).status).toBe(200);
    await expectRevoked(old.account);
  });

  async function expectRevoked(account: Account): Promise<void> {
    // A CouchDB remembers an account for a moment.
    await vi.waitFor(async () => expect((await register(account)).status).toBe(403));
    const session = await target.couch('GET', '/_session', { as: account });
    expect(session).toMatchObject({
      status: 200,
      body: { userCtx: { name: account.name, roles: ['revoked'] } },
    });
  }

  it('S11 a revoked desk can still sign in and has no right left; its codes are void', async () => {
    const issued = await addDesk();
    const { account } = await pair(issued.code);
    const { code } = (await api('POST', `/desks/${issued.desk.id}/code`, chief, {})).body as Issued;
    const revoked = await api('POST', `/desks/${issued.desk.id}/revoke`, chief, {});
    expect(revoked).toMatchObject({ status: 200, body: { desk: { status: 'revoked' } } });
    await expectRevoked(account);
    expect((await api('POST', '/pair', undefined, { code })).status).toBe(404);
    const again = await api('POST', `/desks/${issued.desk.id}/code`, chief, {});
    expect(again).toMatchObject({ status: 409, body: { error: 'desk-revoked' } });
    expect((await api('POST', `/desks/${issued.desk.id}/revoke`, chief, {})).status).toBe(200);
  });

  it('only administrators see, add and revoke desks, by session or Basic', async () => {
    const { desk } = await addDesk();
    const requests: [string, string, unknown?][] = [
      ['GET', '/desks'],
      ['POST', '/desks', { name: 'x', venue: 'uimahalli' }],
      ['POST', `/desks/${desk.id}/code`, {}],
      ['POST', `/desks/${desk.id}/rules`, desk.rules],
      ['POST', `/desks/${desk.id}/revoke`, {}],
    ];
    for (const [method, path, body] of requests) {
      expect(await api(method, path, undefined, body)).toMatchObject({
        status: 401,
        body: { error: 'signed-out' },
      });
      expect(await api(method, path, office, body)).toMatchObject({
        status: 403,
        body: { error: 'not-allowed' },
      });
      const wrong = { ...chief, password: 'wrong' };
      expect(await api(method, path, wrong, body)).toMatchObject({
        status: 401,
        body: { error: 'wrong-credentials' },
      });
    }
    const signedIn = await target.couch('POST', '/_session', { body: chief });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect((await target.call('GET', '/api/desks', { headers: { cookie } })).status).toBe(200);
  });

  it('a form of another site can not post', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(chief) };
    for (const path of ['/api/desks', '/api/pair', '/api/demo/desk', '/api/cards/find']) {
      const answer = await target.call('POST', path, { headers, body: 'name=x&venue=uimahalli' });
      expect(answer).toMatchObject({ status: 415, body: { error: 'not-json' } });
      const none = await target.call('POST', path, { headers: { authorization: basic(chief) } });
      expect(none.status).toBe(415);
    }
  });

  it.each([
    ['POST', '/desks', '{bad', 400, 'not-json'],
    ['POST', '/desks', [], 400, 'not-an-object'],
    ['POST', '/desks', {}, 400, 'invalid-name'],
    ['POST', '/desks', { name: '  ', venue: 'uimahalli' }, 400, 'invalid-name'],
    ['POST', '/desks', { name: 'x'.repeat(61), venue: 'uimahalli' }, 400, 'invalid-name'],
    ['POST', '/desks', { name: 'x', venue: 'nowhere' }, 400, 'unknown-venue'],
    ['POST', '/desks', { name: 'x', venue: '../x' }, 400, 'unknown-venue'],
    ['POST', '/desks', { name: 'x', venue: 5 }, 400, 'unknown-venue'],
    ['POST', '/desks', { name: 'x'.repeat(20_000) }, 413, 'too-large'],
    ['POST', '/desks/nothing/code', {}, 404, 'unknown-desk'],
    ['POST', '/desks/__proto__/revoke', {}, 404, 'unknown-desk'],
    ['POST', '/desks/a%2Fb/revoke', {}, 404, 'unknown-desk'],
    ['GET', '/nothing', undefined, 404, 'not-found'],
    ['GET', '/demo/cards', undefined, 404, 'not-a-demo'],
    ['POST', '/demo/desk', { venue: 'uimahalli' }, 404, 'not-a-demo'],
  ])('%s %s %j is answered with %i %s', async (method, path, body, status, error) => {
    const answer = await api(method, path, chief, body);
    expect(answer).toMatchObject({ status, body: { error, reason: expect.any(String) as string } });
  });
});
