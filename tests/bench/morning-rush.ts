import { setTimeout as sleep } from 'node:timers/promises';
import { LoadDesk } from './load-desk';
import { startLoadServer } from './load-server';
import { askSmall, newTally, pushed, type Tally } from './load-work';
import type { BenchSize } from './sizes';
import { count, megabytes, milliseconds, quantile, times, type BenchTable } from './table';

/** The morning after an outage: every desk sends all that is waiting, at the same time as the others. */
const sizes: Record<BenchSize, { desks: number[]; visits: number }> = {
  tiny: { desks: [2], visits: 100 },
  usual: { desks: [20, 60, 200], visits: 500 },
  full: { desks: [20, 60, 200], visits: 500 },
};

export async function morningRushes(size: BenchSize): Promise<BenchTable> {
  const { desks, visits } = sizes[size];
  const rows: string[][] = [];
  let first: number | undefined;
  for (const each of desks) {
    const { stored, seconds, busy, small, before, peak, failures } = await rush(each, visits);
    if (stored !== each * visits || failures > 0) {
      throw new Error(
        `${each} desks: ${stored} visits of ${each * visits} stored, ${failures} requests failed.`,
      );
    }
    first ??= peak;
    rows.push([
      count(each),
      count(stored),
      count(stored / seconds),
      count(busy),
      milliseconds(quantile(small, 0.5)),
      milliseconds(quantile(small, 0.99)),
      megabytes(before),
      megabytes(peak),
      times(peak / first),
    ]);
  }
  const columns = [
    'Desks',
    'Visits, all stored',
    'A second',
    'Told to come back',
    'Session p50',
    'p99',
    'Memory before',
    'Peak',
    'Growth of it',
  ];
  return { title: `The morning after an outage: ${count(visits)} visits wait at each desk`, columns, rows };
}

async function rush(desksInAll: number, visits: number) {
  const server = await startLoadServer();
  try {
    const desks = await Promise.all(
      Array.from({ length: desksInAll }, (_, index) => LoadDesk.open(server, index)),
    );
    const asker = await LoadDesk.open(server, desksInAll);
    const stop = new AbortController();
    const tally = newTally();
    await asker.call('GET', '/_session');
    const before = await server.memory();
    let peak = before;
    const started = performance.now();
    const asking = askSmall(asker, stop.signal, tally);
    const watching = (async () => {
      while (!stop.signal.aborted) {
        peak = Math.max(peak, await server.memory());
        await sleep(100);
      }
    })();
    try {
      await Promise.all(desks.map((desk) => sendAll(desk, visits, tally)));
    } finally {
      stop.abort();
    }
    const seconds = (performance.now() - started) / 1_000;
    await Promise.all([asking, watching]);
    const info = await server.client.request('GET', '/tiski-visits-liikunta');
    // Minus the design document.
    const stored = (info.body as { doc_count: number }).doc_count - 1;
    desks.forEach((desk) => desk.close());
    asker.close();
    return { ...tally, stored, seconds, before, peak };
  } finally {
    await server.stop();
  }
}

/** S13: like a desk, starting with a little. */
async function sendAll(desk: LoadDesk, visits: number, tally: Tally): Promise<void> {
  for (let left = visits, batch = 50; left > 0; left -= batch, batch = Math.min(2 * batch, 200)) {
    await pushed(desk, desk.newVisits(Math.min(left, batch)), tally);
  }
}
