import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send, type Account } from '../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../tests/server';
import { requireOk } from '../couch/client';

const worker: Account = { name: 'liisa', password: 'first-password' };
const browser = { 'sec-fetch-site': 'same-origin' };
const own = 'a1'.repeat(32);

describe('after a restart, at an address where a visitor guesses', () => {
  let server: TestServer;
  let now = Date.parse('2026-11-22T08:00:00Z');
  const options = { now: () => new Date(now) };

  beforeEach(async () => {
    server = await startTestServer(options);
    await putAccount(worker, ['office']);
  });
  afterEach(async () => {
    await server.close();
    await rm(server.dataDir, { recursive: true });
  });

  async function putAccount({ name, password }: Account, roles: string[]): Promise<void> {
    const path = `/_users/org.couchdb.user:${name}`;
    const { status, body } = await server.client.request('GET', path);
    const stored = status === 200 ? (body as object) : {};
    const account = { ...stored, _id: `org.couchdb.user:${name}`, type: 'user', name, roles, password };
    await requireOk(server.client, 'PUT', path, account);
  }

  async function restart(): Promise<void> {
    await server.close();
    server = await startTestServer({ ...options, dataDir: server.dataDir });
  }

  const signIn = async (body: Account, cookie = '', address = '192.0.2.1') =>
    send('POST', `${server.url}/couch/_session`, {
      body,
      headers: { ...browser, 'x-forwarded-for': address, ...(cookie !== '' && { cookie }) },
    });

  const basic = async (as: Account) =>
    (await send('GET', `${server.url}/couch/_session`, { as, headers: { 'x-forwarded-for': '192.0.2.1' } }))
      .status;

  /** The device's cookie, as the browser sends it. */
  async function knownDevice(account = worker, cookie = ''): Promise<string> {
    const answer = await signIn(account, cookie);
    expect(answer.status).toBe(200);
    return answer.headers.getSetCookie()[1]?.split(';')[0] ?? '';
  }

  async function guess(times: number, name = worker.name, cookie = ''): Promise<number[]> {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < times; attempt += 1) {
      const { status } = await signIn({ name, password: `wrong${attempt}` }, cookie);
      statuses.push(status);
    }
    return statuses;
  }

  it('the right password passes from a browser that knows it, and from no other', async () => {
    const device = await knownDevice();
    await restart();
    await guess(10);
    expect((await signIn(worker)).status).toBe(429);
    expect((await signIn(worker, `${device}x`)).status).toBe(429);
    expect((await signIn(worker, device)).status).toBe(200);
  });

  it('even if a hundred failed at the address, whatever their names', async () => {
    const device = await knownDevice();
    await restart();
    for (let name = 0; name < 10; name += 1) await guess(10, `nobody${name}`);
    expect((await signIn(worker)).status).toBe(429);
    expect((await signIn(worker, device)).status).toBe(200);
  });

  it('a device that mistypes locks out only itself, and then counts by its address', async () => {
    const device = await knownDevice();
    await restart();
    expect(await guess(20, worker.name, device)).toEqual(Array(20).fill(401));
    expect((await signIn(worker, device)).status).toBe(429);
    expect((await signIn(worker, '', '192.0.2.2')).status).toBe(200);
    now += 5 * 60_000;
    expect(await guess(9, worker.name, device)).toEqual(Array(9).fill(401));
    expect(await guess(9)).toEqual(Array(9).fill(401));
    expect((await signIn(worker)).status).toBe(200);
  });

  it('a stolen cookie gives its own ten guesses at its own name, and no more', async () => {
    const device = await knownDevice();
    const other = { name: 'matti', password: 'other-password' };
    await putAccount(other, ['office']);
    const second = await knownDevice();
    await restart();
    await guess(10);
    await guess(10, other.name);
    expect((await signIn(other, device)).status).toBe(429);
    expect(await guess(11, worker.name, device)).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await signIn(worker, second)).status).toBe(200);
  });

  it('with a new password its browsers are no longer known', async () => {
    const device = await knownDevice();
    const changed = { ...worker, password: 'second-password' };
    await putAccount(changed, ['office']);
    await restart();
    await guess(10);
    expect((await signIn(changed, device)).status).toBe(429);
  });

  it('people who share a browser are each known there', async () => {
    const other = { name: 'matti', password: 'other-password' };
    await putAccount(other, ['office']);
    const shared = await knownDevice(other, await knownDevice());
    await restart();
    await guess(10);
    await guess(10, other.name);
    expect((await signIn(worker, shared)).status).toBe(200);
    expect((await signIn(other, shared)).status).toBe(200);
  });

  it('a desk passes with the password that it gave itself, in service or revoked, without a cookie', async () => {
    const desk = { name: 'desk-abcdefgh', password: own };
    const revoked = { name: 'desk-revoked1', password: own };
    await putAccount(desk, ['desk', 'venue:hall']);
    await putAccount(revoked, ['desk']);
    await putAccount(revoked, ['revoked']);
    await restart();
    await guess(10, desk.name);
    for (let name = 0; name < 10; name += 1) await guess(10, `nobody${name}`);
    expect(await basic({ ...desk, password: 'wrong' })).toBe(429);
    expect(await basic({ ...desk, password: 'b2'.repeat(32) })).toBe(401);
    expect([await basic(desk), await basic(revoked)]).toEqual([200, 200]);
    // A person's account gains nothing from a password of that form.
    expect(await basic({ ...worker, password: own })).toBe(429);
  });
});
