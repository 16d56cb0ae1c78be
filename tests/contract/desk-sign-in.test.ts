import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireOk } from '../../src/server/couch/client';
import { failure, targets, type Account, type Target } from './couch-target';

/**
 * Accounts are changed through the store's own client: with a CouchDB that is behind the back of the server
 * under test.
 */
describe.each(targets)('how desks sign in, over $name', ({ start }) => {
  let target: Target;
  let database: string;
  const own = (account: Account) => `/_users/${encodeURIComponent(`org.couchdb.user:${account.name}`)}`;

  beforeAll(async () => {
    target = await start();
    database = `/${target.prefix}desks`;
    await requireOk(target.client, 'PUT', database);
    const members = { names: [], roles: ['desk'] };
    await requireOk(target.client, 'PUT', `${database}/_security`, {
      admins: { names: [], roles: [] },
      members,
    });
  });
  afterAll(() => target.stop());

  interface Stored {
    iterations: number;
    salt: string;
    roles: string[];
  }
  const stored = async (account: Account) =>
    (await requireOk(target.client, 'GET', own(account))) as Stored & { _rev: string };
  const change = async (account: Account, changes: object) =>
    requireOk(target.client, 'PUT', own(account), { ...(await stored(account)), ...changes });
  const statuses = async (as: Account) => [
    (await target.couch('GET', '/_session', { as })).status,
    (await target.couch('GET', database, { as })).status,
  ];

  const ownPassword = () => randomBytes(32).toString('hex');

  /** A desk whose password, of the form that desks give themselves, was hashed with this many rounds. */
  async function aDesk(name: string, iterations: number): Promise<Account> {
    const account = await target.addAccount(name, ['desk']);
    const password = ownPassword();
    const salt = randomBytes(16).toString('hex');
    await change(account, {
      password_scheme: 'pbkdf2',
      pbkdf2_prf: 'sha256',
      salt,
      iterations,
      derived_key: pbkdf2Sync(password, salt, iterations, 32, 'sha256').toString('hex'),
    });
    return { ...account, password };
  }

  it('the password that a desk gives itself has a quick hash, and no sign-in makes it slower', async () => {
    const first = await target.addAccount('quick', ['desk']);
    const desk = { ...first, password: ownPassword() };
    const account = (await target.couch('GET', own(first), { as: first })).body as object;
    const changed = await target.couch('PUT', own(first), {
      as: first,
      body: { ...account, password: desk.password },
    });
    expect(changed.status).toBe(201);
    expect(await statuses(desk)).toEqual([200, 200]);
    const before = await stored(desk);
    expect(before.iterations).toBe(1000);
    expect(before).not.toHaveProperty('password');
    for (let request = 0; request < 5; request += 1) expect(await statuses(desk)).toEqual([200, 200]);
    expect(await stored(desk)).toEqual(before);
    expect(failure(await target.couch('GET', '/_session', { as: first }))).toEqual([401, 'unauthorized']);
  });

  it('a slow hash of it becomes a quick one, with the same salt; a person’s stays as it is', async () => {
    const desk = await aDesk('slow', 20_000);
    const { salt } = await stored(desk);
    expect(await statuses(desk)).toEqual([200, 200]);
    await expect.poll(async () => (await stored(desk)).iterations, { timeout: 10_000 }).toBe(1000);
    expect((await stored(desk)).salt).toBe(salt);
    expect(await statuses(desk)).toEqual([200, 200]);

    const person = await target.addAccount('person', ['office']);
    const before = await stored(person);
    expect((await target.couch('GET', '/_session', { as: person })).status).toBe(200);
    expect((await stored(person)).iterations).toBe(before.iterations);
    expect(before.iterations).toBeGreaterThan(1000);
  });

  // News usually arrives within a second; the limit allows for a machine with much other work.
  const soon = { timeout: 8000 };

  it('S11 a role that is taken away is gone, and the desk is told that it is revoked', async () => {
    const desk = await aDesk('revoked', 1000);
    expect(await statuses(desk)).toEqual([200, 200]);
    await change(desk, { roles: ['revoked'] });
    // A device may wipe its register because of it: must be true from the first answer on.
    const session = await target.couch('GET', '/_session', { as: desk });
    expect(session).toMatchObject({
      status: 200,
      body: { userCtx: { name: desk.name, roles: ['revoked'] } },
    });
    await expect.poll(async () => (await target.couch('GET', database, { as: desk })).status, soon).toBe(403);
  });

  it('an account that is deleted lets nobody in', async () => {
    const desk = await aDesk('deleted', 1000);
    expect(await statuses(desk)).toEqual([200, 200]);
    const { _rev } = await stored(desk);
    await requireOk(target.client, 'DELETE', `${own(desk)}?rev=${_rev}`);
    await expect.poll(() => statuses(desk), soon).toEqual([401, 401]);
  });

  it('a password that was changed elsewhere is right at once, and the old one is wrong', async () => {
    const desk = await aDesk('renewed', 1000);
    expect(await statuses(desk)).toEqual([200, 200]);
    const fresh = { ...desk, password: 'given-by-an-administrator' };
    await change(desk, { password: fresh.password });
    expect(await statuses(fresh)).toEqual([200, 200]);
    expect(await statuses(desk)).toEqual([401, 401]);
  });

  it('wrong passwords are counted, a desk’s own is not held up by them', async () => {
    const desk = await aDesk('guessed', 1000);
    const statusOf = async (password: string) =>
      (await target.couch('GET', database, { as: { ...desk, password } })).status;
    for (let guess = 0; guess < 10; guess += 1) expect(await statusOf(`wrong${guess}`)).toBe(401);
    expect(await statusOf('wrong')).toBe(429);
    expect(await statusOf(desk.password)).toBe(200);
  });

  it('a session that nobody issued does not count', async () => {
    const desk = await aDesk('forged', 1000);
    const token = Buffer.concat([
      new Uint8Array(
        Buffer.from(
          `${desk.name}:${Math.floor(Date.now() / 1000)
            .toString(16)
            .toUpperCase()}:`,
        ),
      ),
      new Uint8Array(randomBytes(32)),
    ]).toString('base64url');
    const headers = { cookie: `AuthSession=${token}` };
    expect((await target.couch('GET', '/_session', { headers })).body).toMatchObject({
      userCtx: { name: null },
    });
    expect(failure(await target.couch('GET', database, { headers }))).toEqual([401, 'unauthorized']);
  });
});
