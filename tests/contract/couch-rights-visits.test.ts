import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCard, ulidOf } from '../builders';
import { failure, targets, type Account, type Target } from './couch-target';
import { documentPath, firstOutcome, path, startRightsCity, visit, voidOf, writePaths } from './rights-city';

/** Complements rights-table.test.ts, which has who writes visits: what even they can't write. */
describe.each(targets)('which visits are written, over $name', ({ start }) => {
  let target: Target;
  let hall: Account;
  let gym: Account;
  let office: Account;
  let administrator: Account;
  let index = 0;
  const next = () => (index += 1);

  beforeAll(async () => {
    ({ target, hall, gym, office, administrator } = await startRightsCity(start));
  });
  afterAll(() => target.stop());

  describe.each(writePaths)('writing by %s', (_name, writeBy) => {
    const write = (database: string, document: { _id: string }, as?: Account) =>
      writeBy(target, database, document, as);

    it('R13 a desk writes that it does not know when a visit was', async () => {
      const from = '2026-11-22T07:00:00.000Z';
      for (const timeUncertain of [{ from }, { from, until: '2026-11-22T09:00:00.000Z' }]) {
        const document = visit(hall.name, next(), { timeUncertain });
        expect((await write('tiski-visits-liikunta', document, hall)).status).toBe(201);
      }
    });

    it('a desk writes nothing under another name, for another venue, or of another form', async () => {
      const own = hall.name;
      const wrong: { _id: string }[] = [
        visit(gym.name, next()),
        visit(gym.name, next(), { desk: own }),
        visit(own, next(), { desk: gym.name }),
        visit(own, next(), { venue: 'kuntosali' }),
        visit(own, next(), { _id: 'visit:x' }),
        visit(own, next(), { _id: `visit:${own}:short` }),
        visit(own, next(), { card: '1234' }),
        visit(own, next(), { card: 12345674 }),
        visit(own, next(), { at: 'yesterday' }),
        visit(own, next(), { at: '2026-11-22T08:00:00+02:00' }),
        visit(own, next(), { clockSkewMs: 'an hour' }),
        visit(own, next(), { timeUncertain: true }),
        visit(own, next(), { timeUncertain: { until: '2026-11-22T09:00:00.000Z' } }),
        visit(own, next(), { timeUncertain: { from: '2026-11-22T08:00:00.000Z', until: null } }),
        visit(own, next(), { people: { holder: -1, children: 0, assistants: 0 } }),
        visit(own, next(), { people: null }),
        visit(own, next(), { verdict: { outcome: 'maybe', marks: [] } }),
        visit(own, next(), { verdict: 'admit' }),
        visit(own, next(), { number: 0 }),
        visit(own, next(), { previous: 'xyz' }),
        visit(own, next(), { register: null }),
        visit(own, next(), { type: 'choice' }),
        visit(own, next(), { v: 2 }),
        voidOf(gym.name, next()),
        voidOf(gym.name, next(), { desk: own }),
        voidOf(own, next(), { visit: `visit:${gym.name}:${ulidOf(1)}` }),
        voidOf(own, next(), { visit: null }),
        aCard('99999994'),
      ];
      for (const document of wrong) {
        const answer = await write('tiski-visits-liikunta', document, hall);
        expect([document, ...failure(answer)]).toEqual([document, 403, 'forbidden']);
      }
    });

    it('S4 a desk writes no more than its visits: no attachment, no unknown member, nothing large', async () => {
      const own = hall.name;
      const bytes = { content_type: 'text/plain', data: 'aGVsbG8=' };
      const people = { holder: 1, children: 0, assistants: 0, name: 'A' };
      const ids = Array.from({ length: 30 }, (_, at) => String(at).padStart(32, '0'));
      const wrong: { _id: string }[] = [
        visit(own, next(), { _attachments: { 'a.txt': bytes } }),
        visit(own, next(), { photo: 'x' }),
        visit(own, next(), { people }),
        visit(own, next(), { verdict: { outcome: 'admit', marks: ['x'.repeat(5000)] } }),
        { ...voidOf(own, next()), note: 'x' } as { _id: string },
      ];
      for (const document of wrong) {
        const answer = await write('tiski-visits-liikunta', document, hall);
        expect([document, ...failure(answer)]).toEqual([document, 403, 'forbidden']);
      }
      const replica = { ...visit(own, next()), _revisions: { start: 30, ids } };
      const body = { new_edits: false, docs: [replica] };
      const bulk = await target.couch('POST', path('tiski-visits-liikunta', '/_bulk_docs'), {
        as: hall,
        body,
      });
      expect(failure(firstOutcome(bulk))).toEqual([403, 'forbidden']);
    });

    it('a visit does not change through a second root either, and may come again unchanged', async () => {
      const document = visit(hall.name, next());
      const address = documentPath('tiski-visits-liikunta', document._id);
      await target.couch('PUT', address, { as: hall, body: document });
      const stored = (await target.couch('GET', address, { as: hall })).body;
      const bulk = async (as: Account, changed: object) => {
        const docs = [{ ...changed, _revisions: { start: 1, ids: ['ffffffff'] } }];
        const body = { new_edits: false, docs };
        const at = path('tiski-visits-liikunta', '/_bulk_docs');
        return firstOutcome(await target.couch('POST', at, { as, body }));
      };
      const put = (as: Account, changed: object) =>
        target.couch('PUT', `${address}?new_edits=false`, { as, body: { ...changed, _rev: '1-ffffffff' } });
      for (const as of [hall, office, administrator]) {
        for (const write of [bulk, put]) {
          const answer = await write(as, { ...document, people: { holder: 9, children: 0, assistants: 0 } });
          expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
        }
      }
      expect((await target.couch('GET', address, { as: hall })).body).toEqual(stored);
      for (const write of [bulk, put]) expect((await write(hall, document)).status).toBe(201);
    });
  });
});
