import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { provision } from '../../src/server/provision/provision';
import { failure, targets, type Account, type Answer, type Target } from './couch-target';

const ulid = (index: number) => `01JD9ZK3V0${String(index).padStart(16, '0')}`;

/** A visit as a desk writes it. */
function visit(desk: string, index: number, change: object = {}) {
  return {
    _id: `visit:${desk}:${ulid(index)}`,
    type: 'visit',
    v: 1,
    card: '20240013',
    scheme: 'hyvinvointikortti',
    service: 'uinti',
    venue: 'uimahalli',
    desk,
    at: '2026-11-22T08:00:00.000Z',
    zone: 'Europe/Helsinki',
    people: { holder: 1, children: 0, assistants: 0 },
    verdict: { outcome: 'admit', marks: [] },
    register: { asOf: '2026-11-22T07:00:00.000Z' },
    number: index,
    previous: '',
    ...change,
  };
}

function voidOf(desk: string, index: number, change: object = {}) {
  const id = `visit:${desk}:${ulid(index)}`;
  return {
    _id: `void:${id}`,
    type: 'void',
    v: 1,
    visit: id,
    card: '20240013',
    service: 'uinti',
    desk,
    at: '2026-11-22T08:05:00.000Z',
    ...change,
  };
}

const card = (number: string) => ({
  _id: `card:${number}`,
  type: 'card',
  v: 1,
  number,
  codes: [],
  scheme: 'hyvinvointikortti',
  status: 'active',
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
});

const service = (id: string, sector: string, venue: string) => ({
  _id: `service:${id}`,
  type: 'service',
  v: 1,
  names: { fi: id, sv: id, en: id },
  sector,
  venues: [venue],
  rule: { kind: 'unlimited' },
});

