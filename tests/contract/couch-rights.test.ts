import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCard, aService } from '../builders';
import { failure, targets, type Account, type Target } from './couch-target';
import { path, startRightsCity, visit, writePaths } from './rights-city';

describe.each(targets)('who may do what, over $name', ({ start }) => {
  let target: Target;
  let hall: Account;
  let theatre: Account;
  let office: Account;
  let coordinator: Account;
  let reports: Account;
  let administrator: Account;
  let index = 0;
  const next = () => (index += 1);
  const get = (as: Account | undefined, database: string, below: string) =>
    target.couch('GET', path(target, database, below), as === undefined ? {} : { as });

  beforeAll(async () => {
    ({ target, hall, theatre, office, coordinator, reports, administrator } = await startRightsCity(start));
  });
  afterAll(() => target.stop());

  describe.each(writePaths)('writing by %s', (_name, writeBy) => {
    const write = (database: string, document: { _id: string }, as?: Account) =>
      writeBy(target, database, document, as);

    it('only the office and administrators write the register', async () => {
      for (const as of [hall, theatre, coordinator, reports]) {
        const answer = await write('tiski-register', aCard('20240013'), as);
        expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
      }
      const number = String(10_000_000 + next());
      expect((await write('tiski-register', aCard(number), office)).status).toBe(201);
      const wrong = [
        { ...aCard('20240013'), _id: 'card:20240021' },
        { ...aCard('123'), _id: 'card:123' },
        { ...aCard('20240013'), type: 'person' },
      ];
      for (const document of wrong) {
        expect(failure(await write('tiski-register', document, office))).toEqual([403, 'forbidden']);
      }
    });

    it('only coordinators and administrators write the catalogue', async () => {
      for (const as of [hall, office, reports]) {
        const answer = await write('tiski-catalogue', aService('x'), as);
        expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
      }
      const id = `s${next()}`;
      expect((await write('tiski-catalogue', aService(id), coordinator)).status).toBe(201);
      const wrong = [
        { ...aService('y'), _id: 'venue:y' },
        { ...aService('y'), type: 'thing', _id: 'thing:y' },
        aService('y', { sector: 'Not A Sector', venues: ['x'] }),
      ];
      for (const document of wrong) {
        expect(failure(await write('tiski-catalogue', document, administrator))).toEqual([403, 'forbidden']);
      }
    });

    it('only the office and administrators write the office', async () => {
      for (const as of [hall, coordinator, reports]) {
        const answer = await write('tiski-office', { _id: 'desk:x' }, as);
        expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
      }
      const document = { _id: `note:${next()}`, type: 'note', v: 1 };
      expect((await write('tiski-office', document, office)).status).toBe(201);
      expect(failure(await write('tiski-office', { _id: 'note:x' }, office))).toEqual([403, 'forbidden']);
    });

    it('nobody writes anything signed out', async () => {
      const documents: Record<string, { _id: string }> = {
        'tiski-register': aCard('20240013'),
        'tiski-visits-liikunta': visit(hall.name, next()),
        'tiski-catalogue': aService('x'),
        'tiski-office': { _id: 'note:x' },
      };
      for (const [database, document] of Object.entries(documents)) {
        expect(failure(await write(database, document))).toEqual([401, 'unauthorized']);
      }
    });

    it('design documents are written by administrators only', async () => {
      for (const as of [hall, office, coordinator]) {
        for (const database of ['tiski-register', 'tiski-visits-liikunta', 'tiski-catalogue']) {
          const answer = await write(database, { _id: '_design/mine' }, as);
          expect(failure(answer)).toEqual([403, 'forbidden']);
        }
      }
      const design = { _id: `_design/own${next()}` };
      expect((await write('tiski-register', design, administrator)).status).toBe(201);
    });
  });

  it("a desk reads its sector's visits, the catalogue and the register, and nothing else", async () => {
    for (const database of ['tiski-catalogue', 'tiski-register', 'tiski-visits-liikunta']) {
      for (const below of ['/_changes', '/_all_docs', '/_design/tiski', '/_local/epoch']) {
        expect([database, below, (await get(hall, database, below)).status]).toEqual([database, below, 200]);
      }
    }
    for (const database of ['tiski-office', 'tiski-visits-kulttuuri']) {
      for (const below of ['', '/_changes', '/_all_docs', '/x', '/_local/epoch', '/_security']) {
        const answer = await get(hall, database, below);
        expect([database, below, ...failure(answer)]).toEqual([database, below, 403, 'forbidden']);
      }
    }
    const bulk = { docs: [{ id: 'x' }] };
    const asked = await target.couch('POST', path(target, 'tiski-visits-kulttuuri', '/_bulk_get'), {
      as: hall,
      body: bulk,
    });
    expect(failure(asked)).toEqual([403, 'forbidden']);
  });

  it('the office and reports read visits; nobody reads anything signed out', async () => {
    expect((await get(office, 'tiski-visits-kulttuuri', '/_changes')).status).toBe(200);
    expect((await get(reports, 'tiski-visits-kulttuuri', '/_changes')).status).toBe(200);
    expect(failure(await get(reports, 'tiski-register', '/_changes'))).toEqual([403, 'forbidden']);
    for (const database of ['tiski-catalogue', 'tiski-register', 'tiski-office', 'tiski-visits-liikunta']) {
      for (const below of ['', '/_changes', '/_all_docs', '/_local/epoch', '/_design/tiski']) {
        expect(failure(await get(undefined, database, below))).toEqual([401, 'unauthorized']);
      }
    }
  });

  it('S11 an account whose rights are gone signs in still, and is told so', async () => {
    const leaver = await target.addAccount('leaver', ['desk', 'venue:uimahalli', 'sector:liikunta']);
    expect((await get(leaver, 'tiski-register', '')).status).toBe(200);
    const id = `/_users/org.couchdb.user:${leaver.name}`;
    const account = (await target.couch('GET', id, { as: leaver })).body as object;
    await target.couch('PUT', id, { as: target.admin, body: { ...account, roles: ['revoked'] } });
    // A CouchDB remembers an account for a moment.
    await vi.waitFor(async () => {
      expect(failure(await get(leaver, 'tiski-register', ''))).toEqual([403, 'forbidden']);
    });
    const session = await target.couch('GET', '/_session', { as: leaver });
    expect(session).toMatchObject({
      status: 200,
      body: { userCtx: { name: leaver.name, roles: ['revoked'] } },
    });
  });
});
