import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import Fastify from 'fastify';
import { sessionToken } from '../../src/server/accounts/session-cookie';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { openBackend } from '../../src/server/open-backend';
import { startRecorder, type CouchRecorder } from './couch-recorder';
import { basic, couchUrl, removeDocument, send, type Account } from './couch-target';

/**
 * Needs a real CouchDB: what it gets to see of people who sign in to Tiski, and what happens if it accepts no
 * session.
 */
if (couchUrl === undefined) {
  it('runs over a real CouchDB when COUCHDB_URL is set', () => {
    expect(process.env).not.toHaveProperty('COUCHDB_URL');
  });
} else {
  const address = couchUrl;
  describe('sign-in in front of a CouchDB', () => describeSignIn(address));
}

function describeSignIn(address: string): void {
  const prefix = `t${randomBytes(4).toString('hex')}-`;
  const database = `/${prefix}desks`;
  let client: CouchClient;
  let recorder: CouchRecorder;
  let notices: string[];
  const stops: (() => Promise<unknown>)[] = [];
  const accounts: string[] = [];

  beforeEach(async () => {
    client = remoteClient(couchAddress(address));
    recorder = await startRecorder(address);
    notices = [];
    await requireOk(client, 'PUT', database);
    const members = { names: [], roles: ['desk'] };
    await requireOk(client, 'PUT', `${database}/_security`, { admins: { names: [], roles: [] }, members });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await recorder.stop();
    await requireOk(client, 'DELETE', database);
    for (const path of accounts.splice(0)) await removeDocument(client, path);
  });

  const pathOf = (name: string) => `/_users/${encodeURIComponent(`org.couchdb.user:${name}`)}`;
  const stored = async ({ name }: Account) =>
    (await requireOk(client, 'GET', pathOf(name))) as { _rev: string; salt: string; iterations: number };
  const change = async (account: Account, changes: object) =>
    requireOk(client, 'PUT', pathOf(account.name), { ...(await stored(account)), ...changes });

  /** An account that has not signed in yet; its hash is CouchDB's. */
  async function aDesk(name: string, password = randomBytes(32).toString('hex')): Promise<Account> {
    const account = { name: `${prefix}${name}`, type: 'user', roles: ['desk'], password };
    accounts.push(pathOf(account.name));
    await requireOk(client, 'PUT', pathOf(account.name), account);
    return { name: account.name, password };
  }

  /** A Tiski server whose every request to CouchDB is recorded. */
  async function aServer(): Promise<string> {
    const backend = await openBackend(
      { folder: '', couchUrl: recorder.url },
      { onFault: (error) => expect(error).toBeUndefined(), onNotice: (text) => notices.push(text) },
    );
    const app = Fastify({ forceCloseConnections: true });
    backend.addCouchRoutes(app, () => Promise.resolve());
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    stops.push(async () => {
      await app.close();
      await backend.close();
    });
    return `${url}/couch`;
  }

  const administrator = () => {
    const { username, password } = new URL(address);
    return basic({ name: decodeURIComponent(username), password: decodeURIComponent(password) });
  };
  /** Basic credentials that CouchDB got to see, apart from the server's own. */
  const basicSeen = () =>
    recorder.seen.flatMap(({ authorization }) =>
      authorization === undefined || authorization === administrator() ? [] : [authorization],
    );
  const status = async (url: string, as: Account, path = database) =>
    (await send('GET', `${url}${path}`, { as })).status;

  it('sees nobody’s name and password, right or wrong, and counts no failure', async () => {
    const desk = await aDesk('desk');
    const person = await aDesk('person', 'a person’s password');
    const url = await aServer();
    const documents = { docs: [{ _id: 'a' }, { _id: 'b' }] };
    expect((await send('POST', `${url}${database}/_bulk_docs`, { as: desk, body: documents })).status).toBe(
      201,
    );
    for (const each of [desk, person]) {
      expect([await status(url, each), await status(url, each, '/_session')]).toEqual([200, 200]);
      expect((await send('POST', `${url}/_session`, { body: each })).status).toBe(200);
    }
    for (let guess = 0; guess < 12; guess += 1) await status(url, { ...person, password: `wrong${guess}` });
    expect(basicSeen()).toEqual([]);
    const posted = recorder.seen.filter(
      ({ method, path }) => method === 'POST' && path.startsWith('/_session'),
    );
    expect(posted).toEqual([]);
    expect(recorder.seen.some(({ cookie }) => cookie?.startsWith('AuthSession=') === true)).toBe(true);
    // Its own lockout would come at the fifth.
    expect((await send('GET', `${address.replace(/\/\/.*@/, '//')}/_session`, { as: person })).status).toBe(
      200,
    );
    expect(notices).toEqual([]);
  }, 60_000);

  it('two servers know each other’s sessions and each other’s changes', async () => {
    const person = await aDesk('person', 'first password');
    const [one, two] = [await aServer(), await aServer()];
    const signedIn = await send('POST', `${one}/_session`, { body: person });
    const [cookie = ''] = signedIn.headers.getSetCookie()[0]?.split(';') ?? [];
    const withCookie = async (url: string) =>
      (await send('GET', `${url}${database}`, { headers: { cookie } })).status;
    expect([await withCookie(one), await withCookie(two)]).toEqual([200, 200]);
    expect(await status(two, person)).toBe(200);

    const document = await send('GET', `${one}${pathOf(person.name)}`, { as: person });
    const body = { ...(document.body as object), password: 'second password' };
    expect((await send('PUT', `${one}${pathOf(person.name)}`, { as: person, body })).status).toBe(201);
    const fresh = { ...person, password: 'second password' };
    expect([await status(one, fresh), await status(two, fresh)]).toEqual([200, 200]);
    expect([await status(one, person), await status(two, person)]).toEqual([401, 401]);
    expect([await withCookie(one), await withCookie(two)]).toEqual([401, 401]);
  }, 60_000);

  it('a session of CouchDB’s own is accepted until it expires, and no longer', async () => {
    const desk = await aDesk('desk', 'a password');
    const url = await aServer();
    const direct = await send('POST', `${address.replace(/\/\/.*@/, '//')}/_session`, { body: desk });
    const [cookie = ''] = direct.headers.getSetCookie()[0]?.split(';') ?? [];
    expect((await send('GET', `${url}${database}`, { headers: { cookie } })).status).toBe(200);

    const secret = (await requireOk(client, 'GET', '/_node/_local/_config/chttpd_auth/secret')) as string;
    const signing = { secret, seconds: 600, algorithms: ['sha256'] };
    const { salt } = await stored(desk);
    const made = async (secondsAgo: number) => {
      const issuedAt = Math.floor(Date.now() / 1000) - secondsAgo;
      const token = sessionToken({ name: desk.name, issuedAt }, signing, salt);
      const headers = { cookie: `AuthSession=${token}` };
      return (await send('GET', `${url}${database}`, { headers })).status;
    };
    expect([await made(590), await made(610)]).toEqual([200, 401]);
  });

  it('S11 a desk that is revoked while it polls is told, and is refused when it asks again', async () => {
    const desk = await aDesk('desk');
    const url = await aServer();
    expect(await status(url, desk)).toBe(200);
    const polling = send('GET', `${url}${database}/_changes?feed=longpoll&since=now&timeout=50000`, {
      as: desk,
    });
    const begun = performance.now();
    const outcome = polling.then(
      (answer) => answer.status,
      () => 'broken off',
    );
    await expect
      .poll(() => recorder.seen.some(({ path }) => path.startsWith(`${database}/_changes`)))
      .toBe(true);
    await change(desk, { roles: ['desk', 'more'] });
    expect(await status(url, desk)).toBe(200);
    await change(desk, { roles: ['revoked'] });
    expect([403, 'broken off']).toContain(await outcome);
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(await status(url, desk, `${database}/_changes`)).toBe(403);
  }, 60_000);

  describe('if it accepts no sessions that Tiski makes', () => {
    /** Its settings, with some changed. */
    const pretend = (change: (settings: Record<string, string>) => { status: number; body: unknown }) => {
      recorder.instead = ({ path, authorization }) =>
        path.endsWith('/_config/chttpd_auth') && authorization === administrator()
          ? change({ hash_algorithms: 'sha256, sha', secret: 'another' })
          : undefined;
    };

    it('because its settings can’t be read: passwords go on to it, and the log says so', async () => {
      const desk = await aDesk('desk');
      pretend(() => ({ status: 401, body: { error: 'unauthorized' } }));
      const url = await aServer();
      expect(await status(url, desk)).toBe(200);
      expect(await status(url, { ...desk, password: 'wrong' })).toBe(401);
      expect(basicSeen()).toContain(basic(desk));
      expect(notices).toEqual([expect.stringContaining('may not read')]);
      expect(notices.join()).not.toContain(desk.password);
    }, 60_000);

    it('because it has no secret: the same', async () => {
      const desk = await aDesk('desk');
      pretend(({ secret: _secret, ...others }) => ({ status: 200, body: others }));
      const url = await aServer();
      expect(await status(url, desk)).toBe(200);
      expect(notices).toEqual([expect.stringContaining('no chttpd_auth/secret')]);
    }, 60_000);

    it('because its secret is not the one that was read: nobody is told to be signed out, and soon desks are served', async () => {
      const desk = await aDesk('desk');
      pretend((settings) => ({ status: 200, body: settings }));
      const url = await aServer();
      const answers: number[] = [];
      await expect
        .poll(
          async () => {
            answers.push(await status(url, desk));
            return answers.at(-1);
          },
          { timeout: 30_000 },
        )
        .toBe(200);
      expect(new Set(answers)).not.toContain(401);
      expect(notices).toEqual([expect.stringContaining('refuses them')]);
    }, 60_000);
  });
}
