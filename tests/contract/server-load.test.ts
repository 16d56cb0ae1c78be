import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireOk } from '../../src/server/couch/client';
import { provisionSectors } from '../../src/server/provision/provision';
import { aService, aVenue, aVisit } from '../builders';
import { startTestServer, type TestServer } from '../server';
import { send, type Account, type Answer } from './couch-target';

const desks = 12;
const visitsOfADesk = 100;
/** Longer than what counts as a small body. */
const batch = 50;

describe('the server under load', () => {
  let server: TestServer;
  const accountOf = (index: number): Account => ({ name: `desk-${index}`, password: 'b7'.repeat(32) });

  beforeAll(async () => {
    // Room for the batches of two desks.
    server = await startTestServer({ bodyLimit: 64 * 1024 });
    const { client } = server;
    await requireOk(client, 'POST', '/tiski-catalogue/_bulk_docs', {
      docs: [aVenue('uimahalli'), aService('swim')],
    });
    await provisionSectors(client);
    const roles = ['desk', 'venue:uimahalli', 'sector:liikunta'];
    const docs = Array.from({ length: 150 }, (_, index) => {
      const account = accountOf(index);
      return { _id: `org.couchdb.user:${account.name}`, type: 'user', ...account, roles };
    });
    await requireOk(client, 'POST', '/_users/_bulk_docs', { docs });
  });
  afterAll(() => server.stop());

  const couch = (method: string, path: string, as: Account, body?: object): Promise<Answer> =>
    send(method, `${server.url}/couch${path}`, { as, ...(body === undefined ? {} : { body }) });

  it('all desks behind one address sign in at once, as after a restart: none is taken for an attacker', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 150 }, async (_, index) => {
        const { status } = await couch('GET', '/tiski-visits-liikunta', accountOf(index));
        return status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('S12 a rush beyond its room is told to come back, others are answered, every visit is there once', async () => {
    const path = '/tiski-visits-liikunta/_bulk_docs';
    const underWay = new Set<Promise<Answer>>();
    let busy = 0;
    /** Sends until the server accepts it; comes back when another desk has got its answer. */
    async function push(desk: Account, docs: object[]): Promise<void> {
      for (;;) {
        const answering = couch('POST', path, desk, { docs });
        underWay.add(answering);
        const answer = await answering;
        underWay.delete(answering);
        if (answer.status === 201) return;
        expect(answer).toMatchObject({ status: 503, body: { error: 'service_unavailable' } });
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        busy += 1;
        // Meanwhile a client with a small request is answered.
        if (busy === 1) expect((await couch('GET', '/_session', desk)).status).toBe(200);
        if (underWay.size > 0) await Promise.race(underWay);
      }
    }
    const expected: string[] = [];
    await Promise.all(
      Array.from({ length: desks }, async (_, index) => {
        const desk = accountOf(index);
        for (let from = 0; from < visitsOfADesk; from += batch) {
          const docs = Array.from({ length: batch }, (_each, offset) => aVisit(desk.name, from + offset + 1));
          expected.push(...docs.map(({ _id }) => _id));
          await push(desk, docs);
        }
      }),
    );
    expect(busy).toBeGreaterThan(0);
    const range = 'startkey=%22visit:%22&endkey=%22visit%3B%22';
    const all = await requireOk(server.client, 'GET', `/tiski-visits-liikunta/_all_docs?${range}`);
    const ids = (all as { rows: { id: string }[] }).rows.map(({ id }) => id);
    expect(ids).toEqual(expected.sort());
  });

  it('S3 requests that are stored together are each answered separately', async () => {
    const desk = accountOf(0);
    const same = aVisit(desk.name, 5001);
    const foreign = aVisit('desk-1', 5002);
    const own = Array.from({ length: 20 }, (_, index) => aVisit(desk.name, 6000 + index));
    const answers = await Promise.all(
      [[same], [same], [foreign], ...own.map((visit) => [visit])].map((docs) =>
        couch('POST', '/tiski-visits-liikunta/_bulk_docs', desk, { docs }),
      ),
    );
    const rows = answers.map(({ body }) => (body as object[])[0]);
    expect(rows.slice(0, 2).filter((row) => row !== undefined && 'ok' in row)).toHaveLength(1);
    expect(rows.slice(0, 2)).toContainEqual(expect.objectContaining({ error: 'conflict' }));
    expect(rows[2]).toMatchObject({ error: 'forbidden' });
    expect(rows.slice(3)).toEqual(
      own.map(({ _id }) => ({ ok: true, id: _id, rev: expect.stringMatching(/^1-/) as string })),
    );
  });

  it('S6 more changes than a page, requested at once, are the same as page by page', async () => {
    const desk = accountOf(0);
    type Page = { results: { id: string; seq: string }[]; last_seq: string; pending: number };
    const whole = (await couch('GET', '/tiski-visits-liikunta/_changes', desk)).body as Page;
    const paged: Page['results'] = [];
    let page: Page = { results: [], last_seq: '0', pending: 1 };
    while (page.pending > 0) {
      const path = `/tiski-visits-liikunta/_changes?limit=700&since=${page.last_seq}`;
      page = (await couch('GET', path, desk)).body as Page;
      paged.push(...page.results);
    }
    expect(whole.results.length).toBeGreaterThan(1000);
    expect(whole).toEqual({ results: paged, last_seq: page.last_seq, pending: 0 });
  });

  it('a desk’s own password is quick to check, every other one slow', async () => {
    const user = async (name: string, password: string, roles: string[]) => {
      const path = `/_users/org.couchdb.user:${name}`;
      await requireOk(server.client, 'PUT', path, { type: 'user', name, password, roles });
      return (await requireOk(server.client, 'GET', path)) as { iterations: number };
    };
    expect((await user('d', 'c3'.repeat(32), ['desk'])).iterations).toBe(1000);
    expect((await user('e', 'a desk’s, but no random one', ['desk'])).iterations).toBe(10_000);
    expect((await user('f', 'c3'.repeat(32), ['office'])).iterations).toBe(10_000);
  });
});
