import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RescueContent } from '$lib/documents/fleet/rescue-file';
import { sealRescue } from '$lib/token/seal-rescue';
import { aChoice, aRelease, aScheme, aService, aVenue, aVisit, aVoid } from '../../../../tests/builders';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { makeOfficeKey } from '../../keys/office-key';
import { rescueKeyDocumentOf } from '../../keys/rescue-key';
import { publishedOfficeKeys, rescueKeys } from '../../keys/office-key-store';

const sector = 'tiski-visits-liikunta';
const now = new Date('2026-11-23T08:00:00Z');
let server: TestServer;
let account: string;
let deskId: string;

beforeEach(async () => {
  server = await startTestServer({ now: () => now });
  for (const document of [aScheme('warkaus'), aService('swim'), aVenue('uimahalli'), aVenue('gym')]) {
    expect((await put('tiski-catalogue', document)).status).toBe(201);
  }
  const added = await post('/api/desks', { name: 'Kassa 1', venue: 'uimahalli' });
  const { code, desk } = added.body as unknown as { code: string; desk: { id: string; account: string } };
  expect((await post('/api/pair', { code })).status).toBe(200);
  ({ id: deskId, account } = desk);
});
afterEach(() => server.stop());

const put = (database: string, document: { _id: string }) =>
  server.client.request('PUT', `/${database}/${encodeURIComponent(document._id)}`, document);

interface Taken {
  desk: { id: string; name: string };
  documents: { id: string; document?: object; outcome: { kind: string; why?: string; reason?: string } }[];
  error?: string;
}

async function post(path: string, body: object, password = server.adminPassword) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${server.adminName}:${password}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Taken };
}

const contentOf = (documents: readonly unknown[], changes: Partial<RescueContent> = {}): RescueContent => ({
  type: 'tiski-rescue',
  v: 1,
  desk: account,
  exportedAt: now.toISOString(),
  count: documents.length,
  entries: documents.map((document) => ({ database: sector, state: 'waiting', document })),
  ...changes,
});

async function seal(content: RescueContent): Promise<string> {
  const keys = { folder: join(server.dataDir, 'keys'), client: server.client };
  const [key] = await publishedOfficeKeys(keys, rescueKeys);
  if (!key) throw new Error('There is no key.');
  return sealRescue(content, key);
}

const takeIn = async (content: RescueContent) => post('/api/rescue', { file: await seal(content) });
const kindsOf = ({ documents }: Taken) => documents.map(({ outcome }) => outcome.kind);

async function stored(): Promise<unknown[]> {
  const { body } = await server.client.request('GET', `/${sector}/_all_docs?include_docs=true`);
  const { rows } = body as { rows: { id: string; doc: unknown }[] };
  return rows.filter(({ id }) => !id.startsWith('_design/')).map(({ doc }) => doc);
}

