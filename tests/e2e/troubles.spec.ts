import type { Page } from '@playwright/test';
import { expectAccessible } from './axe';
import {
  accountOf,
  cardOf,
  chooseService,
  expectWaiting,
  logVisit,
  Office,
  openDemoDesk,
  pressLog,
  scan,
  scanAndSee,
  signIn,
  startKiosk,
  verdict,
  verdictTitle as title,
} from './counter';
import { expect, test } from './fixtures';
import { held, makeVideo } from './video';

const [card, otherCard] = [cardOf('admitted'), cardOf('in-grace')];
const hour = 60 * 60_000;
const day = 24 * hour;
/** How far off a clock reading may be, ms. */
const clockReading = 15_000;

const topBar = (page: Page) => page.getByRole('banner');

async function openCounter(page: Page): Promise<void> {
  await openDemoDesk(page);
  await chooseService(page);
}

test.describe('documents from the office', () => {
  test('S7 one with wrong fields or of a newer Tiski is set aside, counted and reported, and everything else works', async ({
    page,
    server,
  }) => {
    const office = new Office(server);
    await openCounter(page);
    await office.spoilCard(otherCard, { validFrom: '2026-13-45' });
    await expect(topBar(page)).toContainText('1 tarkistettavaa');
    await logVisit(page, card);
    await expectWaiting(page, 0);
    // R3: what it had before may have been taken from it since.
    await scanAndSee(page, otherCard, 'Tarkista itse');
    await expect(verdict(page)).toContainText(
      'Tämä laite ei pysty lukemaan kortin uusimpia tietoja. Kysy korttineuvonnasta tai päästä sisään oman harkintasi mukaan.',
    );

    await page.goto('/sync');
    const list = page.getByRole('region', { name: 'Tietoja, joita ei voitu lukea' });
    await expect(list.getByRole('listitem')).toHaveText([
      new RegExp(`card:${otherCard}.*validFrom: must be a day that exists`),
    ]);

    await office.changeCard(otherCard, { validFrom: '2026-01-01' });
    await expect(list).toBeHidden();
    await expect(topBar(page)).not.toContainText('tarkistettavaa');

    await office.spoilCard(otherCard, { v: 2 });
    await expect(topBar(page)).toContainText('Päivitä Tiski');
    await expect(page.getByText('Tehty Tiskin uudemmalla versiolla. Päivitä tämä laite.')).toBeVisible();
    await page.getByRole('button', { name: 'Päivitä Tiski' }).click();
    await expect(page.getByText('Palvelimella ei ole uudempaa versiota. Kerro IT-tuelle.')).toBeVisible();
    await page.goto('/desk');
    await logVisit(page, cardOf('suspension-over'));
    await expectWaiting(page, 0);
  });
});

test.describe('the device’s clock', () => {
  test('R13 a day behind, then a day ahead: each visit carries the server’s time, and the correction', async ({
    page,
    server,
  }) => {
    await page.clock.install({ time: Date.now() - day });
    await openCounter(page);
    for (const [number, offMs] of [
      [card, -day],
      [otherCard, day],
    ] as const) {
      await page.clock.setSystemTime(Date.now() + offMs);
      await page.goto('/sync');
      await expect(page.getByText(/^Viimeisessä yhteydessä 1\späivä pielessä/)).toBeVisible();
      await page.goto('/desk');
      const before = Date.now();
      await logVisit(page, number);
      await expectWaiting(page, 0);
      const [visit] = await new Office(server).visitsOf(number);
      // However long a busy machine takes; the header with the time has whole seconds.
      expect(Date.parse(visit?.at ?? '')).toBeGreaterThan(before - clockReading);
      expect(Date.parse(visit?.at ?? '')).toBeLessThan(Date.now() + clockReading);
      expect(Math.abs((visit?.clockSkewMs ?? 0) + offMs)).toBeLessThan(hour);
    }
  });

  test('R13 26 hours ahead while there is no server: right when it is back, or listed after a reload', async ({
    page,
    server,
  }) => {
    await page.clock.install({ time: Date.now() });
    await openCounter(page);
    const office = new Office(server);
    await server.stop();
    await page.clock.setSystemTime(Date.now() + 26 * hour);
    const before = Date.now();
    await logVisit(page, card);
    await expectWaiting(page, 1);
    await server.start();
    await expectWaiting(page, 0);
    const [right] = await office.visitsOf(card);
    expect(Date.parse(right?.at ?? '')).toBeGreaterThan(before - clockReading);
    expect(Date.parse(right?.at ?? '')).toBeLessThan(Date.now() + clockReading);

    await page.clock.setSystemTime(Date.now());
    await page.goto('/sync');
    await expect(page.getByText(/pielessä/)).toBeHidden();
    await page.goto('/desk');
    await server.stop();
    await page.clock.setSystemTime(Date.now() + 26 * hour);
    await logVisit(page, otherCard);
    await page.clock.setSystemTime(Date.now());
    await page.reload();
    await server.start();
    await expectWaiting(page, 0);
    await page.goto('/review');
    await expect(page.getByRole('heading', { name: /yhden käynnin aika on epävarma/ })).toBeVisible();
    await signIn(page, server.adminPassword);
    await page.goto('/office/review');
    await expect(page.getByRole('heading', { name: /yhden käynnin aika on epävarma/ })).toBeVisible();
  });

  test('R13 before the build and no contact since: staff are asked, and may admit', async ({
    page,
    server,
  }) => {
    await openCounter(page);
    await server.stop();
    await page.clock.install({ time: '2020-01-01T12:00:00Z' });
    await page.goto('/desk');
    await expect(title(page)).toHaveText(/Valmis/);
    await scanAndSee(page, card, 'Tarkista itse');
    await expect(verdict(page)).toContainText('Laitteen kello on väärässä.');
    await page.getByRole('button', { name: 'Päästä sisään ja kirjaa' }).click();
    await expect(title(page)).toHaveText(/Kirjattu klo/);
    await expectWaiting(page, 1);
  });
});

