import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { keyMark, parseCompactCode } from '$lib/documents/register/compact-code';
import { aCard, cardNumber } from '../../../tests/builders';
import { send } from '../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../tests/server';
import { requireOk, type CouchClient } from '../couch/client';
import { keyFolder } from '../keys/key-folder';
import { isDemoStore } from './demo-store';

const now = new Date('2026-11-18T10:00:00Z');
const names = { fi: 'Lehtoranta', sv: 'Lehtoranta', en: 'Lehtoranta' };
const settings = { _id: 'settings:city', type: 'settings', v: 1, names, demo: true };
const card = aCard(cardNumber(1));

describe('whether a store is a demo', () => {
  let folder = '';
  let server: TestServer | undefined;
  const stop = async () => {
    await server?.close();
    server = undefined;
  };
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(demo: boolean): Promise<CouchClient> {
    await stop();
    folder ||= await mkdtemp(join(tmpdir(), 'tiski-demo-'));
    server = await startTestServer({ dataDir: folder, demo, now: () => now });
    return server.client;
  }
  const get = async (path: string) => (await send('GET', `${server?.url}/api${path}`)).body;
  const health = () => get('/health');
  const openDesk = async () =>
    (await send('POST', `${server?.url}/api/demo/desk`, { body: { venue: 'uimahalli' } })).status;

  /** A demo as left by a version without the mark. */
  async function makeOlderDemo(): Promise<CouchClient> {
    const client = await start(true);
    const path = '/tiski-catalogue/settings:city';
    const stored = (await requireOk(client, 'GET', path)) as object;
    await requireOk(client, 'PUT', path, { ...stored, demo: true });
    await requireOk(client, 'DELETE', '/tiski-desks');
    await requireOk(client, 'PUT', '/tiski-desks');
    return client;
  }

  it('is set when it is made, and stays so', async () => {
    await start(true);
    for (const demo of [true, false]) {
      const client = await start(demo);
      expect(await isDemoStore(client)).toBe(true);
      expect(await health()).toMatchObject({ demo: true });
      expect(await openDesk()).toBe(201);
    }
  });

  it.each([
    ['tiski-register', card],
    ['tiski-catalogue', settings],
    ['tiski-office', { _id: 'note:1', type: 'note', v: 1 }],
    ['tiski-visits-liikunta', { _id: 'visit:desk-1:1', type: 'note', v: 1 }],
  ])('is never set for a store that has something in %s', async (database, document) => {
    const client = await start(false);
    await client.request('PUT', `/${database}`);
    await requireOk(client, 'PUT', `/${database}/${encodeURIComponent(document._id)}`, document);
    const again = await start(true);
    expect(await isDemoStore(again)).toBe(false);
    expect(await health()).toMatchObject({ demo: false });
    expect(await openDesk()).toBe(404);
  });

  it('a start that was cut off makes the city again, even if the next one is told to start empty', async () => {
    const client = await start(true);
    await requireOk(client, 'DELETE', '/tiski-catalogue');
    await requireOk(client, 'PUT', '/tiski-catalogue');
    await start(false);
    expect(await openDesk()).toBe(201);
  });

  it('a demo of an older version stays one if all its cards are there and no other', async () => {
    await makeOlderDemo();
    const client = await start(false);
    expect(await isDemoStore(client)).toBe(true);
    expect(await openDesk()).toBe(201);
  });

  it('a demo of an older version with one more card is not a demo', async () => {
    const older = await makeOlderDemo();
    await requireOk(older, 'PUT', `/tiski-register/${card._id}`, card);
    expect(await isDemoStore(await start(true))).toBe(false);
  });

  it('a demo of an older version is recognized once: later its settings don’t count', async () => {
    const client = await start(false);
    await requireOk(client, 'PUT', '/tiski-catalogue/settings:city', settings);
    const demo = await mkdtemp(join(tmpdir(), 'tiski-demo-'));
    const made = await startTestServer({ dataDir: demo, demo: true, now: () => now });
    const body = await requireOk(
      made.client,
      'GET',
      '/tiski-register/_all_docs?include_docs=true&startkey="card:"&endkey="card;"',
    );
    await made.close();
    await rm(demo, { recursive: true });
    const docs = (body as { rows: { doc: object }[] }).rows.map(({ doc }) => ({ ...doc, _rev: undefined }));
    await requireOk(client, 'POST', '/tiski-register/_bulk_docs', { docs });
    expect(await isDemoStore(await start(true))).toBe(false);
  });

  it("its cards are signed with its own key, even if a city's keys are in the folder", async () => {
    await start(false);
    const city = await readdir(keyFolder({ folder }, false));
    await stop();
    // The folder with the keys stays, as it does beside a CouchDB that has been replaced by another.
    await rm(join(folder, 'databases'), { recursive: true });
    await rm(join(folder, 'databases.json'));
    const demo = await start(true);
    const own = await readdir(keyFolder({ folder }, true));
    expect(own).toHaveLength(3);
    expect(await readdir(keyFolder({ folder }, false))).toEqual(city);
    const cards = (await get('/demo/cards')) as {
      cards: { kind: string; code: string }[];
    };
    const signed = cards.cards.filter(({ kind }) => kind === 'by-signature' || kind === 'forged');
    expect(signed).toHaveLength(2);
    for (const { code } of signed) {
      const isMarked = (name: string) => keyMark(name.replace('.json', '')) === parseCompactCode(code)?.key;
      expect(own.some(isMarked)).toBe(true);
      expect(city.some(isMarked)).toBe(false);
    }
    const keys = await requireOk(demo, 'GET', '/tiski-catalogue/_all_docs?startkey="key:"&endkey="key;"');
    const published = (keys as { rows: { id: string }[] }).rows.map(
      ({ id }) => `${id.slice('key:'.length)}.json`,
    );
    expect(own).toEqual(expect.arrayContaining(published));
  });
});