describe('a rescue file at the office', () => {
  it('S16 everything is written exactly once, unchanged, however often the file is taken in', async () => {
    const visits = Array.from({ length: 250 }, (_, index) => aVisit(account, index + 1));
    const [first] = visits;
    if (!first) throw new Error('There is no visit.');
    const choice = aChoice(account, 1);
    const documents = [aVoid(first), ...visits, choice, aRelease(choice)];
    const taken = await takeIn(contentOf(documents));
    expect(taken.status).toBe(200);
    expect(taken.body).toMatchObject({ desk: { id: deskId, name: 'Kassa 1' } });
    expect(new Set(kindsOf(taken.body))).toEqual(new Set(['stored']));
    expect(taken.body.documents.map(({ id }) => id)).toEqual(documents.map(({ _id }) => _id));
    expect(await stored()).toHaveLength(documents.length);
    expect((await stored()).find((doc) => (doc as { _id: string })._id === first._id)).toMatchObject(first);

    const again = await takeIn(contentOf([...documents, aVisit(account, 251), aVisit(account, 251)]));
    expect(kindsOf(again.body).slice(-2), 'twice in the file').toEqual(['stored', 'already-there']);
    expect(new Set(kindsOf(again.body).slice(0, -2))).toEqual(new Set(['already-there']));
    expect(await stored()).toHaveLength(documents.length + 1);
  });

  it('S16 each document must be one that the desk itself may write, and the others go through', async () => {
    await put(sector, aVisit(account, 1));
    const visit = (index: number, changes: object) => ({ ...aVisit(account, index), ...changes });
    const { status, body } = await takeIn(
      contentOf([
        visit(1, { service: 'gym' }),
        aVisit('desk-2', 2),
        visit(3, { venue: 'gym' }),
        visit(4, { card: '12345678' }),
        visit(5, { v: 2 }),
        visit(6, { _deleted: true }),
        { _id: 'card:20240017', type: 'card', v: 1 },
        'text',
        aVisit(account, 9),
      ]),
    );
    expect(status).toBe(200);
    expect(body.documents.map(({ outcome }) => outcome.why ?? outcome.kind)).toEqual([
      'different',
      'not-allowed',
      'not-allowed',
      'unreadable',
      'newer-version',
      'unreadable',
      'unreadable',
      'unreadable',
      'stored',
    ]);
    expect(body.documents[1]?.outcome.reason).toBe('A desk writes its own documents only.');
    expect(body.documents[7]?.id).toBe('#8');
    expect(await stored()).toHaveLength(2);

    const elsewhere = contentOf([aVisit(account, 10)]);
    const entries = elsewhere.entries.map((entry) => ({ ...entry, database: 'tiski-office' }));
    expect((await takeIn({ ...elsewhere, entries })).body.documents[0]?.outcome).toMatchObject({
      why: 'unknown-database',
    });
  });

  it('S11 S16 a revoked desk’s file, and what a former account of the desk had logged, is taken in', async () => {
    const renewed = (await post(`/api/desks/${deskId}/code`, {})).body as unknown as { code: string };
    const paired = (await post('/api/pair', { code: renewed.code })).body as unknown as {
      account: { name: string };
    };
    expect(paired.account.name).not.toBe(account);
    expect((await post(`/api/desks/${deskId}/revoke`, {})).status).toBe(200);
    const documents = [aVisit(account, 1), aVisit(paired.account.name, 2)];
    const taken = await takeIn(contentOf(documents, { desk: paired.account.name }));
    expect(kindsOf(taken.body)).toEqual(['stored', 'stored']);
  });

  it('S16 anything other than such a file is refused with a reason, and nothing is written', async () => {
    const content = contentOf([aVisit(account, 1)]);
    const good = await seal(content);
    const foreign = await sealRescue(content, rescueKeyDocumentOf(await makeOfficeKey(now)));
    for (const [file, error] of [
      ['', 'not-a-rescue-file'],
      [JSON.stringify(content), 'not-a-rescue-file'],
      [foreign, 'unknown-key'],
      [good.slice(0, -30), 'damaged-file'],
      [await seal({ ...content, count: 2 }), 'damaged-file'],
      [await seal({ ...content, v: 2 as 1 }), 'newer-file'],
      [await seal({ ...content, desk: 'desk-nobody' }), 'unknown-desk'],
    ] as const) {
      expect(await post('/api/rescue', { file }), error).toMatchObject({ status: 400, body: { error } });
    }
    expect((await post('/api/rescue', {})).body.error).toBe('bad-request');
    expect(await stored()).toEqual([]);
  });

  it('S16 is for the office alone, which is checked before the body is read; and the office has a record', async () => {
    const file = 'x'.repeat(1024 * 1024);
    expect((await post('/api/rescue', { file }, 'wrong')).status).toBe(401);
    expect((await post('/api/rescue', { file })).body.error).toBe('not-a-rescue-file');
    await takeIn(contentOf([aVisit(account, 1), aVisit('desk-2', 2)]));
    const range = new URLSearchParams({ include_docs: 'true', startkey: '"rescue:"', endkey: '"rescue;"' });
    const { body } = await server.client.request('GET', `/tiski-office/_all_docs?${range.toString()}`);
    expect((body as { rows: { doc: object }[] }).rows.map(({ doc }) => doc)).toMatchObject([
      { by: 'administrator', desk: deskId, stored: 1, alreadyThere: 0, different: 0, refused: 1 },
    ]);
  });
});
