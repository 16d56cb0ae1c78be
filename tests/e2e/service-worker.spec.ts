import type { BrowserContext, Page } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { dispatchBackgroundSync } from '../setup/background-sync';
import { buildNextVersion } from '../setup/next-version';
import { cardOf, chooseService, expectWaiting, logVisit, Office, openDemoDesk, scanAndSee } from './counter';
import { expect, test } from './fixtures';

/** Every screen, from the file system, so that none is forgotten. */
const routes = readdirSync('src/routes', { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === '+page.svelte')
  .map(
    (file) =>
      '/' +
      path.posix
        .dirname(file)
        .replace(/^\.$/, '')
        .replaceAll(/\[[^\]]+\]/g, 'x'),
  );

/**
 * Every built file that a device needs to work without a network; downloads and compressed copies stay on the
 * server.
 */
function filesOfTheApp(): string[] {
  return readdirSync('build/app', { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !/^(service-worker\.js|version\.json|.*\.(br|gz))$/.test(entry.name) &&
        !entry.parentPath.endsWith('samples'),
    )
    .map((entry) => '/' + path.posix.relative('build/app', path.posix.join(entry.parentPath, entry.name)));
}

const notice = (page: Page) => page.getByRole('status').filter({ hasText: 'Tiski päivitettiin' });

async function openReadyForOffline(page: Page, address = '/'): Promise<void> {
  await page.goto(address);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

/** Counts the loads of this page from now on. */
function countLoads(page: Page): { count: number } {
  const loads = { count: 0 };
  page.on('load', () => (loads.count += 1));
  return loads;
}

async function lookForUpdates(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
}

async function cachedFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = await caches.keys();
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().map(({ url }) => new URL(url).pathname);
  });
}

/** Any file except the shell, with which a worker might answer what it must leave to the server. */
async function loseFile(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const [name = ''] = await caches.keys();
    const cache = await caches.open(name);
    const file = (await cache.keys()).find(({ url }) => new URL(url).pathname !== '/index.html');
    if (file) await cache.delete(file);
  });
}

/** What the worker says about its cache. */
async function isComplete(page: Page): Promise<unknown> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        navigator.serviceWorker.controller?.postMessage({ type: 'IS_COMPLETE' }, [port2]);
      }),
  );
}

async function ask(page: Page, address: string): Promise<string> {
  return page.evaluate(
    (url) =>
      fetch(url).then(
        () => 'answered',
        () => 'no answer',
      ),
    address,
  );
}

async function waitingWorker(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state);
}

