import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCard, aService, cardNumber } from '../builders';
import { failure, targets, type Account, type Target } from './couch-target';
import { documentPath, firstOutcome, path, startRightsCity, visit, writePaths } from './rights-city';

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
      const number = cardNumber(next());
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
        aService('y', { sector: 'y'.repeat(65) }),
        aService('y'.repeat(65)),
        aService('y', { names: { fi: 'y'.repeat(201), sv: '', en: '' } }),
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

    it('only the server writes desks, rescue notes and the mark of a demo, wherever they are put', async () => {
      const desk = { _id: `desk:x${next()}`, type: 'desk', v: 1 };
      const note = { _id: `rescue:x${next()}`, type: 'rescue', v: 1 };
      const mark = { _id: 'origin:demo', type: 'origin', v: 1 };
      for (const as of [hall, office, coordinator, reports]) {
        for (const document of [desk, note, mark]) {
          const answer = await write('tiski-desks', document, as);
          expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
        }
        for (const document of [desk, note]) {
          const answer = await write('tiski-office', document, as);
          expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
        }
      }
    });

    it('nobody writes anything signed out', async () => {
      const documents: Record<string, { _id: string }> = {
        'tiski-register': aCard('20240013'),
        'tiski-visits-liikunta': visit(hall.name, next()),
        'tiski-catalogue': aService('x'),
        'tiski-office': { _id: 'note:x' },
        'tiski-desks': { _id: 'desk:x' },
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

  it('R2 the office ends cards, and only an administrator deletes one', async () => {
    for (const by of ['DELETE', 'PUT', '_bulk_docs', 'new_edits false'] as const) {
      const card = aCard(cardNumber(2_000 + next()));
      const address = documentPath(target, 'tiski-register', card._id);
      const made = await target.couch('PUT', address, { as: office, body: card });
      const { rev } = made.body as { rev: string };
      const [start, id] = rev.split('-');
      const gone = { _id: card._id, _rev: rev, _deleted: true };
      const bulk = path(target, 'tiski-register', '/_bulk_docs');
      const remove = async (as: Account) => {
        if (by === 'DELETE') return target.couch('DELETE', `${address}?rev=${rev}`, { as });
        if (by === 'PUT') return target.couch('PUT', address, { as, body: { ...card, ...gone } });
        const replica = { ...gone, _revisions: { start: Number(start) + 1, ids: ['bb', id] } };
        const body = by === '_bulk_docs' ? { docs: [gone] } : { docs: [replica], new_edits: false };
        return firstOutcome(await target.couch('POST', bulk, { as, body }));
      };
      expect([by, ...failure(await remove(office))]).toEqual([by, 403, 'forbidden']);
      const ended = await target.couch('PUT', `${address}?rev=${rev}`, {
        as: office,
        body: { ...card, status: 'ended' },
      });
      expect(ended.status).toBe(201);
      const { rev: last } = ended.body as { rev: string };
      const deleted = await target.couch('DELETE', `${address}?rev=${last}`, { as: administrator });
      expect([by, deleted.status]).toEqual([by, 200]);
    }
  });

  it("a desk reads its sector's visits, the catalogue and the register, and nothing else", async () => {
    for (const database of ['tiski-catalogue', 'tiski-register', 'tiski-visits-liikunta']) {
      for (const below of ['/_changes', '/_all_docs', '/_design/tiski', '/_local/epoch']) {
        expect([database, below, (await get(hall, database, below)).status]).toEqual([database, below, 200]);
      }
    }
    for (const database of ['tiski-office', 'tiski-desks', 'tiski-visits-kulttuuri']) {
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

  it('_local holds the epoch for members, checkpoints of administrators, and nothing else', async () => {
    const at = (id: string) => path(target, 'tiski-visits-liikunta', `/_local/${id}`);
    const put = (id: string, as: Account, body: object = { seq: 1 }) =>
      target.couch('PUT', at(id), { as, body });
    const checkpoint = 'Xk2mB.7a_Q==';
    expect((await put(checkpoint, administrator)).status).toBe(201);
    for (const as of [hall, office, reports]) {
      expect(failure(await put(checkpoint, as))).toEqual([403, 'forbidden']);
      expect(failure(await put('mine', as))).toEqual([403, 'forbidden']);
      expect(failure(await target.couch('GET', at(checkpoint), { as }))).toEqual([404, 'not_found']);
      expect(failure(await target.couch('DELETE', at(checkpoint), { as }))).toEqual([403, 'forbidden']);
    }
    for (const own of ['epoch', 'desk-chains', 'desk-reports']) {
      expect(failure(await put(own, administrator))).toEqual([403, 'forbidden']);
    }
    const large = { history: 'x'.repeat(70_000) };
    expect(failure(await put(checkpoint, administrator, large))).toEqual([413, 'document_too_large']);
    expect(failure(await put('a b', administrator))).toEqual([400, 'bad_request']);
    expect((await target.couch('GET', at(checkpoint), { as: administrator })).body).toMatchObject({ seq: 1 });
  });

  it('S11 a revoked account writes and reads nothing, and changes no password', async () => {
    const revoked = await target.addAccount(`revoked${next()}`, ['revoked']);
    const documents: Record<string, { _id: string }> = {
      'tiski-register': aCard('20240013'),
      'tiski-visits-liikunta': visit(revoked.name, next()),
      'tiski-catalogue': aService('x'),
      'tiski-office': { _id: 'note:x' },
    };
    for (const [database, document] of Object.entries(documents)) {
      for (const [, writeBy] of writePaths) {
        const answer = await writeBy(target, database, document, revoked);
        expect([database, ...failure(answer)]).toEqual([database, 403, 'forbidden']);
      }
      for (const below of ['', '/_changes', '/_all_docs', '/_local/epoch']) {
        expect((await get(revoked, database, below)).status).toBe(403);
      }
    }
    const id = `/_users/org.couchdb.user:${revoked.name}`;
    const account = (await target.couch('GET', id, { as: revoked })).body as object;
    const changed = await target.couch('PUT', id, { as: revoked, body: { ...account, password: 'new' } });
    expect(failure(changed)).toEqual([403, 'forbidden']);
    const session = await target.couch('GET', '/_session', { as: revoked });
    expect(session).toMatchObject({ status: 200, body: { userCtx: { roles: ['revoked'] } } });
  });

  it('the office and reports read visits; nobody reads anything signed out', async () => {
    expect((await get(office, 'tiski-visits-kulttuuri', '/_changes')).status).toBe(200);
    expect((await get(reports, 'tiski-visits-kulttuuri', '/_changes')).status).toBe(200);
    expect(failure(await get(reports, 'tiski-register', '/_changes'))).toEqual([403, 'forbidden']);
    for (const as of [office, coordinator, reports]) {
      for (const below of ['', '/_changes', '/_all_docs', '/desk:x', '/_local/desk-reports', '/_security']) {
        expect(failure(await get(as, 'tiski-desks', below))).toEqual([403, 'forbidden']);
      }
    }
    const all = ['tiski-catalogue', 'tiski-register', 'tiski-office', 'tiski-desks', 'tiski-visits-liikunta'];
    for (const database of all) {
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
