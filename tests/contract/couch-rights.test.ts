import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCard, aService } from '../builders';
import { failure, targets, type Account, type Target } from './couch-target';
import { path, startRightsCity, writePaths } from './rights-city';

/** Complements rights-table.test.ts: what even those with the right can't write, and rights that go away. */
describe.each(targets)('what nobody may write, over $name', ({ start }) => {
  let target: Target;
  let office: Account;
  let administrator: Account;

  beforeAll(async () => {
    ({ target, office, administrator } = await startRightsCity(start));
  });
  afterAll(() => target.stop());

  describe.each(writePaths)('writing by %s', (_name, writeBy) => {
    it('the register only accepts cards of the right form', async () => {
      const wrong = [
        { ...aCard('20240013'), _id: 'card:20240021' },
        { ...aCard('123'), _id: 'card:123' },
        { ...aCard('20240013'), type: 'person' },
      ];
      for (const document of wrong) {
        const answer = await writeBy(target, 'tiski-register', document, office);
        expect([document, ...failure(answer)]).toEqual([document, 403, 'forbidden']);
      }
    });

    it('the catalogue only accepts documents of the right form', async () => {
      const wrong = [
        { ...aService('y'), _id: 'venue:y' },
        { ...aService('y'), type: 'thing', _id: 'thing:y' },
        aService('y', { sector: 'Not A Sector', venues: ['x'] }),
        aService('y', { sector: 'y'.repeat(65) }),
        aService('y'.repeat(65)),
        aService('y', { names: { fi: 'y'.repeat(201), sv: '', en: '' } }),
      ];
      for (const document of wrong) {
        const answer = await writeBy(target, 'tiski-catalogue', document, administrator);
        expect([document, ...failure(answer)]).toEqual([document, 403, 'forbidden']);
      }
    });

    it('the office only accepts documents with a type', async () => {
      const answer = await writeBy(target, 'tiski-office', { _id: 'note:x' }, office);
      expect(failure(answer)).toEqual([403, 'forbidden']);
    });
  });

  it('_local accepts checkpoints of replications, and no large ones', async () => {
    const put = (id: string, body: object) =>
      target.couch('PUT', path('tiski-visits-liikunta', `/_local/${id}`), {
        as: administrator,
        body,
      });
    // As PouchDB names them.
    for (const id of ['Xk2mB.7a_Q==', '.Xk2mB7a_Q==', '_Xk2mB.7aQ==']) {
      expect((await put(id, { seq: 1 })).status).toBe(201);
    }
    expect((await put('Xk2mB.7a_Q==', { history: 'x'.repeat(100_000) })).status).toBe(201);
    expect(failure(await put('Xk2mB.7a_Q==', { history: 'x'.repeat(140_000) }))).toEqual([
      413,
      'document_too_large',
    ]);
    expect(failure(await put('a b', { seq: 1 }))).toEqual([400, 'bad_request']);
  });

  it('S11 an account that has lost its rights can still sign in, and is told so', async () => {
    const leaver = await target.addAccount('leaver', ['desk', 'venue:uimahalli', 'sector:liikunta']);
    const register = () => target.couch('GET', path('tiski-register'), { as: leaver });
    expect((await register()).status).toBe(200);
    const id = `/_users/org.couchdb.user:${leaver.name}`;
    const account = (await target.couch('GET', id, { as: leaver })).body as object;
    await target.couch('PUT', id, { as: target.admin, body: { ...account, roles: ['revoked'] } });
    // A CouchDB remembers an account for a moment.
    await vi.waitFor(async () => {
      expect(failure(await register())).toEqual([403, 'forbidden']);
    });
    const session = await target.couch('GET', '/_session', { as: leaver });
    expect(session).toMatchObject({
      status: 200,
      body: { userCtx: { name: leaver.name, roles: ['revoked'] } },
    });
  });
});
