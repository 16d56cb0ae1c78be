import { withBench, type Bench } from './bench-page';
import type {} from './page/main';
import type { BenchSize } from './sizes';
import { count, seconds, times, type BenchTable } from './table';

/**
 * A desk's waiting visits on their way to the server, until the outbox is empty; compared with PouchDB's
 * replication of as many visits from its own store to the same database. Both send up to 200 documents per
 * request.
 */
const sizes: Record<BenchSize, number[]> = {
  tiny: [50],
  usual: [100, 1_000, 10_000],
  full: [100, 1_000, 10_000],
};
const batchSize = 200;

export function drain(size: BenchSize): Promise<BenchTable[]> {
  return withBench(async (bench) => {
    const rows: string[][] = [];
    let smallest: { ms: number; visits: number } | undefined;
    for (const visits of sizes[size]) {
      const own = await measure(bench, visits, 'outbox');
      const peer = await measure(bench, visits, 'peer');
      smallest ??= { ms: own, visits };
      rows.push([
        count(visits),
        seconds(own),
        `${count((visits / own) * 1_000)}/s`,
        `${times(own / smallest.ms)} for ${times(visits / smallest.visits)}`,
        seconds(peer),
        times(peer / own),
      ]);
    }
    const columns = ['Visits', 'Outbox', 'Visits', 'Growth of time', 'PouchDB.replicate', 'Quicker than it'];
    return [{ title: 'Draining waiting visits', columns, rows }];
  });
}

async function measure({ server, openPage }: Bench, visits: number, way: 'outbox' | 'peer'): Promise<number> {
  const code = await server.addDesk();
  const page = await openPage();
  const drained =
    way === 'outbox'
      ? await page.evaluate(([desk, waiting]) => bench.drain(desk, waiting), [code, visits] as const)
      : await page.evaluate(([desk, waiting, batch]) => bench.replicateVisits(desk, waiting, batch), [
          code,
          visits,
          batchSize,
        ] as const);
  await page.context().close();
  if (drained.left > 0) throw new Error(`${way}: ${drained.left} of ${visits} visits did not arrive.`);
  return drained.ms;
}