test('S4 a visit that the server refuses is listed with what to do, and is sent when the right is there again', async ({
  page,
  server,
}) => {
  const office = new Office(server);
  await openCounter(page);
  const account = (await accountOf(page)).name;
  const roles = await office.takeRole(account, 'venue:uimahalli');
  await logVisit(page, card);
  await expect(topBar(page)).toContainText('1 kirjaus vaatii toimia');
  await expect(topBar(page)).not.toContainText('Kaikki käynnit lähetetty');
  await expect(page.getByRole('link', { name: 'Palvelin ei ottanut vastaan' })).toBeVisible();

  await page.goto('/sync');
  const list = page.getByRole('region', { name: 'Palvelin ei ottanut vastaan' });
  await expect(list).toContainText('Tällä tiskillä ei ole oikeutta tähän kirjaukseen.');
  await expect(list).toContainText('403: This desk does not belong to that venue.');
  await expectAccessible(page, 'refused');
  expect(await office.visitsOf(card)).toEqual([]);

  await office.setRoles(account, roles);
  await list.getByRole('button', { name: /^Yritä uudelleen: Käynti/ }).click();
  await expect(list).toBeHidden();
  await expect(topBar(page)).toContainText('Kaikki käynnit lähetetty');
  expect(await office.visitsOf(card)).toHaveLength(1);
});

test('a browser without camera, wake lock, Background Sync and Web Locks still works as a desk and a kiosk', async ({
  page,
  server,
}) => {
  await page.addInitScript(() => {
    for (const name of ['mediaDevices', 'wakeLock', 'locks'])
      Reflect.deleteProperty(Navigator.prototype, name);
    Reflect.deleteProperty(ServiceWorkerRegistration.prototype, 'sync');
    Reflect.deleteProperty(globalThis, 'SyncManager');
  });
  await openCounter(page);
  const way = (name: string) => page.getByRole('button', { name, exact: true });
  const [camera, scanner] = [way('Kamera'), way('Lukija')];
  await expect(scanner, 'nobody looks at a missing camera all day').toHaveAttribute('aria-pressed', 'true');
  await camera.click();
  await expect(page.getByRole('heading', { name: 'Kameraa ei löydy' })).toBeVisible();
  await scanner.click();
  await expect(page.getByRole('heading', { name: 'Kameraa ei löydy' })).toBeHidden();
  await page.reload();
  await expect(scanner, 'the way of reading is remembered').toHaveAttribute('aria-pressed', 'true');
  await logVisit(page, card);
  await expectWaiting(page, 0);
  await server.stop();
  await logVisit(page, otherCard);
  await expectWaiting(page, 1);
  await server.start();
  await expectWaiting(page, 0);
  await startKiosk(page);
  await expect(page.getByText(/Tämä selain ei pysty pitämään näyttöä päällä/)).toBeVisible();
  await scan(page, card);
  await expect(page.getByRole('heading', { name: 'Tervetuloa!' })).toBeVisible();
});

