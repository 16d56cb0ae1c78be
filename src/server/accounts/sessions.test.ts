import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send, type Account } from '../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../tests/server';
import { requireOk } from '../couch/client';

const sessionSeconds = 3600;

describe('sessions of the embedded endpoint', () => {
  let server: TestServer;
  let now = Date.parse('2026-11-22T08:00:00Z');
  const user: Account = { name: 'liisa', password: 'first-password' };

  beforeEach(async () => {
    server = await startTestServer({ now: () => new Date(now), sessionSeconds });
    const account = { ...user, _id: 'org.couchdb.user:liisa', type: 'user', roles: ['office'] };
    await requireOk(server.client, 'PUT', '/_users/org.couchdb.user:liisa', account);
  });
  afterEach(() => server.stop());

  const pass = (seconds: number) => (now += seconds * 1000);

  async function signIn(account = user): Promise<string> {
    const answer = await send('POST', `${server.url}/couch/_session`, { body: account });
    expect(answer.status).toBe(200);
    return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  async function whoIs(cookie: string): Promise<{ name: unknown; renewed: string | undefined }> {
    const answer = await send('GET', `${server.url}/couch/_session`, { headers: { cookie } });
    const { userCtx } = answer.body as { userCtx: { name: unknown } };
    return { name: userCtx.name, renewed: answer.headers.getSetCookie()[0]?.split(';')[0] };
  }

  it('renew themselves past half their life, and only then', async () => {
    const cookie = await signIn();
    pass(sessionSeconds / 2);
    expect(await whoIs(cookie)).toEqual({ name: 'liisa', renewed: undefined });
    pass(1);
    const { name, renewed = '' } = await whoIs(cookie);
    expect(name).toBe('liisa');
    pass(sessionSeconds / 2);
    expect(await whoIs(cookie)).toEqual({ name: null, renewed: undefined });
    expect((await whoIs(renewed)).name).toBe('liisa');
    pass(sessionSeconds);
    expect((await whoIs(renewed)).name).toBeNull();
  });

  it('end with the password with which they started', async () => {
    const cookie = await signIn();
    const url = `${server.url}/couch/_users/org.couchdb.user:liisa`;
    const stored = (await send('GET', url, { as: user })).body as object;
    expect((await send('PUT', url, { as: user, body: { ...stored, password: 'second' } })).status).toBe(201);
    expect((await whoIs(cookie)).name).toBeNull();
    expect((await whoIs(await signIn({ ...user, password: 'second' }))).name).toBe('liisa');
  });

  it('are not accepted if anything in them was changed', async () => {
    const cookie = await signIn();
    const [, token = ''] = cookie.split('=');
    const bytes = Buffer.from(token, 'base64url');
    const forged = [
      Buffer.concat([Uint8Array.from(Buffer.from('administrator')), Uint8Array.from(bytes.subarray(5))]),
      Buffer.from(bytes.toString('latin1').replace(/:[0-9A-F]+:/, ':FFFFFFFF:'), 'latin1'),
      bytes.subarray(0, 20),
      Buffer.from('liisa:x:y'),
      Buffer.from(':::'),
    ];
    for (const each of forged) {
      expect((await whoIs(`AuthSession=${each.toString('base64url')}`)).name).toBeNull();
    }
    expect((await whoIs('AuthSession=%%%')).name).toBeNull();
    expect((await whoIs(cookie)).name).toBe('liisa');
  });

  it('outlive a restart of the server', async () => {
    const cookie = await signIn();
    await server.close();
    const again = await startTestServer({
      dataDir: server.dataDir,
      now: () => new Date(now),
      sessionSeconds,
    });
    const answer = await send('GET', `${again.url}/couch/_session`, { headers: { cookie } });
    expect(answer.body).toMatchObject({ userCtx: { name: 'liisa' } });
    await again.close();
    server = await startTestServer({ dataDir: server.dataDir });
  });

  it('after ten wrong passwords the eleventh waits, right or wrong; known credentials and others do not', async () => {
    const basicUrl = `${server.url}/couch/_session`;
    const known = { name: server.adminName, password: server.adminPassword };
    expect((await send('GET', basicUrl, { as: known })).status).toBe(200);
    for (const name of ['liisa', server.adminName]) {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        expect((await send('GET', basicUrl, { as: { name, password: `wrong${attempt}` } })).status).toBe(401);
      }
    }
    const refused = await send('POST', basicUrl, { body: user });
    expect(refused).toMatchObject({ status: 429, body: { error: 'too_many_requests' } });
    expect(refused.headers.get('retry-after')).toBe('300');
    expect((await send('GET', basicUrl, { as: known })).status).toBe(200);
    pass(300);
    expect((await send('POST', basicUrl, { body: user })).status).toBe(200);
  });

  it('attempts made at the same moment are all counted', async () => {
    const attempts = Array.from({ length: 30 }, (_, index) =>
      send('GET', `${server.url}/couch/_session`, { as: { name: 'liisa', password: `wrong${index}` } }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    // The others had too many before them, or found no place in the queue.
    expect(statuses.filter((status) => status === 429 || status === 503)).toHaveLength(20);
  });

  it('a visitor’s mistyped passwords lock out nobody who has signed in at the same address', async () => {
    const url = `${server.url}/couch/_session`;
    await signIn();
    for (let attempt = 0; attempt < 105; attempt += 1) {
      const as = { name: attempt < 20 ? 'liisa' : `nobody${attempt % 30}`, password: `wrong${attempt}` };
      expect([401, 429]).toContain((await send('GET', url, { as })).status);
    }
    expect((await send('GET', url, { as: { name: 'stranger', password: 'x' } })).status).toBe(429);
    // Not the remembered password: the account has a new one since.
    const path = '/_users/org.couchdb.user:liisa';
    const stored = (await requireOk(server.client, 'GET', path)) as object;
    await requireOk(server.client, 'PUT', path, { ...stored, password: 'second-password' });
    await signIn({ ...user, password: 'second-password' });
  });

  it('end when somebody signs out, renewed or not, also for a copy and after a restart', async () => {
    const first = await signIn();
    pass(sessionSeconds / 2 + 1);
    const { renewed = '' } = await whoIs(first);
    expect((await whoIs(renewed)).name).toBe('liisa');
    await send('DELETE', `${server.url}/couch/_session`, { headers: { cookie: renewed } });
    expect([(await whoIs(first)).name, (await whoIs(renewed)).name]).toEqual([null, null]);
    const again = await signIn();
    expect(again).not.toBe(renewed);
    expect((await whoIs(again)).name).toBe('liisa');
    await server.close();
    server = await startTestServer({ dataDir: server.dataDir, now: () => new Date(now), sessionSeconds });
    expect([(await whoIs(renewed)).name, (await whoIs(again)).name]).toEqual([null, 'liisa']);
  });

  it('a right password used thirty times at once is never refused', async () => {
    const attempts = Array.from({ length: 30 }, () =>
      send('GET', `${server.url}/couch/_session`, { as: user }),
    );
    expect(new Set((await Promise.all(attempts)).map(({ status }) => status))).toEqual(new Set([200]));
  });
});
