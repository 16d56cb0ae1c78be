import path from 'node:path';
import { NETWORK_LOST } from '../setup/console-guard';
import { FaultProxy } from '../setup/fault-proxy';
import {
  cardOf,
  chooseService,
  expectWaiting,
  logVisit,
  Office,
  openDemoDesk,
  openDeskOnDemoPage,
  pressLog,
  scanAndSee,
  verdict,
  verdictTitle,
} from './counter';
import { expect, test } from './fixtures';
import { held, makeVideo, nothing } from './video';

const card = cardOf('admitted');

test('S1 S3 S14 a Monday evening with the network down: camera, verdict, visit, and later the server', async ({
  browser,
  openBrowser,
  server,
}, testInfo) => {
  const video = testInfo.outputPath('card.mjpeg');
  // In view, away for longer than a code is remembered, in view again.
  await makeVideo(browser, video, [...held([{ kind: 'qrcode', text: card }], 60), ...nothing(120)]);
  const office = new Office(server);

  let device = await openBrowser({ video });
  await openDeskOnDemoPage(device.page);
  await chooseService(device.page);

  await server.stop();
  await device.close();
  device = await openBrowser({ video, userDataDir: device.userDataDir });
  const { page } = device;
  await page.goto('/desk');
  await expect(verdictTitle(page)).toHaveText('Kortti käy', { timeout: 30_000 });
  const before = Date.now();
  await pressLog(page);
  await expect(verdictTitle(page)).toHaveText(/Kirjattu klo/);
  await expectWaiting(page, 1);

  await expect(verdictTitle(page)).toHaveText(/Jo kirjattu klo/, { timeout: 30_000 });

  await page.goto('/kiosk');
  await page.getByLabel(/PIN/).fill('2468');
  await page.getByRole('button', { name: 'Käynnistä' }).click();
  await expect(page.getByText(/Käynti on jo kirjattu klo/)).toBeVisible({ timeout: 30_000 });
  await page.goto('/desk');
  await expect(page, 'a kiosk stays a kiosk').toHaveURL(/kiosk/);

  await server.start();
  await expect.poll(async () => (await office.visitsOf(card)).length, { timeout: 60_000 }).toBe(1);
  const [visit] = await office.visitsOf(card);
  expect(Math.abs(Date.parse(visit?.at ?? '') - before), 'its own time').toBeLessThan(10_000);
  expect(visit).toMatchObject({ number: 1, previous: '', verdict: { outcome: 'admit' } });

  const second = await openBrowser();
  await openDemoDesk(second.page);
  await chooseService(second.page);
  await scanAndSee(second.page, card, /Jo kirjattu klo/);
});

