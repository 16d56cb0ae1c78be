import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryId, type AuditFacts } from '$lib/documents/audit/entry-document';
import { auditDatabase, peopleDatabase } from '$lib/documents/databases';
import { ulidOf } from '../../../../tests/builders';
import type { Account } from '../../../../tests/contract/couch-target';
import { anAccount, aPerson, as, loggedActions } from '../../../../tests/people';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { AuditIndex } from '../../audit/audit-index';
import { AuditLog, headOf, readEntries } from '../../audit/audit-log';
import { headText, trimmedAction } from '../../audit/verify-chain';
import { documentPath, requireOk } from '../../couch/client';

let server: TestServer;
let accounts: Record<'auditor' | 'clerk' | 'administrator', Account>;
let clock = '2026-11-22T08:00:00Z';
const now = () => new Date(clock);
const person = (index: number) => `person:${ulidOf(index)}`;

const looks: AuditFacts[] = [
  { account: 'liisa', action: 'case-read', case: `case:${ulidOf(1)}`, people: [person(1), person(2)] },
  { account: 'liisa', action: 'people-searched', people: [person(2)], about: '1 found' },
  { account: 'matti', action: 'person-read', people: [person(1)], why: '=HYPERLINK("x")' },
];

beforeAll(async () => {
  server = await startTestServer({ now });
  const { client } = server;
  accounts = {
    auditor: await anAccount(client, 'auditor', 'audit'),
    clerk: await anAccount(client, 'clerk', 'receive', 'decide', 'office', 'coordinator'),
    administrator: { name: server.adminName, password: server.adminPassword },
  };
  const { log } = new AuditLog(client, now);
  for (const [index, each] of looks.entries()) {
    // Finnish days: the last is after midnight there.
    clock = `2026-11-${20 + index}T22:30:00Z`;
    await log(each);
  }
  clock = '2026-12-01T08:00:00Z';
  await requireOk(client, 'PUT', documentPath(peopleDatabase, person(1)), {
    type: 'person',
    v: 1,
    facts: aPerson(1),
    cards: [],
    log: [],
  });
});
afterAll(() => server.stop());

const call = (who: keyof typeof accounts) => as(server.url, accounts[who]);
interface Page {
  entries: { number: number; account: string; action: string }[];
  total: number;
}
const ask = async (query: string) =>
  (await call('auditor')('GET', `/api/audit?${query}`)).body as Page & { known: { actions: string[] } };
const actions = ({ entries }: Page) => entries.map(({ action }) => action);

describe('the audit screen’s questions', () => {
  it('a clerk does not ask them, and an administrator only with the right', async () => {
    for (const who of ['clerk', 'administrator'] as const) {
      expect((await call(who)('GET', '/api/audit')).status).toBe(403);
      expect((await call(who)('POST', '/api/audit/export', {})).status).toBe(403);
    }
  });

  it('are answered by person, case, account, action and Finnish day, newest first', async () => {
    expect(actions(await ask(`person=${person(1)}&until=2026-11-30`))).toEqual(['person-read', 'case-read']);
    expect(actions(await ask(`case=case:${ulidOf(1)}&until=2026-11-30`))).toEqual(['case-read']);
    expect(actions(await ask('account=liisa'))).toEqual(['people-searched', 'case-read']);
    expect(actions(await ask('action=case-read'))).toEqual(['case-read']);
    expect(actions(await ask('from=2026-11-22&until=2026-11-22'))).toEqual(['people-searched']);
    expect(await ask('account=nobody')).toMatchObject({ entries: [], total: 0 });
    expect((await ask('')).known.actions).toContain('people-searched');
  });

  it('are logged themselves, before the answer, with what was asked', async () => {
    await ask(`person=${person(1)}&action=case-read`);
    expect((await loggedActions(server.client)).at(-1)).toEqual({
      account: 'auditor',
      action: 'audit-read',
      people: [person(1)],
      about: 'action case-read',
    });
  });

  it('are paged by number, so that new entries move nothing', async () => {
    const first = await ask('until=2026-11-30&before=3');
    expect(first.entries.map(({ number }) => number)).toEqual([2, 1]);
    expect(first.total).toBe(3);
  });

  it('name the member at fault', async () => {
    for (const [query, field] of [
      ['person=Esimerkki', 'person'],
      ['from=yesterday', 'from'],
      ['action=Case Read', 'action'],
      ['before=x', 'before'],
    ]) {
      const answer = await call('auditor')('GET', `/api/audit?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { field } });
    }
  });

  it('have no name in their answers; one is told on request, with a reason, logged before', async () => {
    expect(JSON.stringify(await ask(''))).not.toContain('Esimerkki');
    const name = (body: object) => call('auditor')('POST', '/api/audit/person', body);
    expect(await name({ person: person(1) })).toMatchObject({ status: 400, body: { field: 'why' } });
    expect((await name({ person: person(1), why: 'complaint 12' })).body).toMatchObject({
      name: { family: 'Esimerkki1' },
    });
    expect((await loggedActions(server.client)).at(-1)).toMatchObject({ action: 'person-named' });
  });

  it('go into a file that a spreadsheet opens and does not compute', async () => {
    const answer = await call('auditor')('POST', '/api/audit/export', { account: 'matti' });
    const { csv, exported } = answer.body as { csv: string; exported: number };
    expect(exported).toBe(1);
    expect(csv).toMatch(/^\uFEFFnumber;at;account;/);
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
  });
});

it('the auditor has the chain verified', async () => {
  expect((await call('clerk')('POST', '/api/audit/chain', {})).status).toBe(403);
  await call('auditor')('POST', '/api/audit/chain', {});
  await expect
    .poll(async () => (await call('auditor')('GET', '/api/audit/chain')).body)
    .toMatchObject({
      state: 'done',
      faults: [],
      first: 1,
      head: expect.stringMatching(/^\d+:[0-9a-f]{64}$/),
    });
});

describe('the index', () => {
  const count = async (index: AuditIndex) => (await index.find({ account: 'liisa' }, 10)).total;

  it('reads on from what it knows, and all of it again when the database is another copy', async () => {
    const { client } = server;
    const index = new AuditIndex(client);
    expect(await count(index)).toBe(2);
    await new AuditLog(client, now).log({ account: 'liisa', action: 'case-read' });
    expect(await count(index)).toBe(3);
    // As after restoring an older backup, to which others have been added since.
    const stored = (await readEntries(client, 1, 1000)) as { _id: string; _rev: string }[];
    const docs = stored.slice(1).map((each) => ({ ...each, _deleted: true }));
    await requireOk(client, 'POST', `/${auditDatabase}/_bulk_docs`, { docs });
    expect(await count(index)).toBe(1);
  });

  it('forgets what was trimmed', async () => {
    const { client } = server;
    const { log } = new AuditLog(client, now);
    const index = new AuditIndex(client);
    const first = (await requireOk(client, 'GET', documentPath(auditDatabase, entryId(1)))) as never;
    await log({ account: 'server', action: trimmedAction, about: headText(headOf(first)) });
    expect(await count(index)).toBe(0);
  });
});
