import { spawnSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { makeAuthority, type TestAuthority } from '../authority';
import { ensurePrograms } from '../deploy/ensure-programs';
import { proxyNames, startProxy } from '../deploy/proxies';
import { chooseService, openDeskOnDemoPage, verdict } from './counter';
import { expect, test } from './fixtures';

/** A home folder in which the browser trusts the authority, as a city's devices trust its own. */
async function homeThatBelieves({ authority }: TestAuthority): Promise<string> {
  const { certutil } = ensurePrograms(['certutil']);
  const home = await mkdtemp(path.join(tmpdir(), 'tiski-home-'));
  const database = path.join(home, '.pki/nssdb');
  await mkdir(database, { recursive: true });
  await writeFile(path.join(home, 'authority.pem'), authority);
  const run = (...words: string[]) => {
    const { status, stderr } = spawnSync(certutil, ['-d', `sql:${database}`, ...words], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  };
  run('-N', '--empty-password');
  run('-A', '-n', 'test', '-t', 'C,,', '-i', path.join(home, 'authority.pem'));
  return home;
}

for (const name of proxyNames) {
  test(`behind ${name} with its file of docs/deploy a desk films cards, and starts without a network`, async ({
    server,
    consoleGuard,
    launchOptions,
  }) => {
    const authority = makeAuthority();
    const home = await homeThatBelieves(authority);
    const proxy = await startProxy(name, [Number(new URL(server.url).port)], authority);
    const context = await chromium.launchPersistentContext(path.join(home, 'profile'), {
      ...launchOptions,
      args: [
        ...(launchOptions.args ?? []),
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ],
      env: { ...(process.env as Record<string, string>), HOME: home },
      baseURL: proxy.origin,
      locale: 'fi-FI',
    });
    consoleGuard.watch(context);
    const page = context.pages()[0] ?? (await context.newPage());
    try {
      await openDeskOnDemoPage(page);
      await chooseService(page);
      expect(await page.evaluate(() => isSecureContext)).toBe(true);
      const video = page.getByRole('region', { name: 'Kamera' }).locator('video');
      await expect.poll(() => video.evaluate((film: HTMLVideoElement) => film.videoWidth)).toBeGreaterThan(0);
      const worker = await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.scriptURL);
      expect(worker).toBe(`${proxy.origin}/service-worker.js`);

      server.onEnd();
      await proxy.stop();
      await page.reload();
      await expect(verdict(page)).toContainText('Valmis');
    } finally {
      await context.close();
      await proxy.stop();
      await rm(home, { recursive: true, force: true });
    }
  });
}
