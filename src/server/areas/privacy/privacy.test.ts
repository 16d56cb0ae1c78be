import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peopleDatabase } from '$lib/documents/databases';
import type { CaseAction } from '$lib/domain/benefit/case-action';
import { aCard, aService, aVisit, cardNumber, ulidOf } from '../../../../tests/builders';
import type { Account } from '../../../../tests/contract/couch-target';
import { aNewCase, anAccount, aPerson, as, loggedActions } from '../../../../tests/people';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { AuditLog } from '../../audit/audit-log';
import { documentPath, requireOk, type CouchClient } from '../../couch/client';
import { beginErasure, finishErasure, resumeErasures } from '../../people/erase-person';
import { PeopleIndex } from '../../people/people-index';
import { provision } from '../../provision/provision';
import { takeCase } from '../../people/take-case';
import type { PersonData } from './export-person';

const now = () => new Date('2026-11-22T08:00:00Z');
const secret = 'Salainen huomautus';

let server: TestServer;
let accounts: Record<'decider' | 'clerk' | 'auditor' | 'administrator', Account>;

beforeAll(async () => {
  server = await startTestServer({ now });
  const { client } = server;
  accounts = {
    decider: await anAccount(client, 'decider', 'decide'),
    clerk: await anAccount(client, 'clerk', 'receive'),
    auditor: await anAccount(client, 'auditor', 'audit'),
    administrator: { name: server.adminName, password: server.adminPassword },
  };
  await requireOk(client, 'PUT', '/tiski-catalogue/service:uinti', aService('uinti', { sector: 'liikunta' }));
  await provision(client);
});
afterAll(() => server.stop());

const call = (who: keyof typeof accounts) => as(server.url, accounts[who]);
const stored = (id: string, database = peopleDatabase) =>
  requireOk(server.client, 'GET', documentPath(database, id)) as Promise<Record<string, unknown>>;
const put = (document: { _id: string; [member: string]: unknown }, database = peopleDatabase) =>
  requireOk(server.client, 'PUT', documentPath(database, document._id), document);

const by = { by: 'decider', role: 'decide', at: now().getTime() } as const;
const decided: CaseAction = {
  ...by,
  kind: 'decided',
  outcome: 'refused',
  on: '2026-10-01',
  reasons: ['income'],
  text: secret,
};
/** @param sent the day on which the letter went out */
const closedWith = (sent: string): CaseAction[] => [
  { ...by, kind: 'information-requested', what: secret, until: '2026-09-30' },
  { ...by, kind: 'information-received', isIncomplete: false },
  decided,
  { ...by, kind: 'letter-sent', way: 'post', on: sent },
  { ...by, kind: 'closed' },
];

/** Somebody with a case, a letter, a submission and a card. */
async function somebody(index: number, more: readonly CaseAction[]) {
  const { client } = server;
  const id = `person:${ulidOf(index)}`;
  const file = await takeCase(
    { client, index: new PeopleIndex(client), log: () => Promise.resolve(), now },
    aNewCase(index, { person: aPerson(index, { name: { given: 'Salli', family: `Salainen${index}` } }) }),
  );
  const made = await stored(file);
  await put({
    ...made,
    _id: file,
    note: secret,
    answers: { tulot: secret },
    wishes: ['uinti'],
    added: secret,
    log: [...(made['log'] as unknown[]), ...more],
  });
  const card = cardNumber(index);
  await put({
    ...(await stored(id)),
    _id: id,
    cards: [{ number: card, case: file, since: '2026-10-02' }],
  });
  await put({ _id: `letter:${ulidOf(index)}`, type: 'letter', v: 1, case: file, text: secret });
  await put({
    _id: `submission:${ulidOf(index)}`,
    type: 'submission',
    v: 1,
    kind: 'referral',
    hash: 'x',
    outcome: 'stored',
    body: { name: secret },
  });
  await put({ ...aCard(card) }, 'tiski-register');
  return { id, file, card, letter: `letter:${ulidOf(index)}`, submission: `submission:${ulidOf(index)}` };
}

/** Everything in a database as text. */
const all = async (database = peopleDatabase) =>
  JSON.stringify(await requireOk(server.client, 'GET', `/${database}/_all_docs?include_docs=true`));

describe('all that is held about a person', () => {
  it('is given to whoever decides, with a reason that is logged before, and lists who looked', async () => {
    const { id, file, letter, submission, card } = await somebody(1, []);
    const ask = (who: keyof typeof accounts, body: object) =>
      call(who)('POST', `/api/people/${id}/export`, body);
    for (const who of ['clerk', 'auditor', 'administrator'] as const) {
      expect((await ask(who, { why: 'x' })).status).toBe(403);
    }
    expect(await ask('decider', { why: ' ' })).toMatchObject({ status: 400, body: { field: 'why' } });
    await call('clerk')('GET', `/api/people/${id}`);
    const { body, status } = await ask('decider', { why: 'request 7' });
    expect(status).toBe(200);
    const data = body as PersonData;
    expect(data).toMatchObject({
      person: { _id: id, facts: { name: { given: 'Salli' } } },
      cases: [{ _id: file, consent: { given: true }, log: [{ kind: 'received' }] }],
      letters: [{ _id: letter }],
      submissions: [{ _id: submission }],
      cards: [{ number: card }],
    });
    expect(data.looks.map(({ account, action }) => [account, action])).toEqual(
      expect.arrayContaining([
        ['decider', 'person-exported'],
        ['clerk', 'person-read'],
      ]),
    );
    expect(JSON.stringify(data)).not.toContain('"_rev"');
  });
});

