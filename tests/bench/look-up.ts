import { withBench } from './bench-page';
import type {} from './page/main';
import type { BenchSize } from './sizes';
import { count, milliseconds, quantile, times, type BenchTable } from './table';

/**
 * From a card's number to the verdict, through the real store, on registers of three sizes, each card under a
 * season's limit with twenty visits; also with the processor slowed down four times. The lower bound is one
 * bare IndexedDB get of the same number, alternating with the verdicts.
 */
const sizes: Record<BenchSize, { cards: number[]; lookUps: number }> = {
  tiny: { cards: [400], lookUps: 20 },
  usual: { cards: [400, 100_000], lookUps: 500 },
  full: { cards: [400, 100_000, 1_000_000], lookUps: 1_000 },
};
/** One frame at 60 a second, ms. */
const frame = 1_000 / 60;

export function lookUp(size: BenchSize): Promise<BenchTable[]> {
  const { cards, lookUps } = sizes[size];
  return withBench(async ({ openPage }) => {
    const page = await openPage();
    page.setDefaultTimeout(0);
    const session = await page.context().newCDPSession(page);
    const rows: string[][] = [];
    const first = new Map<number, number>();
    for (const each of cards) {
      await page.evaluate((register) => bench.fillRegister(register), each);
      for (const rate of [1, 4]) {
        await session.send('Emulation.setCPUThrottlingRate', { rate });
        const { verdicts, gets, refused } = await page.evaluate((turns) => bench.lookUp(turns), lookUps);
        if (refused > 0) throw new Error(`${refused} of ${lookUps} verdicts were not "admit".`);
        const [p50, p99] = [quantile(verdicts, 0.5), quantile(verdicts, 0.99)];
        const get = quantile(gets, 0.5);
        if (!first.has(rate)) first.set(rate, p50);
        rows.push([
          count(each),
          `× ${rate}`,
          milliseconds(p50),
          milliseconds(p99),
          p99 < frame ? 'yes' : 'no',
          times(p50 / (first.get(rate) ?? p50)),
          milliseconds(get),
          milliseconds(quantile(gets, 0.99)),
          times(p50 / get),
        ]);
      }
      await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    }
    const columns = [
      'Cards',
      'Slowed',
      'p50',
      'p99',
      'In a frame',
      'Growth of p50',
      'Bare get p50',
      'p99',
      'Of a get',
    ];
    return [{ title: 'Look-up and verdict', columns, rows }];
  });
}
