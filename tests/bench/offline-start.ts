import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildIfStale } from '../../src/server/cli/build-if-stale';
import { demoCardCount } from '../../src/server/demo/cards';
import { chooseService, openDemoDesk } from '../e2e/counter';
import { launchOptions } from '../setup/browser';
import { openBrowser } from '../setup/opened-browser';
import { TiskiServer } from '../setup/tiski-server';
import { nameFunctions } from './bench-browser';
import { growRegister } from './bench-register';
import type { BenchSize } from './sizes';
import { count, milliseconds, quantile, times as ratio, type BenchTable } from './table';

/**
 * A desk that is opened without a server: from the navigation to the frame in which the counter is ready for
 * a scan. Each time the browser is a new process, so neither the service worker nor the database is warm.
 */
const sizes: Record<BenchSize, { cards: number[]; starts: number }> = {
  tiny: { cards: [demoCardCount], starts: 1 },
  usual: { cards: [demoCardCount, 4_000, 40_000], starts: 5 },
  full: { cards: [demoCardCount, 4_000, 40_000], starts: 10 },
};

export async function offlineStart(size: BenchSize): Promise<BenchTable[]> {
  const { cards, starts } = sizes[size];
  await buildIfStale();
  const server = await TiskiServer.prepare({ demo: true });
  try {
    const rows: string[][] = [];
    let first: number | undefined;
    for (const each of cards) {
      await server.start();
      await growRegister(server, each);
      const times = await startTimes(server, starts);
      const median = quantile(times, 0.5);
      first ??= median;
      rows.push([count(each), milliseconds(median), milliseconds(Math.max(...times)), ratio(median / first)]);
    }
    const columns = ['Cards', 'Ready, p50', 'Slowest', 'Growth of p50'];
    return [{ title: `Cold start without a server, ${starts} times each`, columns, rows }];
  } finally {
    await server.dispose();
  }
}

/** A new desk of a running server, which is then stopped: ms until it is ready, for every start. */
async function startTimes(server: TiskiServer, starts: number): Promise<number[]> {
  const profile = await mkdtemp(path.join(tmpdir(), 'tiski-bench-'));
  const open = async () => {
    const surroundings = { baseURL: server.url, locale: 'fi-FI', timezoneId: 'Europe/Helsinki' };
    const opened = await openBrowser(profile, { ...launchOptions(), ...surroundings });
    await nameFunctions(opened.context);
    return opened;
  };
  try {
    const paired = await open();
    await openDemoDesk(paired.page);
    await chooseService(paired.page);
    await paired.close();
    await server.stop();
    const times: number[] = [];
    while (times.length < starts) {
      const { page, close } = await open();
      await page.goto('/desk', { waitUntil: 'commit' });
      times.push(await page.evaluate(readyAfter));
      await close();
    }
    return times;
  } finally {
    await rm(profile, { recursive: true });
  }
}

/** In the page: ms from the navigation to the frame that says "ready". */
function readyAfter(): Promise<number> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.querySelector('[data-tone]')?.textContent.includes('Valmis')) resolve(performance.now());
      else requestAnimationFrame(look);
    };
    look();
  });
}
