import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiFailure } from '../../src/server/api-failure';
import { requireOk } from '../../src/server/couch/client';
import { pairDesk } from '../../src/server/desks/pairing';
import { provision } from '../../src/server/provision/provision';
import { aVenue } from '../builders';
import { targets, type Account, type Answer, type Target } from './couch-target';

/** A code that an attacker has chosen, and a desk that is otherwise valid. */
const code = 'ABCD-2345';
const hash = createHash('sha256').update('ABCD2345').digest('hex');
const aDesk = (id: string, change: object = {}) => ({
  _id: `desk:${id}`,
  type: 'desk',
  v: 1,
  name: 'Kassa',
  venue: 'uimahalli',
  account: `desk-${id}`,
  status: 'waiting',
  createdAt: '2026-11-22T08:00:00.000Z',
  code: { hash, expiresAt: '2999-01-01T00:00:00.000Z' },
  ...change,
});

/** Desk documents as an attacker would write them, in the place where only the server writes. */
describe.each(targets)('power stays with the server, over $name', ({ start }) => {
  let target: Target;
  let chief: Account;
  let boss: string;

  const api = (method: string, path: string, as?: Account, body?: object): Promise<Answer> =>
    target.call(method, `/api${path}`, { ...(as && { as }), ...(body && { body }) });
  const put = (document: { _id: string }) =>
    requireOk(target.client, 'PUT', `/tiski-desks/${encodeURIComponent(document._id)}`, document);
  const remove = async (id: string) => {
    const path = `/tiski-desks/${encodeURIComponent(id)}`;
    const { _rev } = (await requireOk(target.client, 'GET', path)) as { _rev: string };
    await requireOk(target.client, 'DELETE', `${path}?rev=${_rev}`);
  };
  /** Like POST /api/pair, whose limit of attempts another test covers; returns the status and the error. */
  const redeem = (typed: string): Promise<[number, string?]> =>
    pairDesk(target.client, typed, new Date()).then(
      () => [200],
      (failure: unknown) => {
        if (failure instanceof ApiFailure) return [failure.status, failure.error];
        throw failure;
      },
    );
  /** Not its hash: after a first sign-in a CouchDB makes another one. */
  const rolesOf = async (name: string) => {
    const { status, body } = await target.client.request('GET', `/_users/org.couchdb.user:${name}`);
    return { status, roles: (body as { roles?: string[] }).roles };
  };

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    await target.client.request('PUT', '/tiski-catalogue/venue:uimahalli', aVenue('uimahalli'));
    chief = await target.addAccount('chief', ['administrator']);
    // A person whose name looks like a desk's.
    boss = `desk-${target.prefix}boss`;
    for (const [name, roles] of [
      [boss, ['coordinator']],
      [`${boss}-both`, ['desk', 'office']],
      [`${boss}-gone`, ['revoked']],
    ] as const) {
      const user = { _id: `org.couchdb.user:${name}`, type: 'user', name, roles, password: 'of-the-boss' };
      await requireOk(target.client, 'PUT', `/_users/${user._id}`, user);
    }
  });
  afterAll(() => target.stop());

  it.each(['administrator', 'chief', 'Desk-x', 'desk x', 5, undefined])(
    'a code for the account %j does not count, and the account stays as it is',
    async (name) => {
      const account = name === 'chief' ? chief.name : name;
      const before = await rolesOf(String(account));
      await put(aDesk('planted', { account }));
      expect(await redeem(code)).toEqual([404, 'unknown-code']);
      expect(await rolesOf(String(account))).toEqual(before);
      expect((await api('GET', '/desks', chief)).body).toEqual({ desks: [], unreadable: ['planted'] });
      await remove('desk:planted');
    },
  );

  it.each(['', '-both'])("a pairing neither takes nor revokes a person's account (%s)", async (ending) => {
    const account = boss + ending;
    const before = await rolesOf(account);
    await put(aDesk('planted', { account }));
    expect(await redeem(code)).toEqual([409, 'account-taken']);
    expect((await api('POST', '/desks/planted/revoke', chief, {})).status).toBe(200);
    expect(await rolesOf(account)).toEqual(before);
    await remove('desk:planted');
  });

  it('a pairing lets no revoked account in again: the device gets another', async () => {
    const account = `${boss}-gone`;
    await put(aDesk('planted', { account }));
    expect(await redeem(code)).toEqual([200]);
    expect((await rolesOf(account)).roles).toEqual(['revoked']);
    const desk = (await requireOk(target.client, 'GET', '/tiski-desks/desk:planted')) as {
      account: string;
      formerAccounts: string[];
    };
    expect(desk.formerAccounts).toEqual([account]);
    expect((await rolesOf(desk.account)).roles).toContain('desk');
    expect((await api('POST', '/desks/planted/revoke', chief, {})).status).toBe(200);
    expect((await rolesOf(desk.account)).roles).toEqual(['revoked']);
    await remove('desk:planted');
  });

  it("a desk that replaces another does not revoke a person who has the former account's name", async () => {
    const before = await rolesOf(boss);
    await put(aDesk('planted', { account: boss, status: 'paired' }));
    expect(await redeem(code)).toEqual([200]);
    expect(await rolesOf(boss)).toEqual(before);
    await remove('desk:planted');
  });

  it.each([
    ['former accounts that are a number', { formerAccounts: 5 }],
    ['a former account that is a person', { formerAccounts: ['administrator'] }],
    ['rules that are none', { rules: { mayOverride: 'no' } }],
    ['a name that is a list', { name: [] }],
    ['a time that is none', { createdAt: 'yesterday' }],
    ['a newer version', { v: 2 }],
    ['a code that is text', { code: hash }],
  ])('S15 %s: the desk is listed as unreadable, the others go on', async (_what, change) => {
    const issued = await api('POST', '/desks', chief, { name: 'Kassa 1', venue: 'uimahalli' });
    const { desk, code: good } = issued.body as { desk: { id: string }; code: string };
    await put(aDesk('broken', change));
    const listed = (await api('GET', '/desks', chief)) as {
      status: number;
      body: { desks: { id: string }[] };
    };
    expect(listed).toMatchObject({ status: 200, body: { unreadable: ['broken'] } });
    expect(listed.body.desks.map(({ id }) => id)).toContain(desk.id);
    expect((await api('GET', '/desks/states', chief)).status).toBe(200);
    for (const below of ['code', 'revoke']) {
      expect(await api('POST', `/desks/broken/${below}`, chief, {})).toMatchObject({
        status: 409,
        body: { error: 'unreadable-desk' },
      });
    }
    expect(await redeem(code)).toEqual([404, 'unknown-code']);
    expect(await redeem(good)).toEqual([200]);
    await remove('desk:broken');
  });

  it('S15 a desk whose document can not be read gets no rules: it keeps those that it has', async () => {
    const issued = await api('POST', '/desks', chief, { name: 'Kassa 2', venue: 'uimahalli' });
    const { desk, code: good } = issued.body as { desk: { id: string }; code: string };
    const { account } = (await api('POST', '/pair', undefined, { code: good })).body as { account: Account };
    const path = `/tiski-desks/${encodeURIComponent(`desk:${desk.id}`)}`;
    const stored = (await requireOk(target.client, 'GET', path)) as object;
    await requireOk(target.client, 'PUT', path, { ...stored, rules: { mayOverride: 0 } });
    const report = {
      v: 1,
      at: '2026-11-22T08:00:00.000Z',
      waiting: 0,
      refused: 0,
      quarantined: 0,
      version: '1',
      lastNumber: 0,
      unsent: [],
    };
    expect(await api('POST', '/desks/report', account, report)).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    expect((await api('POST', '/desks/report', account, report)).body).not.toHaveProperty('rules');
  });

  it('a coordinator who calls the city a demo opens nothing to anybody', async () => {
    const coordinator = await target.addAccount('coordinator', ['coordinator', 'office']);
    const names = { fi: 'Kaupunki', sv: 'Stad', en: 'City' };
    const settings = { _id: 'settings:city', type: 'settings', v: 1, names, demo: true };
    const path = '/tiski-catalogue/settings:city';
    expect((await target.couch('PUT', path, { as: coordinator, body: settings })).status).toBe(201);
    for (let round = 0; round < 2; round += 1) {
      expect((await api('GET', '/health')).body).toMatchObject({ demo: false });
      expect((await api('GET', '/demo/cards')).status).toBe(404);
      expect((await api('POST', '/demo/desk', undefined, { venue: 'uimahalli' })).status).toBe(404);
      // Nor after the next start.
      await provision(target.client);
    }
  });
});
