import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send, type Account, type Answer } from '../../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../../tests/server';

const password = 'a sentence to remember';
const fromBrowser = { 'sec-fetch-site': 'same-origin', 'user-agent': 'Mozilla Firefox/140 (Windows NT 10)' };
const hour = 3600_000;

describe('accounts of people', () => {
  let server: TestServer;
  let now = Date.parse('2026-11-22T08:00:00Z');
  let chief: Account;

  beforeEach(async () => {
    server = await startTestServer({ now: () => new Date(now) });
    chief = { name: server.adminName, password: server.adminPassword };
  });
  afterEach(() => server.stop());

  const api = (method: string, path: string, body?: object, as: Account | string = chief): Promise<Answer> =>
    send(method, `${server.url}/api${path}`, {
      ...(typeof as === 'string' ? { headers: { ...fromBrowser, cookie: as } } : { as }),
      ...(body && { body }),
    });
  const open = (path: string, body: object) =>
    send('POST', `${server.url}/api/invitations/${path}`, { body });
  const errorOf = ({ status, body }: Answer) => [status, (body as { error?: string }).error];

  async function invite(rights: string[], more: object = {}): Promise<string> {
    const answer = await api('POST', '/invitations', { displayName: 'Aino Esimerkki', rights, ...more });
    expect(answer.status).toBe(201);
    return (answer.body as { secret: string }).secret;
  }
  async function addPerson(name: string, rights: string[], more: object = {}): Promise<Account> {
    const secret = await invite(rights, more);
    expect((await open('accept', { secret, name, password })).status).toBe(200);
    return { name, password };
  }
  async function signIn({ name, password: typed }: Account): Promise<string> {
    const body = { name, password: typed };
    const answer = await send('POST', `${server.url}/couch/_session`, { body, headers: fromBrowser });
    expect(answer.status).toBe(200);
    return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }
  const me = async (as: Account | string) => (await api('GET', '/me', undefined, as)).body;
  const nameOf = async (as: Account | string) => ((await me(as)) as { name: string | null }).name;

  it('a link makes an account with its rights, and /api/me says who it is', async () => {
    const more = { organisation: 'Sataman työpaja ry', title: 'Ohjaaja', phone: '+358 40 000 0000' };
    const secret = await invite(['referrer'], more);
    const organisation = { id: 'sataman-tyopaja-ry', name: 'Sataman työpaja ry' };
    expect((await open('look', { secret })).body).toMatchObject({
      displayName: 'Aino Esimerkki',
      rights: ['referrer'],
      organisation,
      by: 'administrator',
    });
    expect(errorOf(await open('accept', { secret, name: 'Aino', password }))).toEqual([400, 'invalid-name']);
    expect((await open('accept', { secret, name: 'aino', password })).body).toEqual({ name: 'aino' });
    expect(await me({ name: 'aino', password })).toEqual({
      name: 'aino',
      displayName: 'Aino Esimerkki',
      rights: ['referrer'],
      organisation,
      lockAfterMinutes: 15,
    });
  });

  it('a link works once, at whichever name, even for two at the same moment', async () => {
    const secret = await invite(['office']);
    const names = ['aino', 'aino-toinen', 'aino', 'aino-kolmas'];
    const answers = await Promise.all(names.map((name) => open('accept', { secret, name, password })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(errorOf(await open('accept', { secret, name: 'late', password }))).toEqual([
      410,
      'invitation-used',
    ]);
    const { accounts } = (await api('GET', '/accounts')).body as { accounts: { name: string }[] };
    expect(accounts).toHaveLength(2);
    // The names of those who came too late are free.
    const loser = names.find((name) => !accounts.some((each) => each.name === name)) ?? '';
    await addPerson(loser, ['office']);
  });

  it('a link runs out after 72 hours, can be withdrawn, and can’t be guessed', async () => {
    const secret = await invite(['office']);
    now += 72 * hour;
    expect(errorOf(await open('accept', { secret, name: 'aino', password }))).toEqual([
      410,
      'invitation-expired',
    ]);
    const next = await invite(['office']);
    const { invitations } = (await api('GET', '/accounts')).body as { invitations: { id: string }[] };
    expect(invitations).toHaveLength(1);
    // What is stored opens nothing.
    expect((await open('look', { secret: invitations[0]?.id })).status).toBe(404);
    await api('POST', `/invitations/${invitations[0]?.id}/withdraw`, {});
    expect(errorOf(await open('look', { secret: next }))).toEqual([404, 'unknown-invitation']);
    for (let attempt = 0; attempt < 99; attempt += 1) await open('look', { secret: `guess${attempt}` });
    expect((await open('look', { secret: 'one more' })).status).toBe(429);
  });

  it.each([
    ['short', 'too-short'],
    ['Esi-merkki Aino', undefined],
    ['aino esimerkki', 'is-the-name'],
    ['x'.repeat(1001), 'too-long'],
    ['a'.repeat(12), undefined],
  ])('a password %j is answered with %j', async (typed, error) => {
    const secret = await invite(['office']);
    const answer = await open('accept', { secret, name: 'aino', password: typed });
    expect(errorOf(answer)[1]).toBe(error);
    // Whatever was wrong with it, the link is still good.
    if (error !== undefined) expect((await open('look', { secret })).status).toBe(200);
  });

  it('a name that is taken, a desk’s or a database administrator’s is refused, and the link stays good', async () => {
    const secret = await invite(['office']);
    for (const [name, error] of [
      ['administrator', 'name-taken'],
      ['admin', 'name-taken'],
      ['desk-abc', 'invalid-name'],
      ['_x', 'invalid-name'],
    ] as const) {
      expect(errorOf(await open('accept', { secret, name, password }))[1]).toBe(error);
    }
    expect((await open('accept', { secret, name: 'aino', password })).status).toBe(200);
  });

  it('rights that don’t go together are refused with the field', async () => {
    const refused = async (rights: string[], more: object = {}) =>
      (await api('POST', '/invitations', { displayName: 'Aino', rights, ...more })).body;
    expect(await refused(['self-approve'])).toMatchObject({
      error: 'self-approve-without-decide',
      field: 'rights',
    });
    expect(await refused(['audit', 'receive'])).toMatchObject({ error: 'audit-of-own-work' });
    expect(await refused(['referrer'])).toMatchObject({ field: 'organisation' });
    expect(await refused(['desk'])).toMatchObject({ error: 'invalid-rights' });
    expect(await refused([], { displayName: '' })).toMatchObject({ field: 'displayName' });
    expect(await refused([], { email: 'x' })).toMatchObject({ error: 'invalid-email', field: 'email' });
  });

  it('rights take effect at once; nobody raises their own while another administrator could', async () => {
    const aino = await addPerson('aino', ['office']);
    const change = (name: string, rights: string[], as: Account | string = chief) =>
      api('POST', `/accounts/${name}`, { displayName: 'Nimi', rights }, as);
    const session = await signIn(aino);
    expect((await change('aino', ['office', 'administrator'], aino)).status).toBe(403);
    expect((await change('aino', ['office', 'administrator', 'decide'])).status).toBe(200);
    expect(await me(session)).toMatchObject({ rights: ['decide', 'office', 'administrator'] });
    const raised = await change('aino', ['office', 'administrator', 'hand-out'], session);
    expect(errorOf(raised)).toEqual([409, 'own-rights']);
    // Less is always possible, and a sole administrator has nobody to ask.
    expect((await change('aino', ['office'], session)).status).toBe(200);
    expect((await change('administrator', ['administrator', 'hand-out'])).status).toBe(200);
    expect(errorOf(await change('administrator', ['office']))).toEqual([409, 'last-administrator']);
  });

  it('somebody raises no right of their own through _users', async () => {
    const aino = await addPerson('aino', ['office']);
    const url = `${server.url}/couch/_users/org.couchdb.user:aino`;
    const stored = (await send('GET', url, { as: aino })).body as object;
    for (const change of [{ roles: ['office', 'decide'] }, { sessions: { from: 0 } }]) {
      const body = { ...stored, ...change, password };
      expect((await send('PUT', url, { as: aino, body })).status).toBe(403);
    }
    expect(await me(aino)).toMatchObject({ rights: ['office'] });
  });

  it('two administrators who take each other’s right at the same moment don’t leave the city without one', async () => {
    const eero = await addPerson('eero', ['administrator']);
    await Promise.all([
      api('POST', '/accounts/administrator', { displayName: 'A', rights: ['office'] }, eero),
      api('POST', '/accounts/eero', { displayName: 'E', rights: ['office'] }),
    ]);
    const { accounts } = (await api('GET', '/accounts', undefined, chief)).body as { accounts?: unknown[] };
    const others = (await api('GET', '/accounts', undefined, eero)).body as { accounts?: unknown[] };
    expect(accounts ?? others.accounts).toHaveLength(2);
  });

  it('a disabled account’s session ends at once, and its links with it; a new link lets it in again', async () => {
    const eero = await addPerson('eero', ['administrator']);
    const session = await signIn(eero);
    const made = await api('POST', '/invitations', { displayName: 'X', rights: ['administrator'] }, session);
    const { secret } = made.body as { secret: string };
    const offered = (await api('POST', '/accounts/eero/reset', {})).body as { secret: string };
    expect((await api('POST', '/accounts/eero/disable', {})).status).toBe(200);
    expect([await nameOf(session), (await api('GET', '/accounts', undefined, eero)).status]).toEqual([
      null,
      401,
    ]);
    for (const each of [secret, offered.secret])
      expect((await open('look', { secret: each })).status).toBe(404);
    const again = (await api('POST', '/accounts/eero/reset', {})).body as { secret: string };
    const fresh = { name: 'eero', password: 'another sentence' };
    expect((await open('accept', { secret: again.secret, password: fresh.password })).status).toBe(200);
    expect(await nameOf(session)).toBeNull();
    expect(await me(fresh)).toMatchObject({ name: 'eero', rights: ['administrator'] });
  });

  it('an administrator who was removed while signed in can do nothing more, and the name stays taken', async () => {
    const eero = await addPerson('eero', ['administrator']);
    const session = await signIn(eero);
    expect((await api('POST', '/accounts/eero/remove', {}, session)).status).toBe(409);
    expect((await api('POST', '/accounts/eero/remove', {})).status).toBe(200);
    expect((await api('POST', '/accounts/administrator/disable', {}, session)).status).toBe(401);
    const secret = await invite(['office']);
    expect(errorOf(await open('accept', { secret, name: 'eero', password }))).toEqual([409, 'name-taken']);
    expect(errorOf(await api('POST', '/accounts/administrator/remove', {}))).toEqual([409, 'own-account']);
    expect((await api('POST', '/accounts/nobody/disable', {})).status).toBe(404);
  });

  it('sessions are listed by their browser and end one by one, all others, or all', async () => {
    const aino = await addPerson('aino', ['office']);
    const [here, there, third] = [await signIn(aino), await signIn(aino), await signIn(aino)];
    for (const each of [here, there, third]) expect(await nameOf(each)).toBe('aino');
    const listed = async () =>
      (
        (await api('GET', '/me/sessions', undefined, here)).body as {
          sessions: { id: string; isThis: boolean }[];
        }
      ).sessions;
    expect(await listed()).toHaveLength(3);
    expect((await listed())[0]).toMatchObject({ browser: 'Firefox, Windows' });
    expect((await listed()).filter(({ isThis }) => isThis)).toHaveLength(1);
    const other = (await listed()).find(({ isThis }) => !isThis)?.id;
    await api('POST', '/me/sessions/end', { id: other }, here);
    const alive = async () => (await Promise.all([here, there, third].map(nameOf))).filter((name) => name);
    expect(await alive()).toHaveLength(2);
    await api('POST', '/me/sessions/end-others', {}, here);
    expect([await nameOf(here), await alive()]).toEqual(['aino', ['aino']]);
    // In the same second.
    const fresh = await signIn(aino);
    expect(await nameOf(fresh)).toBe('aino');
    await api('POST', '/accounts/aino/end-sessions', {});
    expect([await alive(), await nameOf(fresh)]).toEqual([[], null]);
    expect(await nameOf(await signIn(aino))).toBe('aino');
  });

  it('an own password changes with the old one only, and ends every session', async () => {
    const aino = await addPerson('aino', ['office']);
    const session = await signIn(aino);
    const change = (body: object) => api('POST', '/me/password', body, session);
    expect(errorOf(await change({ old: 'wrong', password: 'another sentence' }))).toEqual([
      400,
      'wrong-password',
    ]);
    expect(errorOf(await change({ old: password, password: 'short' }))).toEqual([400, 'too-short']);
    expect((await change({ old: password, password: 'another sentence' })).status).toBe(200);
    expect(await nameOf(session)).toBeNull();
    expect(await nameOf({ name: 'aino', password: 'another sentence' })).toBe('aino');
  });

  it('an administrator sets after how long screens lock', async () => {
    for (const lockAfterMinutes of [0, 61, 1.5, '15']) {
      expect(errorOf(await api('POST', '/sign-in-settings', { lockAfterMinutes }))[1]).toBe(
        'invalid-minutes',
      );
    }
    await api('POST', '/sign-in-settings', { lockAfterMinutes: 5 });
    await api('POST', '/sign-in-settings', { lockAfterMinutes: 7 });
    expect(await me(chief)).toMatchObject({ lockAfterMinutes: 7 });
  });

  it('somebody without the right administrator gets nowhere', async () => {
    const referrer = await addPerson('viite', ['referrer'], { organisation: 'Työpaja' });
    for (const [method, path] of [
      ['GET', '/accounts'],
      ['POST', '/accounts/administrator/remove'],
      ['POST', '/invitations'],
      ['POST', '/sign-in-settings'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined;
      expect((await api(method, path, body, referrer)).status).toBe(403);
    }
  });
});