test('the first installation reloads nothing, announces nothing and stores every built file, but never the data', async ({
  page,
  server,
  consoleGuard,
}) => {
  const loads = countLoads(page);
  await openReadyForOffline(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await lookForUpdates(page);
  expect(loads.count).toBe(1);
  await expect(notice(page)).toHaveCount(0);

  await test.step('every built file is in the cache: wasm, workers, pictures, the shell', async () => {
    expect((await cachedFiles(page)).toSorted()).toEqual(filesOfTheApp().toSorted());
  });
  await test.step('a device that lost a file is not called ready for offline use', async () => {
    expect(await isComplete(page)).toBe(true);
    await loseFile(page);
    expect(await isComplete(page)).toBe(false);
  });
  await test.step('the data is never answered from a cache', async () => {
    expect(await ask(page, '/api/health')).toBe('answered');
    expect(consoleGuard.unexpected, 'before the server leaves').toEqual([]);
    await server.stop();
    expect(await ask(page, '/api/health')).toBe('no answer');
    expect(await ask(page, '/couch/')).toBe('no answer');
    await expect(page.goto('/couch/')).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
  });
});

test('without a network every screen opens cold, after the browser was killed while it was open', async ({
  server,
  openBrowser,
}) => {
  const first = await openBrowser();
  await openReadyForOffline(first.page);
  await first.kill();
  await server.kill();

  const { page } = await openBrowser({ userDataDir: first.userDataDir });
  for (const route of routes) {
    await page.goto(route);
    await expect(page.getByRole('heading', { level: 1 }), route).toBeVisible();
  }
});

test('S10 visits leave by Background Sync when the app is closed', async ({ openBrowser, server }) => {
  const card = cardOf('admitted');
  const { page, context } = await openBrowser();
  await openDemoDesk(page);
  await chooseService(page);
  await server.stop();
  await logVisit(page, card);
  await expectWaiting(page, 1);

  const blank = await context.newPage();
  await page.close();
  await server.start();
  const office = new Office(server);
  expect(await office.visitsOf(card)).toHaveLength(0);
  await dispatchBackgroundSync(blank, server.url);
  await expect.poll(async () => (await office.visitsOf(card)).length).toBe(1);
});

test.describe('versions', () => {
  let next: { folder: string; version: string };
  test.beforeAll(async () => {
    next = await buildNextVersion();
  });
  test.afterAll(async () => {
    await rm(next.folder, { recursive: true });
  });

  async function openTwoTabs(context: BrowserContext): Promise<[Page, Page]> {
    const pages: [Page, Page] = [await context.newPage(), await context.newPage()];
    for (const page of pages) await openReadyForOffline(page);
    return pages;
  }

  test('an update waits while one tab is busy, then reloads every tab once and says so', async ({
    context,
    server,
  }) => {
    const [working, other] = await openTwoTabs(context);
    await working.evaluate(() => {
      void navigator.locks.request(
        'tiski-busy',
        { mode: 'shared' },
        () => new Promise<void>((resolve) => addEventListener('scan-done', () => resolve(), { once: true })),
      );
    });
    await server.stop();
    await server.start(next.folder);
    const loads = [countLoads(working), countLoads(other)];
    await lookForUpdates(other);
    await expect.poll(() => waitingWorker(other)).toBe('installed');

    // The other tab has tried at once, and tries again whenever it becomes idle.
    await other.bringToFront();
    await expect.poll(() => waitingWorker(other), { timeout: 1000 }).toBe('installed');
    expect(loads.map(({ count }) => count)).toEqual([0, 0]);

    await working.evaluate(() => dispatchEvent(new Event('scan-done')));
    for (const page of [working, other]) await expect(notice(page)).toBeVisible({ timeout: 20_000 });
    expect(loads.map(({ count }) => count)).toEqual([1, 1]);
    expect(await waitingWorker(other)).toBeUndefined();

    await other.getByRole('button', { name: 'Sulje' }).click();
    await expect(notice(other)).toBeHidden();
    // Announced only once, and the old version's files are gone.
    await working.reload();
    await expect(working.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(notice(working)).toBeHidden();
    const cached = await cachedFiles(working);
    expect(cached.filter((file) => file.startsWith('/_app/immutable/'))).toEqual([]);
  });

  test('an update found while the app was closed takes over at the next opening', async ({
    server,
    openBrowser,
  }) => {
    const first = await openBrowser();
    await openReadyForOffline(first.page);
    await first.close();
    await server.stop();
    await server.start(next.folder);

    const { page } = await openBrowser({ userDataDir: first.userDataDir });
    await page.goto('/');
    await expect(notice(page)).toBeVisible({ timeout: 20_000 });
  });

  test('an update waits while a verdict is open at the desk', async ({ openBrowser, server }) => {
    const { page } = await openBrowser();
    await openDemoDesk(page);
    await chooseService(page);
    await scanAndSee(page, cardOf('admitted'), 'Kortti käy');
    await server.stop();
    await server.start(next.folder);
    const loads = countLoads(page);
    await lookForUpdates(page);
    await expect.poll(() => waitingWorker(page)).toBe('installed');
    expect(loads.count).toBe(0);

    await page.keyboard.press('Escape');
    await expect(notice(page)).toBeVisible({ timeout: 20_000 });
    expect(loads.count).toBe(1);
  });
});
