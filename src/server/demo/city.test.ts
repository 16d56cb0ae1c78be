import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCards } from '../cli/import';
import type { CouchClient } from '../couch/client';
import { requireOk } from '../couch/client';
import { DatabaseStore } from '../couch/database-store';
import { embeddedClient } from '../couch/embedded-client';
import { Endpoint } from '../couch/endpoint';
import { provision } from '../provision/provision';
import { createDemoCity } from './city';
import { isDemoStore } from './demo-store';

const now = new Date('2026-11-18T10:00:00Z');

let folder = '';
let store: DatabaseStore;
let client: CouchClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-demo-'));
  store = await DatabaseStore.open(folder, {});
  const faults: unknown[] = [];
  client = embeddedClient(new Endpoint(store, (error) => faults.push(error)));
  await provision(client);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function countOf(database: string, type: string): Promise<number> {
  const range = `startkey=%22${type}:%22&endkey=%22${type};%22`;
  const body = await requireOk(client, 'GET', `/${database}/_all_docs?${range}`);
  return (body as { rows: unknown[] }).rows.length;
}

describe('the demo city in the embedded store', () => {
  it('passes the rules of every database, and is the same when it is made again', async () => {
    const made = await createDemoCity(client, now);
    expect(made.cards).toBe(400);
    for (const round of ['made', 'made again']) {
      expect(await isDemoStore(client), round).toBe(true);
      expect(await countOf('tiski-register', 'card'), round).toBe(400);
      const sectors = ['liikunta', 'kulttuuri', 'opisto', 'ruoka'];
      const counts = await Promise.all(sectors.map((each) => countOf(`tiski-visits-${each}`, 'visit')));
      expect(
        counts.reduce((sum, each) => sum + each, 0),
        round,
      ).toBe(made.visits);
      await createDemoCity(client, now);
    }
  });

  it('accepts the sample file, once', async () => {
    await createDemoCity(client, now);
    const out: string[] = [];
    const run = () => importCards(client, 'static/samples/cards.csv', { write: (line) => out.push(line) });
    expect(await run()).toEqual({ ok: true, added: 20, changed: 0, unchanged: 0 });
    expect(await run()).toEqual({ ok: true, added: 0, changed: 0, unchanged: 20 });
    expect(await countOf('tiski-register', 'card')).toBe(420);
    expect(out.join('')).toContain('20 of 20 cards written\n');
  });
});