test('S2 S3 the line breaks after the server stored and before it answered: the visit is there once', async ({
  openBrowser,
  server,
  allowConsole,
}) => {
  allowConsole(NETWORK_LOST);
  const proxy = await FaultProxy.to(() => server.url);
  const { page } = await openBrowser({ baseURL: proxy.url });
  await openDemoDesk(page);
  await chooseService(page);

  // Pulls too: a visit that comes back in a pull is thereby acknowledged.
  proxy.break({ kind: 'cut-answer', after: 0 }, /_bulk_docs|tiski-visits-liikunta\/_changes/);
  await logVisit(page, card);
  const office = new Office(server);
  await expect
    .poll(async () => (await office.visitsOf(card)).length, {
      timeout: 30_000,
      message: 'stored before the cut',
    })
    .toBe(1);
  await expect.poll(() => proxy.met.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await expectWaiting(page, 1);

  proxy.heal();
  await expectWaiting(page, 0);
  expect(await office.visitsOf(card)).toHaveLength(1);
  await proxy.stop();
});

test('S1 S3 the browser is killed in the middle of visits: what the screen called logged reaches the server once', async ({
  openBrowser,
  server,
}) => {
  const office = new Office(server);
  const said: string[] = [];
  let device = await openBrowser();
  await openDemoDesk(device.page);
  await chooseService(device.page);

  /** Logs card after card, and kills the browser when it has reported one as logged. */
  async function logUntilKilled(cards: readonly string[]): Promise<void> {
    const [first = '', ...others] = cards;
    const { page } = device;
    await logVisit(page, first);
    said.push(first);
    const going = (async () => {
      for (const each of others) {
        await logVisit(page, each);
        said.push(each);
      }
    })().catch(() => undefined);
    await device.kill();
    await going;
    device = await openBrowser({ userDataDir: device.userDataDir });
    await device.page.goto('/desk');
    await expect(verdict(device.page)).toContainText('Valmis');
  }

  // With a server: in the middle of a push. Without: what was reported is on the disk, and on no server.
  await logUntilKilled([card, cardOf('in-grace'), cardOf('suspension-over')]);
  await server.stop();
  const before = said.length;
  await logUntilKilled([cardOf('children'), cardOf('assistant')]);
  const waiting = device.page.locator('[data-waiting]');
  await expect
    .poll(async () => Number(await waiting.getAttribute('data-waiting')))
    .toBeGreaterThanOrEqual(said.length - before);
  await scanAndSee(device.page, cardOf('children'), /Jo kirjattu klo/);
  await server.start();
  await expectWaiting(device.page, 0);
  for (const each of said) expect(await office.visitsOf(each)).toHaveLength(1);
});

test('S10 the tab that syncs is closed in the middle of a push: the other continues, the visit is there once', async ({
  openBrowser,
  server,
  allowConsole,
}) => {
  allowConsole(NETWORK_LOST);
  const proxy = await FaultProxy.to(() => server.url);
  const { page: syncing, context } = await openBrowser({ baseURL: proxy.url });
  await openDemoDesk(syncing);
  await chooseService(syncing);
  const other = await context.newPage();
  await other.goto('/desk');
  await expect(verdict(other)).toContainText('Valmis');

  proxy.break({ kind: 'hold' }, /_bulk_docs|tiski-visits-liikunta\/_changes/);
  await logVisit(other, card);
  const office = new Office(server);
  await expect.poll(async () => (await office.visitsOf(card)).length).toBe(1);
  await expectWaiting(other, 1);
  await syncing.close();
  proxy.heal();
  await expectWaiting(other, 0);
  expect(await office.visitsOf(card)).toHaveLength(1);
  await proxy.stop();
});

test('a suspended card reaches a desk online within seconds, and one offline at its next contact', async ({
  openBrowser,
  server,
  allowConsole,
}) => {
  allowConsole(NETWORK_LOST);
  const [near, far] = [await openBrowser(), await openBrowser()];
  for (const { page } of [near, far]) {
    await openDemoDesk(page);
    await chooseService(page);
    await scanAndSee(page, card, 'Kortti käy');
    await page.keyboard.press('Escape');
  }
  await far.context.setOffline(true);
  await new Office(server).changeCard(card, { status: 'suspended' });

  const title = (page: typeof near.page) => async () => {
    await scanAndSee(page, card, /Kortti käy|Ei käy nyt/);
    return verdictTitle(page).textContent();
  };
  await expect.poll(title(near.page), { timeout: 10_000 }).toBe('Ei käy nyt');
  expect(await title(far.page)()).toBe('Kortti käy');
  await far.context.setOffline(false);
  await expect.poll(title(far.page), { timeout: 30_000 }).toBe('Ei käy nyt');
});

test('S11 a revoked desk stops, wipes its cards, and keeps its unsent visits', async ({
  openBrowser,
  server,
  allowConsole,
}) => {
  allowConsole(/status of 403/);
  allowConsole(NETWORK_LOST);
  const { page, context } = await openBrowser();
  await openDemoDesk(page);
  const name = (await page.getByRole('heading', { level: 1 }).textContent())?.split(': ')[1] ?? '';
  await chooseService(page);
  await server.stop();
  await logVisit(page, card);
  await context.setOffline(true);
  await server.start();
  await new Office(server).revoke(name);
  await context.setOffline(false);

  await page.goto('/sync');
  await expect(page.getByRole('alert')).toContainText('Lähettämättömät käynnit ovat tallessa: 1', {
    timeout: 60_000,
  });
  await expect(page.getByText(/^0 korttia/)).toBeVisible();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tallenna odottavat käynnit tiedostoon' }).click();
  expect(path.extname((await saved).suggestedFilename())).toBe('.jwe');
});
