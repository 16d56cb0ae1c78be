import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pairDevice } from '../../src/lib/app/pair-device';
import type { VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import { day } from '../../src/lib/domain/time/day';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import { readAcknowledgedChecks } from '../../src/lib/store/acknowledged-log';
import { checkVisit } from '../../src/lib/store/check-visit';
import { databasesOf } from '../../src/lib/store/device';
import { createLocalStore } from '../../src/lib/store/local-store';
import { logVisit } from '../../src/lib/store/log-visit';
import { waitingCount } from '../../src/lib/store/outbox';
import { createAcknowledgedCheck } from '../../src/lib/sync/check-acknowledged';
import { pullDocuments } from '../../src/lib/sync/pull-documents';
import { pushWaiting } from '../../src/lib/sync/push-documents';
import { aCard, cardNumber, ulidOf } from '../builders';
import { anUnpairedDatabase, ordinaryCatalogue, sundayMorning } from '../paired-database';
import { startTestServer, type TestServer } from '../server';

/**
 * Last night's data folder is copied back under a stopped server: its databases keep their epoch, and by the
 * time that a desk looks, other desks have advanced its `seq` beyond the desk's cursor (S8 notices nothing).
 */
const visits = 'tiski-visits-liikunta';
let work: string;
let server: TestServer;
let now = sundayMorning;

const start = async () => (server = await startTestServer({ dataDir: join(work, 'data') }));

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'tiski-restored-'));
  await start();
  await write('tiski-catalogue', ordinaryCatalogue());
  await write(
    'tiski-register',
    Array.from({ length: 20 }, (_, index) => aCard(cardNumber(index))),
  );
});
afterAll(async () => {
  await server?.close();
  await rm(work, { recursive: true, force: true });
});

async function write(database: string, docs: object[]): Promise<void> {
  expect((await server.client.request('POST', `/${database}/_bulk_docs`, { docs })).status).toBe(201);
}

async function aPairedDesk(name: string) {
  const db = anUnpairedDatabase();
  const address = () => ({ couchUrl: `${server.url}/couch`, apiUrl: `${server.url}/api`, now: Date.now });
  const added = await fetch(`${server.url}/api/desks`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${server.adminName}:${server.adminPassword}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name, venue: 'uimahalli' }),
  });
  const { code } = (await added.json()) as { code: string };
  const paired = await pairDevice(db, address(), code, () => `the secret of ${name}`);
  if (!paired.ok) throw new Error(paired.failure.kind);
  const device = paired.value;
  const store = createLocalStore(db, () => now);
  const remote = () => createCouchServer(address(), device.account);
  let ids = 0;
  return {
    db,
    async log(card: number): Promise<VisitDocument> {
      const check = await checkVisit(db, { text: cardNumber(card), service: 'swim' }, now);
      const logged = await logVisit(db, check, { deviceNow: now, randomId: () => ulidOf(++ids) });
      if (logged.kind !== 'logged') throw new Error(logged.kind);
      return logged.document;
    },
    async sync(): Promise<void> {
      expect(await pushWaiting(remote(), store)).toMatchObject({ ok: true });
      for (const database of databasesOf(device)) {
        const pulled = await pullDocuments(remote().database(database), store, { sessionEpoch: '' });
        expect(pulled).toMatchObject({ ok: true });
      }
    },
    check(): Promise<boolean> {
      const takeTurn = createAcknowledgedCheck({ remote: remote().database(visits), store, now: () => now });
      return takeTurn(new AbortController().signal);
    },
  };
}

it('S9 a server whose files were copied back gets the morning from the desk, each visit once', async () => {
  const desk = await aPairedDesk('Uimahalli, kassa 1');
  const other = await aPairedDesk('Uimahalli, kassa 2');
  await desk.sync();
  const night = await desk.log(1);
  await desk.sync();
  await desk.check();

  await server.close();
  await cp(join(work, 'data'), join(work, 'backup'), { recursive: true });
  await start();

  now += day / 2;
  const morning = [await desk.log(2), await desk.log(3), await desk.log(4)];
  await desk.sync();
  expect(await waitingCount(desk.db)).toBe(0);

  await server.close();
  await rm(join(work, 'data'), { recursive: true });
  await cp(join(work, 'backup'), join(work, 'data'), { recursive: true });
  await start();

  await other.sync();
  const theirs: VisitDocument[] = [];
  for (let card = 5; card < 12; card++) theirs.push(await other.log(card));
  await other.sync();
  await write('tiski-register', [aCard(cardNumber(30))]);
  await desk.sync();
  expect(await onServer()).toEqual(idsOf([night, ...theirs]));

  now += day;
  expect(await desk.check()).toBe(true);
  expect(await waitingCount(desk.db)).toBe(3);
  expect(await readAcknowledgedChecks(desk.db)).toMatchObject([{ database: visits, asked: 4, putBack: 3 }]);
  await desk.sync();
  expect(await waitingCount(desk.db)).toBe(0);
  expect(await onServer()).toEqual(idsOf([night, ...morning, ...theirs]));
  const [again] = morning;
  const stored = await server.client.request('GET', `/${visits}/${encodeURIComponent(again?._id ?? '')}`);
  expect(stored.body).toMatchObject({ ...again, _rev: expect.stringMatching(/^1-/) });
  // What was hidden behind the old cursor is here too.
  expect((await desk.db.visits.toCollection().primaryKeys()).sort()).toEqual(
    idsOf([night, ...morning, ...theirs]),
  );
  expect(await desk.db.cards.get(cardNumber(30))).toBeDefined();

  now += day;
  expect(await desk.check()).toBe(false);
  expect(await waitingCount(desk.db)).toBe(0);
});

const idsOf = (documents: VisitDocument[]) => documents.map(({ _id }) => _id).sort();

async function onServer(): Promise<string[]> {
  const path = `/${visits}/_all_docs?startkey="visit:"&endkey="visit:~"`;
  const { body } = await server.client.request('GET', path);
  return (body as { rows: { id: string }[] }).rows.map(({ id }) => id).sort();
}
