import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadDesk } from './load-desk';
import { startLoadServer, type LoadServer } from './load-server';
import { askSmall, follow, logVisits, newTally, visitEveryMs } from './load-work';
import type { BenchSize } from './sizes';
import { count, megabytes, milliseconds, quantile, times, type BenchTable } from './table';

/**
 * The embedded server on an ordinary day: desks wait for changes of four databases and log a visit now and
 * then.
 */
const sizes: Record<BenchSize, { desks: number[]; forMs: number }> = {
  tiny: { desks: [2], forMs: 4_000 },
  usual: { desks: [20, 60, 200], forMs: 15_000 },
  full: { desks: [20, 60, 200], forMs: 15_000 },
};
const waitedFor = ['tiski-visits-liikunta', 'tiski-visits-kulttuuri', 'tiski-register', 'tiski-catalogue'];

export async function ordinaryDays(size: BenchSize): Promise<BenchTable> {
  const server = await startLoadServer();
  try {
    const rows: string[][] = [];
    let first: number | undefined;
    for (const desks of sizes[size].desks) {
      const { perSecond, pushes, small, memory, failures } = await ordinaryDay(
        server,
        desks,
        sizes[size].forMs,
      );
      if (pushes.length === 0 || failures > 0) {
        throw new Error(`${desks} desks: ${pushes.length} visits stored, ${failures} requests failed.`);
      }
      first ??= memory;
      rows.push([
        count(desks),
        count(perSecond),
        milliseconds(quantile(pushes, 0.5)),
        milliseconds(quantile(pushes, 0.99)),
        milliseconds(quantile(small, 0.5)),
        milliseconds(quantile(small, 0.99)),
        megabytes(memory),
        times(memory / first),
      ]);
    }
    const columns = [
      'Desks',
      'Requests/s',
      'Visit p50',
      'p99',
      'Session p50',
      'p99',
      'Memory',
      'Growth of it',
    ];
    const title = `An ordinary day of the server: four long polls a desk, a visit every ${visitEveryMs / 1_000} s`;
    return { title, columns, rows };
  } finally {
    await server.stop();
  }
}

async function ordinaryDay(server: LoadServer, desksInAll: number, forMs: number) {
  const desks = await Promise.all(
    Array.from({ length: desksInAll }, (_, index) => LoadDesk.open(server, index)),
  );
  const asker = await LoadDesk.open(server, 0);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const tally = newTally();
  await Promise.all(desks.map((desk) => desk.call('GET', '/_session')));
  const started = performance.now();
  const work = desks.flatMap((desk) => [
    ...waitedFor.map((database) => follow(desk, database, stop.signal, tally)),
    logVisits(desk, stop.signal, tally),
  ]);
  work.push(askSmall(asker, stop.signal, tally));
  await sleep(forMs);
  const memory = await server.memory();
  const seconds = (performance.now() - started) / 1_000;
  stop.abort();
  await Promise.all(work);
  desks.forEach((desk) => desk.close());
  asker.close();
  return { ...tally, memory, perSecond: tally.requests / seconds };
}
