import { withBench, type Bench } from './bench-page';
import type { BenchSize } from './sizes';
import { count, kilobytes, seconds, times, type BenchTable } from './table';
import type {} from './page/main';

/**
 * A new desk's register, three ways from the same server in the same browser: by pages of `_changes`, by the
 * packed snapshot (S18), and by PouchDB's replication of the same documents into its own IndexedDB adapter.
 * PouchDB gets the page size that makes it faster than its default of a hundred.
 */
const sizes: Record<BenchSize, { cards: number[]; mostForPeer: number; packedAlone: number[] }> = {
  tiny: { cards: [100], mostForPeer: 100, packedAlone: [] },
  usual: { cards: [2_000, 20_000], mostForPeer: 20_000, packedAlone: [] },
  full: { cards: [1_000, 10_000, 20_000, 100_000], mostForPeer: 100_000, packedAlone: [1_000_000] },
};
const pageSize = 1_000;

type Way = 'pages' | 'snapshot' | 'peer';

export function firstLoad(size: BenchSize): Promise<BenchTable[]> {
  const { cards, mostForPeer, packedAlone } = sizes[size];
  return withBench(async (bench) => {
    const rows: string[][] = [];
    let loaded = 0;
    for (const each of cards) {
      await bench.server.register.add(loaded, each - loaded);
      loaded = each;
      const bytes = await bench.server.register.pack();
      const pages = await measure(bench, each, 'pages');
      const snapshot = await measure(bench, each, 'snapshot');
      const peer = each <= mostForPeer ? await measure(bench, each, 'peer') : undefined;
      rows.push(row(each, { pages, snapshot, peer, bytes }));
    }
    for (const each of packedAlone) {
      const bytes = await bench.server.register.packWithoutDocuments(each);
      rows.push(row(each, { snapshot: await measure(bench, each, 'snapshot'), bytes }));
    }
    const columns = [
      'Cards',
      'PouchDB.replicate',
      'By pages',
      'Quicker than it',
      'By snapshot',
      'Quicker than it',
      'Download',
    ];
    return [{ title: 'First load of the register', columns, rows }];
  });
}

interface Seen {
  bytes: number;
  snapshot: number;
  pages?: number | undefined;
  peer?: number | undefined;
}

function row(cards: number, { peer, pages, snapshot, bytes }: Seen): string[] {
  const ratio = (ms?: number) => (peer === undefined || ms === undefined ? '' : times(peer / ms));
  const time = (ms?: number) => (ms === undefined ? 'not run' : seconds(ms));
  return [
    count(cards),
    time(peer),
    time(pages),
    ratio(pages),
    time(snapshot),
    ratio(snapshot),
    kilobytes(bytes),
  ];
}

async function measure({ server, openPage }: Bench, cards: number, way: Way): Promise<number> {
  const code = await server.addDesk();
  const page = await openPage();
  page.setDefaultTimeout(0);
  const loaded =
    way === 'peer'
      ? await page.evaluate(([desk, size]) => bench.replicateCards(desk, size), [code, pageSize] as const)
      : await page.evaluate(([desk, by]) => bench.pullRegister(desk, by), [code, way] as const);
  await page.context().close();
  if (loaded.cards < cards) throw new Error(`${way}: ${loaded.cards} of ${cards} cards came.`);
  return loaded.ms;
}
