import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCards } from '../../src/server/cli/import';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { openBackend } from '../../src/server/open-backend';
import { provision } from '../../src/server/provision/provision';
import { aCard, aScheme, cardNumber } from '../builders';
import { cardsHeader } from '../register-to-import';
import type { BenchSize } from './sizes';
import { count, seconds, times, type BenchTable } from './table';

/**
 * `tiski import` of new cards, of cards that all change, and of the same file again. The baseline, measured
 * in the same run, is the store's own bulk load of as many documents, a thousand per request: without rules,
 * and with the register's. The store is the embedded one, and also the CouchDB in COUCHDB_URL if there is
 * one.
 */

const cards: Record<BenchSize, number> = { tiny: 2_000, usual: 20_000, full: 100_000 };
const perRequest = 1_000;

export async function importBench(size: BenchSize): Promise<BenchTable[]> {
  const couchUrl = process.env['COUCHDB_URL'];
  const embedded = await measured('the embedded store', {}, cards[size]);
  return couchUrl === undefined
    ? [embedded]
    : [embedded, await measured('CouchDB', { couchUrl }, cards[size])];
}

async function measured(store: string, where: { couchUrl?: string }, total: number): Promise<BenchTable> {
  const folder = await mkdtemp(join(tmpdir(), 'tiski-bench-import-'));
  const backend = await openBackend({ folder, bodyLimit: 8 * 1024 * 1024, ...where });
  const prefix = `bench-${Date.now().toString(36)}-`;
  const client = underPrefix(backend.client, prefix);
  try {
    await provision(client);
    await requireOk(client, 'PUT', '/tiski-catalogue/scheme:vihrea', aScheme('vihrea'));
    const file = join(folder, 'cards.csv');
    const imported = async (until: string) => {
      await writeFile(file, cardFile(total, until));
      return timed(async () => {
        const result = await importCards(client, file, { write: () => true });
        if (!result.ok) throw new Error(JSON.stringify(result.faults[0]));
      });
    };
    await requireOk(client, 'PUT', '/tiski-plain');
    const plain = await timed(() => load(client, '/tiski-plain', total));
    await requireOk(client, 'PUT', '/tiski-ruled');
    await copyRules(client, '/tiski-register', '/tiski-ruled');
    const ruled = await timed(() => load(client, '/tiski-ruled', total));
    const rows: [string, number][] = [
      ['bulk load without rules', plain],
      ['bulk load with the register’s rules', ruled],
      ['import, all cards new', await imported('2026-12-31')],
      ['import, all cards changed', await imported('2027-12-31')],
      ['import, the same again', await imported('2027-12-31')],
    ];
    return {
      title: `${count(total)} cards into ${store}`,
      columns: ['', 'Time', 'Against bulk load with rules'],
      rows: rows.map(([what, ms]) => [what, seconds(ms), times(ms / ruled)]),
    };
  } finally {
    await removeAll(backend.client, prefix);
    await backend.close();
    await rm(folder, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function cardFile(total: number, until: string): string {
  const rows = Array.from(
    { length: total },
    (_, index) => `${cardNumber(index + 1)},vihrea,2026-01-01,${until},active,LR${index},`,
  );
  return `${[cardsHeader, ...rows].join('\n')}\n`;
}

async function load(client: CouchClient, database: string, total: number): Promise<void> {
  for (let from = 0; from < total; from += perRequest) {
    const docs = Array.from({ length: Math.min(perRequest, total - from) }, (_, index) =>
      aCard(cardNumber(from + index + 1), { scheme: 'vihrea' }),
    );
    await requireOk(client, 'POST', `${database}/_bulk_docs`, { docs });
  }
}

async function copyRules(client: CouchClient, from: string, to: string): Promise<void> {
  const design = (await requireOk(client, 'GET', `${from}/_design/tiski`)) as object;
  await requireOk(client, 'PUT', `${to}/_design/tiski`, { ...design, _rev: undefined });
}

/** A CouchDB may hold a city: its databases are left alone. */
const underPrefix = (client: CouchClient, prefix: string): CouchClient => ({
  request: (method, path, body) =>
    client.request(method, path.replace(/^\/tiski-/, `/${prefix}tiski-`), body),
});

async function removeAll(client: CouchClient, prefix: string): Promise<void> {
  const names = (await requireOk(client, 'GET', '/_all_dbs')) as string[];
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await requireOk(client, 'DELETE', `/${encodeURIComponent(name)}`);
  }
}