describe.each(targets)('who may do what, over $name', ({ start }) => {
  let target: Target;
  let hall: Account;
  let gym: Account;
  let theatre: Account;
  let office: Account;
  let coordinator: Account;
  let reports: Account;
  let administrator: Account;
  let index = 0;
  const next = () => (index += 1);

  const path = (database: string, below = '') => `/${target.prefix}${database}${below}`;
  const documentPath = (database: string, id: string) => path(database, `/${encodeURIComponent(id)}`);
  const get = (as: Account | undefined, database: string, below: string) =>
    target.couch('GET', path(database, below), as === undefined ? {} : { as });

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    for (const document of [
      service('uinti', 'liikunta', 'uimahalli'),
      service('kuntosali', 'liikunta', 'kuntosali'),
      service('naytelma', 'kulttuuri', 'teatteri'),
    ]) {
      await target.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
    }
    await provision(target.client);
    hall = await target.addAccount('hall', ['desk', 'venue:uimahalli', 'sector:liikunta']);
    gym = await target.addAccount('gym', ['desk', 'venue:kuntosali', 'sector:liikunta']);
    theatre = await target.addAccount('theatre', ['desk', 'venue:teatteri', 'sector:kulttuuri']);
    office = await target.addAccount('office', ['office']);
    coordinator = await target.addAccount('coordinator', ['coordinator']);
    reports = await target.addAccount('reports', ['reports']);
    administrator = await target.addAccount('chief', ['administrator']);
    await untilEnforced();
  });
  afterAll(() => target.stop());

  /** CouchDB takes a fresh validation function up a moment late: writes what it must refuse until it does. */
  async function untilEnforced(): Promise<void> {
    for (const database of [
      'tiski-catalogue',
      'tiski-register',
      'tiski-office',
      'tiski-visits-liikunta',
      'tiski-visits-kulttuuri',
    ]) {
      for (let attempt = 0; ; attempt += 1) {
        const id = `probe${attempt}`;
        const { status, body } = await target.couch('PUT', path(database, `/${id}`), {
          as: target.admin,
          body: {},
        });
        if (status === 403) break;
        expect(attempt, `${database} is still not validated`).toBeLessThan(200);
        await target.couch('DELETE', path(database, `/${id}?rev=${(body as { rev: string }).rev}`), {
          as: target.admin,
        });
      }
    }
  }

  /** Every way a document can be written. */
  const writePaths: [
    string,
    (database: string, document: { _id: string }, as?: Account) => Promise<Answer>,
  ][] = [
    [
      'PUT',
      (database, document, as) =>
        target.couch('PUT', documentPath(database, document._id), { ...(as && { as }), body: document }),
    ],
    [
      'POST',
      (database, document, as) => target.couch('POST', path(database), { ...(as && { as }), body: document }),
    ],
    [
      '_bulk_docs',
      async (database, document, as) => {
        const body = { docs: [document] };
        return firstOutcome(
          await target.couch('POST', path(database, '/_bulk_docs'), { ...(as && { as }), body }),
        );
      },
    ],
    [
      '_bulk_docs with new_edits false',
      async (database, document, as) => {
        const body = { new_edits: false, docs: [{ ...document, _revisions: { start: 1, ids: ['aa'] } }] };
        return firstOutcome(
          await target.couch('POST', path(database, '/_bulk_docs'), { ...(as && { as }), body }),
        );
      },
    ],
    [
      'PUT with new_edits false',
      (database, document, as) =>
        target.couch('PUT', `${documentPath(database, document._id)}?new_edits=false`, {
          ...(as && { as }),
          body: { ...document, _rev: '1-aa' },
        }),
    ],
  ];

  const statusOf: Record<string, number> = { forbidden: 403, unauthorized: 401, conflict: 409 };

  /** A bulk answer as the answer for its one document. */
  function firstOutcome(answer: Answer): Answer {
    const [outcome] = Array.isArray(answer.body) ? (answer.body as { error?: string }[]) : [];
    if (outcome?.error === undefined) return answer;
    return { ...answer, status: statusOf[outcome.error] ?? 500, body: outcome };
  }

  describe.each(writePaths)('writing by %s', (_name, write) => {
    it('a desk writes its own visits and voids', async () => {
      const number = next();
      expect((await write('tiski-visits-liikunta', visit(hall.name, number), hall)).status).toBe(201);
      expect((await write('tiski-visits-liikunta', voidOf(hall.name, number), hall)).status).toBe(201);
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
        voidOf(own, next(), { visit: `visit:${gym.name}:${ulid(1)}` }),
        voidOf(own, next(), { visit: null }),
        card('99999994'),
      ];
      for (const document of wrong) {
        const answer = await write('tiski-visits-liikunta', document, hall);
        expect([document, ...failure(answer)]).toEqual([document, 403, 'forbidden']);
      }
    });

    it('the office writes visits and voids of any desk: a rescue', async () => {
      const number = next();
      expect((await write('tiski-visits-liikunta', visit(gym.name, number), office)).status).toBe(201);
      expect((await write('tiski-visits-liikunta', voidOf(gym.name, number), administrator)).status).toBe(
        201,
      );
    });

    it("another sector's desk writes nothing here", async () => {
      const answer = await write(
        'tiski-visits-liikunta',
        visit(theatre.name, next(), { venue: 'teatteri' }),
        theatre,
      );
      expect(failure(answer)).toEqual([403, 'forbidden']);
    });

    it('a visit never changes and is never deleted, not even by its desk or the office', async () => {
      const document = visit(hall.name, next());
      const id = document._id;
      await target.couch('PUT', documentPath('tiski-visits-liikunta', id), { as: hall, body: document });
      const { _rev } = (await target.couch('GET', documentPath('tiski-visits-liikunta', id), { as: hall }))
        .body as {
        _rev: string;
      };
      const [start, hash] = _rev.split('-');
      for (const as of [hall, office]) {
        const edits = { ...document, card: '20240021', _rev };
        const put = await target.couch('PUT', documentPath('tiski-visits-liikunta', id), { as, body: edits });
        expect(failure(put)).toEqual([403, 'forbidden']);
        const gone = await target.couch(
          'DELETE',
          `${documentPath('tiski-visits-liikunta', id)}?rev=${_rev}`,
          { as },
        );
        expect(failure(gone)).toEqual([403, 'forbidden']);
        const replica = {
          ...document,
          card: '20240021',
          _revisions: { start: Number(start) + 1, ids: ['ff', hash] },
        };
        const body = { new_edits: false, docs: [replica] };
        const bulk = await target.couch('POST', path('tiski-visits-liikunta', '/_bulk_docs'), { as, body });
        expect(failure(firstOutcome(bulk))).toEqual([403, 'forbidden']);
      }
      const kept = await target.couch('GET', documentPath('tiski-visits-liikunta', id), { as: hall });
      expect(kept.body).toEqual({ ...document, _rev });
    });

    it('only the office and administrators write the register', async () => {
      for (const as of [hall, theatre, coordinator, reports]) {
        const answer = await write('tiski-register', card('20240013'), as);
        expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
      }
      const number = String(10_000_000 + next());
      expect((await write('tiski-register', card(number), office)).status).toBe(201);
      const wrong = [
        { ...card('20240013'), _id: 'card:20240021' },
        { ...card('123'), _id: 'card:123' },
        { ...card('20240013'), type: 'person' },
      ];
      for (const document of wrong) {
        expect(failure(await write('tiski-register', document, office))).toEqual([403, 'forbidden']);
      }
    });

    it('only coordinators and administrators write the catalogue', async () => {
      for (const as of [hall, office, reports]) {
        const answer = await write('tiski-catalogue', service('x', 'liikunta', 'uimahalli'), as);
        expect([as.name, ...failure(answer)]).toEqual([as.name, 403, 'forbidden']);
      }
      const id = `s${next()}`;
      expect((await write('tiski-catalogue', service(id, 'liikunta', 'uimahalli'), coordinator)).status).toBe(
        201,
      );
      const wrong = [
        { ...service('y', 'liikunta', 'x'), _id: 'venue:y' },
        { ...service('y', 'liikunta', 'x'), type: 'thing', _id: 'thing:y' },
        service('y', 'Not A Sector', 'x'),
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
        'tiski-register': card('20240013'),
        'tiski-visits-liikunta': visit(hall.name, next()),
        'tiski-catalogue': service('x', 'liikunta', 'x'),
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
    const asked = await target.couch('POST', path('tiski-visits-kulttuuri', '/_bulk_get'), {
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

  describe('_users', () => {
    const own = (account: Account) => `/_users/org.couchdb.user:${account.name}`;

    it('shows everybody their own account and no other', async () => {
      const mine = await target.couch('GET', own(hall), { as: hall });
      expect(mine).toMatchObject({ status: 200, body: { name: hall.name, type: 'user' } });
      expect(JSON.stringify(mine.body)).not.toContain(hall.password);
      expect(failure(await target.couch('GET', own(gym), { as: hall }))).toEqual([404, 'not_found']);
      expect(failure(await target.couch('GET', own(gym)))).toEqual([404, 'not_found']);
      for (const below of ['/_all_docs', '/_changes']) {
        const listed = await target.couch('GET', `/_users${below}`, { as: hall });
        expect([401, 403]).toContain(listed.status);
        expect([401, 403]).toContain((await target.couch('GET', `/_users${below}`)).status);
      }
    });

    it('lets everybody change their own password, after which the old one is wrong', async () => {
      const user = await target.addAccount('changer', ['desk']);
      const account = (await target.couch('GET', own(user), { as: user })).body as object;
      const fresh = { ...user, password: 'a-new-password' };
      const changed = await target.couch('PUT', own(user), {
        as: user,
        body: { ...account, password: fresh.password },
      });
      expect(changed.status).toBe(201);
      // A CouchDB remembers an account for a moment.
      await vi.waitFor(async () => {
        expect((await target.couch('GET', '/_session', { as: fresh })).status).toBe(200);
      });
      expect(failure(await target.couch('GET', '/_session', { as: user }))).toEqual([401, 'unauthorized']);
      const session = await target.couch('GET', '/_session', { as: fresh });
      expect(session).toMatchObject({ status: 200, body: { userCtx: { name: user.name, roles: ['desk'] } } });
    });

    it("lets nobody change their roles or another's account, or add one", async () => {
      const account = (await target.couch('GET', own(hall), { as: hall })).body as object;
      const raised = { ...account, roles: ['administrator'], password: hall.password };
      expect(failure(await target.couch('PUT', own(hall), { as: hall, body: raised }))).toEqual([
        403,
        'forbidden',
      ]);
      const other = { name: gym.name, type: 'user', roles: [], password: 'stolen' };
      const taken = await target.couch('PUT', own(gym), { as: hall, body: other });
      expect([403, 404]).toContain(taken.status);
      const invented = { name: `${target.prefix}new`, type: 'user', roles: ['office'], password: 'x' };
      for (const options of [{ as: hall }, {}]) {
        const added = await target.couch('PUT', own({ name: invented.name, password: '' }), {
          ...options,
          body: invented,
        });
        expect(added.status).toBeGreaterThanOrEqual(400);
        expect(
          failure(
            await target.couch('GET', own({ name: invented.name, password: '' }), { as: target.admin }),
          ),
        ).toEqual([404, 'not_found']);
      }
    });

    it('keeps the form of an account, for administrators too', async () => {
      const name = `${target.prefix}form`;
      const account = { name, type: 'user', roles: [], password: 'x' };
      for (const wrong of [
        { ...account, type: 'thing' },
        { ...account, name: 'other' },
        { ...account, roles: 'desk' },
        { ...account, roles: ['_admin'] },
        { ...account, roles: [5] },
      ]) {
        const answer = await target.couch('PUT', own({ name, password: '' }), {
          as: target.admin,
          body: wrong,
        });
        expect(failure(answer)).toEqual([403, 'forbidden']);
      }
    });
  });

  describe('_session', () => {
    it('signs in by name and password, and out', async () => {
      const { name, password } = hall;
      const signedIn = await target.couch('POST', '/_session', { body: { name, password } });
      expect(signedIn).toMatchObject({ status: 200, body: { ok: true, name } });
      const [cookie = ''] = signedIn.headers.getSetCookie();
      expect(cookie).toMatch(/^AuthSession=[\w-]+;/);
      for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(attribute);
      expect(cookie).not.toContain('Secure');
      const session = { headers: { cookie: cookie.split(';')[0] ?? '' } };
      const who = await target.couch('GET', '/_session', session);
      expect(who.body).toMatchObject({ userCtx: { name }, info: { authenticated: 'cookie' } });
      expect((await target.couch('GET', path('tiski-register'), session)).status).toBe(200);
      const signedOut = await target.couch('DELETE', '/_session', session);
      expect(signedOut.status).toBe(200);
      expect(signedOut.headers.getSetCookie()[0]).toMatch(/^AuthSession=;.*Max-Age=0/);
    });

    it('is Secure when the request came over TLS', async () => {
      const { name, password } = hall;
      const headers = { 'x-forwarded-proto': 'https' };
      const signedIn = await target.couch('POST', '/_session', { body: { name, password }, headers });
      expect(signedIn.headers.getSetCookie()[0]).toContain('Secure');
      expect(signedIn.headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
    });

    it('refuses wrong names, wrong passwords and malformed bodies', async () => {
      const { name, password } = gym;
      for (const body of [
        { name, password: 'wrong' },
        { name: 'nobody', password },
      ]) {
        const answer = await target.couch('POST', '/_session', { body });
        expect(failure(answer)).toEqual([401, 'unauthorized']);
      }
      expect(failure(await target.couch('POST', '/_session', { body: '{bad' }))).toEqual([
        400,
        'bad_request',
      ]);
      expect(failure(await target.couch('POST', '/_session', { body: {} }))).toEqual([400, 'bad_request']);
      const zzz = await target.couch('GET', '/_session', { headers: { authorization: 'Basic zzz' } });
      expect(failure(zzz)).toEqual([400, 'bad_request']);
      const other = await target.couch('GET', '/_session', { headers: { authorization: 'Bearer x' } });
      expect(other).toMatchObject({ status: 200, body: { userCtx: { name: null, roles: [] } } });
    });

    it('answers 429 with Retry-After after ten wrong passwords, other names and sessions unharmed', async () => {
      const user = await target.addAccount('limited', ['desk']);
      const signedIn = await target.couch('POST', '/_session', { body: user });
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const as = { ...user, password: `wrong${attempt}` };
        // CouchDB's own limit may be lower than ours.
        expect([401, 429]).toContain((await target.couch('GET', '/_session', { as })).status);
      }
      for (const attempt of [
        await target.couch('GET', '/_session', { as: { ...user, password: 'wrong' } }),
        await target.couch('POST', '/_session', { body: { ...user, password: 'wrong' } }),
      ]) {
        expect(attempt.status).toBe(429);
        expect(Number(attempt.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      const session = await target.couch('GET', '/_session', { headers: { cookie } });
      expect(session.body).toMatchObject({ userCtx: { name: user.name } });
      expect((await target.couch('GET', '/_session', { as: hall })).status).toBe(200);
    });
  });
});
