import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, targets, type Account, type CallOptions, type Target } from './couch-target';
import { path, startRightsCity } from './rights-city';

describe.each(targets)('accounts, over $name', ({ start }) => {
  let target: Target;
  let hall: Account;
  let gym: Account;

  beforeAll(async () => {
    ({ target, hall, gym } = await startRightsCity(start));
  });
  afterAll(() => target.stop());

  describe('_users', () => {
    const own = (account: Account) => `/_users/org.couchdb.user:${account.name}`;

    it('lets everybody change their own password, after which the old one is wrong', async () => {
      const user = await target.addAccount('changer', ['desk']);
      const account = (await target.couch('GET', own(user), { as: user })).body as object;
      const fresh = { ...user, password: 'a-new-password' };
      const changed = await target.couch('PUT', own(user), {
        as: user,
        body: { ...account, password: fresh.password },
      });
      expect(changed.status).toBe(201);
      expect((await target.couch('GET', '/_session', { as: fresh })).status).toBe(200);
      expect((await target.couch('GET', path('tiski-register'), { as: fresh })).status).toBe(200);
      expect(failure(await target.couch('GET', '/_session', { as: user }))).toEqual([401, 'unauthorized']);
      const session = await target.couch('GET', '/_session', { as: fresh });
      expect(session).toMatchObject({ status: 200, body: { userCtx: { name: user.name, roles: ['desk'] } } });
    });

    it('lets nobody change anything but the password of their own account', async () => {
      const account = (await target.couch('GET', own(hall), { as: hall })).body as { _rev: string };
      const change = { ...account, password: hall.password };
      const bytes = { content_type: 'text/plain', data: 'aGVsbG8=' };
      const [, hash = ''] = account._rev.split('-');
      const wrong: [string, object][] = [
        ['', { ...change, _attachments: { 'a.txt': bytes } }],
        ['', { ...change, photo: 'x' }],
        ['', { ...change, name: 'other' }],
        ['', { ...change, _deleted: true }],
        ['?new_edits=false', { ...change, _revisions: { start: 900, ids: ['ff', hash] } }],
      ];
      for (const [query, body] of wrong) {
        const answer = await target.couch('PUT', `${own(hall)}${query}`, { as: hall, body });
        expect([body, ...failure(answer)]).toEqual([body, 403, 'forbidden']);
      }
      const unchanged = (await target.couch('GET', own(hall), { as: hall })).body;
      expect(unchanged).toEqual(account);
    });

    it('keeps the form of an account, for administrators too', async () => {
      const name = `${target.prefix}form`;
      const account = { name, type: 'user', roles: [], password: 'x' };
      for (const wrong of [
        { ...account, type: 'thing' },
        { ...account, name: 'other' },
        { ...account, roles: 'desk' },
        { ...account, roles: ['_admin'] },
        { ...account, roles: [5] },
      ]) {
        const answer = await target.couch('PUT', own({ name, password: '' }), {
          as: target.admin,
          body: wrong,
        });
        expect(failure(answer)).toEqual([403, 'forbidden']);
      }
    });
  });

  describe('_session', () => {
    it('signs in by name and password, and out', async () => {
      const { name, password } = hall;
      const signedIn = await target.couch('POST', '/_session', { body: { name, password } });
      expect(signedIn).toMatchObject({ status: 200, body: { ok: true, name } });
      const [cookie = ''] = signedIn.headers.getSetCookie();
      expect(cookie).toMatch(/^AuthSession=[\w-]+;/);
      for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(attribute);
      expect(cookie).not.toContain('Secure');
      const session = { headers: { cookie: cookie.split(';')[0] ?? '' } };
      const who = await target.couch('GET', '/_session', session);
      expect(who.body).toMatchObject({ userCtx: { name }, info: { authenticated: 'cookie' } });
      expect((await target.couch('GET', path('tiski-register'), session)).status).toBe(200);
      const signedOut = await target.couch('DELETE', '/_session', session);
      expect(signedOut.status).toBe(200);
      expect(signedOut.headers.getSetCookie()[0]).toMatch(/^AuthSession=;.*Max-Age=0/);
    });

    it('marks a browser in which the name signs in, and no other client', async () => {
      const { name, password } = hall;
      const cookies = async (headers: Record<string, string>) => {
        const signedIn = await target.couch('POST', '/_session', { body: { name, password }, headers });
        return signedIn.headers.getSetCookie();
      };
      for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: target.url }]) {
        const [session, device, ...others] = await cookies(headers);
        expect(session).toMatch(/^AuthSession=/);
        expect(device).toMatch(
          /^TiskiDevice=[\w-]{70}; .*Path=\/couch\/_session; HttpOnly; SameSite=Strict$/,
        );
        expect(others).toEqual([]);
      }
      const [, device] = await cookies({ origin: target.url, 'x-forwarded-proto': 'https' });
      expect(device).toMatch(/; Secure/);
      expect(await cookies({})).toEqual([expect.stringMatching(/^AuthSession=/)]);
    });

    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const formOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

    it('accepts `username` for `name`, and a form for JSON, as other clients send them', async () => {
      const { name, password } = hall;
      for (const options of [
        { body: { username: name, password } },
        { body: { username: name, name, password } },
        { body: formOf({ name, password }), headers: form },
        { body: formOf({ username: name, password }), headers: form },
      ]) {
        const answer = await target.couch('POST', '/_session', options);
        expect(answer).toMatchObject({ status: 200, body: { ok: true, name } });
      }
    });

    it('accepts a form only from a page of this origin: another site could sign somebody in', async () => {
      const { name, password } = hall;
      const signIn = (headers: Record<string, string>) =>
        target.couch('POST', '/_session', {
          body: formOf({ name, password }),
          headers: { ...form, ...headers },
        });
      for (const headers of [
        { origin: 'https://elsewhere.example' },
        { origin: 'null' },
        { origin: target.url.replace(/\d+$/, '1') },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site', origin: target.url },
      ]) {
        const answer = await signIn(headers);
        expect([headers, ...failure(answer)]).toEqual([headers, 403, 'forbidden']);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
      expect((await signIn({ origin: target.url })).status).toBe(200);
      expect((await signIn({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
      // Behind a proxy that speaks TLS the origin is the one that the browser knows.
      const tls = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'tiski.example' };
      expect((await signIn({ ...tls, origin: 'https://tiski.example' })).status).toBe(200);
    });

    it('counts failed attempts for the one name that is tried, however it is given', async () => {
      const victim = await target.addAccount('victim', ['desk']);
      const { name } = victim;
      for (const body of [
        { name: hall.name, username: name, password: 'x' },
        { name, username: hall.name, password: 'x' },
        { name, username: 5, password: 'x' },
      ]) {
        expect(failure(await target.couch('POST', '/_session', { body }))).toEqual([400, 'bad_request']);
      }
      for (const body of [`name=${hall.name}&name=${name}&password=x`, 'password=x']) {
        const answer = await target.couch('POST', '/_session', { body, headers: form });
        expect([body, ...failure(answer)]).toEqual([body, 400, 'bad_request']);
      }
      // Somebody else's right password in the header does not reduce the count.
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const body = formOf({ username: name, password: `wrong${attempt}` });
        const answer = await target.couch('POST', '/_session', { as: hall, body, headers: form });
        expect([401, 429]).toContain(answer.status);
      }
      expect((await target.couch('POST', '/_session', { body: victim })).status).toBe(429);
      expect((await target.couch('GET', '/_session', { as: hall })).status).toBe(200);
    });

    it('is Secure when the request came over TLS', async () => {
      const { name, password } = hall;
      const headers = { 'x-forwarded-proto': 'https' };
      const signedIn = await target.couch('POST', '/_session', { body: { name, password }, headers });
      expect(signedIn.headers.getSetCookie()[0]).toContain('Secure');
      expect(signedIn.headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
    });

    it('refuses wrong names, wrong passwords and malformed bodies', async () => {
      const { name, password } = gym;
      for (const body of [
        { name, password: 'wrong' },
        { name: 'nobody', password },
      ]) {
        const answer = await target.couch('POST', '/_session', { body });
        expect(failure(answer)).toEqual([401, 'unauthorized']);
      }
      expect(failure(await target.couch('POST', '/_session', { body: '{bad' }))).toEqual([
        400,
        'bad_request',
      ]);
      expect(failure(await target.couch('POST', '/_session', { body: {} }))).toEqual([400, 'bad_request']);
      const zzz = await target.couch('GET', '/_session', { headers: { authorization: 'Basic zzz' } });
      expect(failure(zzz)).toEqual([400, 'bad_request']);
      const other = await target.couch('GET', '/_session', { headers: { authorization: 'Bearer x' } });
      expect(other).toMatchObject({ status: 200, body: { userCtx: { name: null, roles: [] } } });
    });

    it('signing out ends the session at the server, also for a copy of its cookie; a new one is another', async () => {
      const cookieFrom = async (method: string, options: CallOptions) => {
        const answer = await target.couch(method, '/_session', options);
        return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      };
      const whoIs = async (cookie: string) => {
        const { body } = await target.couch('GET', '/_session', { headers: { cookie } });
        return (body as { userCtx: { name: string | null } }).userCtx.name;
      };
      const copied = await cookieFrom('POST', { body: hall });
      expect(await whoIs(copied)).toBe(hall.name);
      await target.couch('DELETE', '/_session', { headers: { cookie: copied } });
      expect(await whoIs(copied)).toBeNull();
      const register = await target.couch('GET', path('tiski-register'), {
        headers: { cookie: copied },
      });
      expect(failure(register)).toEqual([401, 'unauthorized']);
      const next = await cookieFrom('POST', { body: hall });
      expect(await whoIs(next)).toBe(hall.name);
    });

    it('answers 429 with Retry-After after thirty wrong passwords where somebody has signed in before; other names and sessions are unaffected', async () => {
      const user = await target.addAccount('limited', ['desk']);
      const signedIn = await target.couch('POST', '/_session', { body: user });
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      for (let attempt = 0; attempt < 30; attempt += 1) {
        const as = { ...user, password: `wrong${attempt}` };
        // CouchDB's own limit may be lower than ours.
        expect([401, 429]).toContain((await target.couch('GET', '/_session', { as })).status);
      }
      for (const attempt of [
        await target.couch('GET', '/_session', { as: { ...user, password: 'wrong' } }),
        await target.couch('POST', '/_session', { body: { ...user, password: 'wrong' } }),
      ]) {
        expect(attempt.status).toBe(429);
        expect(Number(attempt.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      const session = await target.couch('GET', '/_session', { headers: { cookie } });
      expect(session.body).toMatchObject({ userCtx: { name: user.name } });
      expect((await target.couch('GET', '/_session', { as: hall })).status).toBe(200);
    });
  });
});