test('R8 two tabs log the same card at the same moment: one visit', async ({ context, page, server }) => {
  await openCounter(page);
  const tabs = [page, await context.newPage()];
  await tabs[1]?.goto('/desk');
  for (const tab of tabs) await expect(title(tab)).toHaveText(/Valmis/);
  for (const tab of tabs) await scanAndSee(tab, card, 'Kortti käy');
  await Promise.all(tabs.map(pressLog));
  for (const tab of tabs) await expect(title(tab)).toHaveText(/irjattu klo/);
  const titles = await Promise.all(tabs.map((tab) => title(tab).innerText()));
  expect(titles.map((text) => text.replace(/ klo.*/, '')).toSorted()).toEqual(['Jo kirjattu', 'Kirjattu']);
  await expectWaiting(page, 0);
  expect(await new Office(server).visitsOf(card)).toHaveLength(1);
});

/** Records every title that the verdict panel shows from now on, except the one at rest. */
async function recordTitles(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const text = document.querySelector('[data-tone] h1')?.textContent ?? '';
      if (!/^(Valmis.*)?$/.test(text) && seen.at(-1) !== text) seen.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
}

test.describe('in front of the camera', () => {
  test('a card held still is one verdict and one visit', async ({
    browser,
    openBrowser,
    server,
  }, testInfo) => {
    const video = testInfo.outputPath('held.mjpeg');
    const [still, next] = [card, otherCard].map((text) => ({ kind: 'qrcode' as const, text }));
    if (!still || !next) throw new Error('Two cards are needed.');
    await makeVideo(browser, video, [...held([still], 300), ...held([next], 30)]);
    const { page } = await openBrowser({ video });
    await openCounter(page);
    const titles = await recordTitles(page);
    await expect(page.getByText('Kortti 2024 001')).toBeVisible({ timeout: 30_000 });
    await pressLog(page);
    await expect(title(page)).toHaveText(/Kirjattu klo/);
    // Ten seconds of it later, the next card.
    await expect(page.getByText(/^Kortti 2024 002/)).toBeVisible({ timeout: 60_000 });
    await expect(title(page)).toHaveText('Kortti käy');
    expect((await titles()).map((text) => text.replace(/ klo.*/, ''))).toEqual([
      'Kortti käy',
      'Kirjattu',
      'Kortti käy',
    ]);
    await expectWaiting(page, 0);
    expect(await new Office(server).visitsOf(card)).toHaveLength(1);
  });

  test('two cards at once: asked to show one, and neither is taken', async ({
    browser,
    openBrowser,
  }, testInfo) => {
    const video = testInfo.outputPath('two.mjpeg');
    await makeVideo(
      browser,
      video,
      held([
        { kind: 'qrcode', text: card, x: 160 },
        { kind: 'qrcode', text: otherCard, x: 480 },
      ]),
    );
    const { page } = await openBrowser({ video });
    await openCounter(page);
    await expect(page.getByText('Näkyvissä on kaksi koodia. Näytä yksi kortti kerrallaan.')).toBeVisible();
    await expect(title(page)).toHaveText(/Valmis/);
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('two cards are entered and logged by touch', async ({ page, server }) => {
    await openCounter(page);
    await page.getByRole('button', { name: 'Näppäile' }).tap();
    const office = new Office(server);
    for (const number of [card, otherCard]) {
      for (const digit of number) await page.getByRole('button', { name: digit, exact: true }).tap();
      await expect(title(page)).toHaveText('Kortti käy');
      await expect(title(page)).toBeInViewport();
      await page.getByRole('button', { name: 'Kirjaa käynti' }).tap();
      await expect(title(page)).toHaveText(/Kirjattu klo/);
      await page.getByRole('button', { name: 'Seuraava' }).tap();
    }
    await expectWaiting(page, 0);
    for (const number of [card, otherCard]) expect(await office.visitsOf(number)).toHaveLength(1);
  });
});

test('the language is changed while a verdict is open: the verdict stays', async ({ page }) => {
  await openCounter(page);
  await scanAndSee(page, card, 'Kortti käy');
  await page.getByRole('button', { name: 'Svenska' }).click();
  await expect(title(page)).toHaveText('Kortet gäller');
  await page.getByRole('button', { name: 'Registrera besöket' }).click();
  await expect(title(page)).toHaveText(/^Registrerat kl\./);
});
