import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ulidOf } from '../../../../tests/builders';
import type { Account } from '../../../../tests/contract/couch-target';
import { aNewCase, anAccount, aPerson, as, loggedActions } from '../../../../tests/people';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { AuditLog } from '../../audit/audit-log';
import { PeopleIndex } from '../../people/people-index';
import { readPerson } from '../../people/people-documents';
import type { SeenCase } from './read-case';
import { takeCase, type NewCase } from '../../people/take-case';

const now = () => new Date('2026-11-22T08:00:00Z');

let server: TestServer;
let accounts: Record<'clerk' | 'decider' | 'both' | 'administrator', Account>;
let take: (given: NewCase) => Promise<string>;

beforeAll(async () => {
  server = await startTestServer({ now });
  const { client } = server;
  accounts = {
    clerk: await anAccount(client, 'clerk', 'receive'),
    decider: await anAccount(client, 'decider', 'decide'),
    both: await anAccount(client, 'both', 'referrer', 'receive', 'decide'),
    administrator: { name: server.adminName, password: server.adminPassword },
  };
  const taking = { client, index: new PeopleIndex(client), log: new AuditLog(client, now).log, now };
  take = (given) => takeCase(taking, given);
});
afterAll(() => server.stop());

const call = (who: keyof typeof accounts) => as(server.url, accounts[who]);
const read = async (who: keyof typeof accounts, id: string) =>
  (await call(who)('GET', `/api/cases/${id}`)).body as SeenCase;
async function act(who: keyof typeof accounts, id: string, action: object) {
  const { case: file } = await read(who, id);
  return call(who)('POST', `/api/cases/${id}/actions`, { action, rev: file._rev });
}
const decided = { kind: 'decided', outcome: 'granted', on: '2026-11-22', reasons: [], text: '' };

