import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildIfStale } from '../../src/server/cli/build-app';
import { chooseService, openDemoDesk } from '../e2e/counter';
import { launchOptions } from '../setup/browser';
import { openBrowser } from '../setup/opened-browser';
import { TiskiServer } from '../setup/tiski-server';
import { nameFunctions } from './bench-browser';
import type { BenchSize } from './sizes';
import { milliseconds, quantile, type BenchTable } from './table';

/**
 * A desk that is opened without a server: from the navigation to the frame in which the counter is ready for a scan.
 * Each time the browser is a new process, so neither the service worker nor the database is warm.
 */
const starts: Record<BenchSize, number> = { tiny: 1, usual: 5, full: 10 };

export async function offlineStart(size: BenchSize): Promise<BenchTable[]> {
  await buildIfStale();
  const server = await TiskiServer.prepare({ demo: true });
  const profile = await mkdtemp(path.join(tmpdir(), 'tiski-bench-'));
  const open = async () => {
    const surroundings = { baseURL: server.url, locale: 'fi-FI', timezoneId: 'Europe/Helsinki' };
    const opened = await openBrowser(profile, { ...launchOptions(), ...surroundings });
    await nameFunctions(opened.context);
    return opened;
  };
  try {
    await server.start();
    const first = await open();
    await openDemoDesk(first.page);
    await chooseService(first.page);
    await first.close();
    await server.stop();
    const times: number[] = [];
    while (times.length < starts[size]) {
      const { page, close } = await open();
      await page.goto('/desk', { waitUntil: 'commit' });
      times.push(await page.evaluate(readyAfter));
      await close();
    }
    const rows = [
      ['ready, p50', milliseconds(quantile(times, 0.5))],
      ['ready, slowest', milliseconds(Math.max(...times))],
    ];
    return [
      { title: `Cold start without a server, ${times.length} times`, columns: ['Figure', 'Seen'], rows },
    ];
  } finally {
    await server.dispose();
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