describe('erasing a person', () => {
  const erase = (who: keyof typeof accounts, id: string, body: object = { why: 'asked on paper' }) =>
    call(who)('POST', `/api/people/${id}/erase`, body);

  it('B35 waits for open cases and for final decisions, unless the person asks', async () => {
    const open = await somebody(10, []);
    const body = { why: 'x', isAskedByPerson: true };
    expect(await erase('decider', open.id, body)).toMatchObject({
      status: 422,
      body: { error: 'case-open' },
    });
    const fresh = await somebody(11, closedWith('2026-11-20'));
    expect(await erase('decider', fresh.id)).toMatchObject({ status: 422, body: { error: 'not-final' } });
    expect((await stored(fresh.id))['facts']).toBeDefined();
    expect((await erase('decider', fresh.id, body)).status).toBe(200);
    for (const who of ['clerk', 'auditor', 'administrator'] as const) {
      expect((await erase(who, open.id)).status).toBe(403);
    }
  });

  it('B31 leaves the id, the course of the case and the card, and no word of the person', async () => {
    const { id, file, letter, submission, card } = await somebody(12, closedWith('2026-10-01'));
    const visit = aVisit('desk-1', 1, { card });
    await put(visit, 'tiski-visits-liikunta');
    const visits = await all('tiski-visits-liikunta');
    const before = await stored(`card:${card}`, 'tiski-register');
    expect((await erase('decider', id)).status).toBe(200);
    const text = await all();
    expect(text).not.toContain('Salainen12');
    expect(await stored(id)).toMatchObject({ cards: [], log: [{ kind: 'registered' }, { kind: 'erased' }] });
    expect(await stored(id)).not.toHaveProperty('facts');
    const erased = await stored(file);
    expect(JSON.stringify(erased)).not.toContain(secret);
    expect(erased).toMatchObject({
      scheme: 'warkaus',
      answers: {},
      wishes: [],
      log: [
        { kind: 'received' },
        { kind: 'information-requested', until: '2026-09-30' },
        { kind: 'information-received' },
        { kind: 'decided', outcome: 'refused', on: '2026-10-01', reasons: ['income'], text: '' },
        { kind: 'letter-sent' },
        { kind: 'closed' },
      ],
    });
    expect((await server.client.request('GET', documentPath(peopleDatabase, letter))).status).toBe(404);
    expect(await stored(submission)).toMatchObject({ hash: 'x', outcome: 'stored' });
    expect(JSON.stringify(await stored(submission))).not.toContain(secret);
    // Visits and the card are as they were.
    expect(await all('tiski-visits-liikunta')).toBe(visits);
    expect(await stored(`card:${card}`, 'tiski-register')).toEqual(before);
    const found = await call('clerk')('POST', '/api/people/search', { text: 'Salainen12' });
    expect(found.body).toMatchObject({ total: 0 });
    expect(await loggedActions(server.client)).toContainEqual(
      expect.objectContaining({ action: 'person-erased', people: [id] }),
    );
  });

  it('old revisions have no body any more', async () => {
    const { id } = await somebody(13, closedWith('2026-10-01'));
    const { _rev } = await stored(id);
    await erase('decider', id);
    const path = `${documentPath(peopleDatabase, id)}?rev=${String(_rev)}`;
    expect((await server.client.request('GET', path)).status).toBe(404);
  });

  it('ends the card if asked to, and nothing else of it', async () => {
    const { id, card } = await somebody(14, closedWith('2026-10-01'));
    const before = await stored(`card:${card}`, 'tiski-register');
    await erase('decider', id, { why: 'x', endsCards: true });
    expect(await stored(`card:${card}`, 'tiski-register')).toEqual({
      ...before,
      _rev: expect.any(String) as string,
      status: 'ended',
    });
  });

  it('twice is once', async () => {
    const { id, file } = await somebody(15, closedWith('2026-10-01'));
    await erase('decider', id);
    const [person, erased] = [await stored(id), await stored(file)];
    expect((await erase('decider', id)).status).toBe(200);
    expect([await stored(id), await stored(file)]).toEqual([person, erased]);
  });

  it('that a crash cut off at any write is finished by the next start', async () => {
    for (let writes = 0; ; writes += 1) {
      const { id, file, letter } = await somebody(100 + writes, closedWith('2026-10-01'));
      const dying = clientThatDies(server.client, writes);
      const erasing = (client: CouchClient) => ({
        client,
        index: new PeopleIndex(server.client),
        log: new AuditLog(server.client, now).log,
        now,
      });
      await beginErasure(erasing(server.client), id, { by: 'decider', endsCards: true });
      const whole = await finishErasure(erasing(dying), id).then(
        () => true,
        () => false,
      );
      const found = await call('clerk')('POST', '/api/people/search', { text: `Salainen${100 + writes}` });
      expect(found.body).toMatchObject({ total: 0 });
      expect(await resumeErasures(erasing(server.client))).toBe(whole ? 0 : 1);
      expect(JSON.stringify([await stored(id), await stored(file)])).not.toMatch(/Salainen|erasing/);
      expect((await stored(id))['log']).toHaveLength(2);
      expect((await server.client.request('GET', documentPath(peopleDatabase, letter))).status).toBe(404);
      if (whole) break;
      expect(writes).toBeLessThan(20);
    }
  });
});

/** Does some writes; whatever comes after is lost with the process. */
function clientThatDies(client: CouchClient, writes: number): CouchClient {
  let left = writes;
  return {
    request(method, path, body) {
      const writesNow = method === 'PUT' || method === 'DELETE' || path.endsWith('_compact');
      if (writesNow && left-- <= 0) return Promise.reject(new Error('The process is gone.'));
      return client.request(method, path, body);
    },
  };
}