describe('a case', () => {
  it('arrives once, however often it is taken', async () => {
    const id = await take(aNewCase(1));
    expect(await take(aNewCase(1))).toBe(id);
    expect((await read('clerk', id)).case.log.map(({ kind }) => kind)).toEqual(['received']);
  });

  it('is listed without a name, and whoever opens it is logged before they see it', async () => {
    const id = await take(aNewCase(2));
    const { body } = await call('clerk')('GET', '/api/cases?view=unassigned');
    expect(JSON.stringify(body)).not.toContain('Esimerkki');
    expect(body).toMatchObject({
      rows: expect.arrayContaining([expect.objectContaining({ id })]) as unknown,
    });
    const before = (await loggedActions(server.client)).length;
    const seen = await read('clerk', id);
    expect(seen.person.facts?.name.family).toBe('Esimerkki2');
    expect((await loggedActions(server.client)).slice(before)).toEqual([
      { account: 'clerk', action: 'case-read', case: id, people: [`person:${ulidOf(2)}`] },
    ]);
  });

  it('B1 B2 goes from hand to hand by the rules, and each refusal names its rule', async () => {
    const id = await take(aNewCase(3));
    expect(await act('decider', id, decided)).toMatchObject({ status: 422, body: { error: 'not-assigned' } });
    expect((await act('decider', id, { kind: 'assigned', to: 'decider' })).status).toBe(200);
    expect(await act('clerk', id, { kind: 'information-received', isIncomplete: false })).toMatchObject({
      body: { error: 'assigned-to-other' },
    });
    expect(await act('decider', id, { ...decided, outcome: 'refused' })).toMatchObject({
      body: { error: 'reasons-missing' },
    });
    expect((await act('decider', id, decided)).body).toMatchObject({
      status: { state: 'decided' },
      outcome: 'granted',
    });
    expect(await act('decider', id, { kind: 'closed' })).toMatchObject({ body: { error: 'letter-missing' } });
    expect((await act('decider', id, { kind: 'letter-sent', way: 'post', on: '2026-11-22' })).status).toBe(
      200,
    );
    expect((await act('decider', id, { kind: 'closed' })).body).toMatchObject({
      status: { state: 'closed' },
    });
  });

  it('B8 is not decided by whoever entered it', async () => {
    const id = await take(aNewCase(4, { received: { by: 'both' } }));
    expect((await act('both', id, { kind: 'assigned', to: 'both' })).status).toBe(200);
    expect(await act('both', id, decided)).toMatchObject({ body: { error: 'own-referral' } });
    expect(await act('both', id, { ...decided, isSelfApproved: true })).toMatchObject({
      body: { error: 'own-referral' },
    });
  });

  it('B6 of somebody known is flagged, shown side by side, and merged by a human', async () => {
    const first = await take(aNewCase(5));
    const again = await take(aNewCase(6, { person: aPerson(6, { ...aPerson(5), language: 'sv' }) }));
    const seen = await read('clerk', again);
    expect(seen.flags).toEqual(['possible-duplicate']);
    expect(seen.duplicates).toMatchObject([{ id: `person:${ulidOf(5)}`, cases: [{ id: first }] }]);
    await act('clerk', again, { kind: 'assigned', to: 'clerk' });
    const judged = await act('clerk', again, {
      kind: 'duplicate-judged',
      verdict: 'same',
      person: `person:${ulidOf(5)}`,
    });
    expect(judged.body).toMatchObject({ flags: [], person: { id: `person:${ulidOf(5)}` } });
    const merged = await readPerson(server.client, `person:${ulidOf(6)}`);
    expect(merged?.facts).toBeUndefined();
    expect(merged?.log.at(-1)).toMatchObject({ kind: 'merged', into: `person:${ulidOf(5)}` });
  });

  it('that somebody else changed meanwhile is looked at again, and the log says what was not done', async () => {
    const id = await take(aNewCase(7));
    const { case: file } = await read('clerk', id);
    const assign = (who: 'clerk' | 'decider') =>
      call(who)('POST', `/api/cases/${id}/actions`, {
        action: { kind: 'assigned', to: who },
        rev: file._rev,
      });
    const answers = await Promise.all([assign('clerk'), assign('decider')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { status } = await read('clerk', id);
    expect(['clerk', 'decider']).toContain(status.assignee);
  });
});

describe('nobody gets at people', () => {
  it('as an administrator who was given no right, or with a wrong id', async () => {
    const id = await take(aNewCase(8));
    for (const path of [`/api/cases/${id}`, '/api/cases?view=open', `/api/people/person:${ulidOf(8)}`]) {
      expect((await call('administrator')('GET', path)).status).toBe(403);
    }
    for (const odd of ['case:x', 'person:x', `case:${'9'.repeat(3000)}`, '_design%2Ftiski', 'submission:1']) {
      expect((await call('clerk')('GET', `/api/cases/${odd}`)).status).toBe(404);
      expect((await call('clerk')('GET', `/api/people/${odd}`)).status).toBe(404);
    }
  });

  it('with an action that is not one, or that only the server logs', async () => {
    const id = await take(aNewCase(9));
    for (const action of [
      {},
      { kind: 'received', source: 'paper', mode: 'decision', isIncomplete: false },
      { kind: 'over-cap', isOver: false },
      { kind: 'decided', outcome: 'granted' },
      { ...decided, text: 'x'.repeat(5001) },
      { kind: 'assigned', to: '' },
    ]) {
      expect((await act('clerk', id, action)).status).toBe(400);
    }
  });
});

describe('search', () => {
  it('finds by the beginning of words in any order, by birth year and by telephone, and is logged', async () => {
    await take(aNewCase(20, { person: aPerson(20, { name: { given: 'Åsa', family: 'Öhman-Näkki' } }) }));
    const found = async (text: string) => {
      const { body } = await call('clerk')('POST', '/api/people/search', { text });
      return (body as { people: { id: string }[] }).people.map(({ id }) => id);
    };
    const id = `person:${ulidOf(20)}`;
    for (const text of ['ohm asa', 'ÅSA ÖHMAN', 'nakki', 'öhman 1980', '0401000020', '+358 40 1000020']) {
      expect(await found(text), text).toContain(id);
    }
    expect(await found('hman')).toEqual([]);
    const logged = (await loggedActions(server.client)).filter(({ action }) => action === 'people-searched');
    expect(logged[0]).toEqual({
      account: 'clerk',
      action: 'people-searched',
      people: [id],
      about: '1 found',
    });
    expect(JSON.stringify(logged)).not.toMatch(/hman|asa/i);
  });

  it('needs two letters', async () => {
    expect((await call('clerk')('POST', '/api/people/search', { text: ' a ' })).body).toMatchObject({
      field: 'text',
    });
  });
});
