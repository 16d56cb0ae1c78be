import type { Browser, Page } from '@playwright/test';
import { launchBrowser, openDevice } from './bench-browser';
import { startBenchServer, type BenchServer } from './bench-server';

export interface Bench {
  browser: Browser;
  server: BenchServer;
  /** The benches' page in a new browser profile: see page/main.ts for what it can do. */
  openPage(): Promise<Page>;
}

/** Starts a server with an empty city and a browser, and closes both after the work. */
export async function withBench<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const server = await startBenchServer();
  const browser = await launchBrowser();
  try {
    return await work({
      browser,
      server,
      async openPage() {
        const context = await openDevice(browser, { baseURL: server.url });
        const page = await context.newPage();
        await page.goto('/');
        await page.waitForFunction(() => 'bench' in globalThis);
        return page;
      },
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
