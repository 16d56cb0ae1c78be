import { test as base, expect } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConsoleGuard, NETWORK_LOST, SERVER_LEAVING } from '../setup/console-guard';
import { openBrowser, type OpenedBrowser, type OpenOptions } from '../setup/opened-browser';
import { TiskiServer, type ServerOptions } from '../setup/tiski-server';

export { expect };
export type { OpenedBrowser, OpenOptions, TiskiServer };

interface Fixtures {
  /** `test.use({ serverOptions: { demo: false } })` for an empty store. */
  serverOptions: ServerOptions;
  /** The real server, started, with this test's own data. `page.goto('/desk')` goes there. */
  server: TiskiServer;
  /** This test expects console errors like this one; any other makes it fail. */
  allowConsole: (pattern: RegExp) => void;
  /** A browser with a profile on disk, to be closed or killed and reopened. */
  openBrowser: (options?: OpenOptions) => Promise<OpenedBrowser>;
  consoleGuard: ConsoleGuard;
}

export const test = base.extend<Fixtures>({
  serverOptions: [{ demo: true }, { option: true }],

  consoleGuard: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const guard = new ConsoleGuard();
      await use(guard);
      expect(guard.unexpected, 'unexpected errors in the console').toEqual([]);
    },
    { auto: true },
  ],

  allowConsole: async ({ consoleGuard }, use) => {
    await use((pattern) => consoleGuard.allow(pattern));
  },

  server: async ({ serverOptions, consoleGuard }, use) => {
    const server = await TiskiServer.prepare(serverOptions);
    server.onEnd = () => {
      consoleGuard.allow(NETWORK_LOST);
      consoleGuard.allow(SERVER_LEAVING);
    };
    await server.start();
    await use(server);
    await server.dispose();
  },

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  context: async ({ context, consoleGuard }, use) => {
    consoleGuard.watch(context);
    await use(context);
  },

  openBrowser: async ({ server, consoleGuard, launchOptions, locale, timezoneId }, use) => {
    const opened: OpenedBrowser[] = [];
    const folders: string[] = [];
    await use(async ({ userDataDir, video, baseURL } = {}) => {
      const folder = userDataDir ?? (await mkdtemp(path.join(tmpdir(), 'tiski-device-')));
      folders.push(folder);
      const surroundings = {
        baseURL: baseURL ?? server.url,
        locale: locale ?? 'fi-FI',
        timezoneId: timezoneId ?? 'Europe/Helsinki',
      };
      const browser = await openBrowser(folder, { ...launchOptions, ...surroundings }, video);
      consoleGuard.watch(browser.context);
      opened.push(browser);
      return browser;
    });
    await Promise.all(opened.map((browser) => browser.close()));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  },
});
