import type { Page } from '@playwright/test';
import { groupDigits } from '../../src/lib/domain/visit/card-number';
import {
  cardOf,
  expectKioskReady,
  expectWaiting,
  leaveKiosk,
  Office,
  openDemoDesk,
  scan,
  startKiosk,
} from './counter';
import { expect, test } from './fixtures';
import { held, makeVideo } from './video';

const card = cardOf('admitted');
const eightDays = 8 * 24 * 60 * 60_000;

const answer = (page: Page) => page.getByRole('status').getByRole('heading');
const staffButton = (page: Page) => page.getByRole('button', { name: 'Henkilökunta' });
const leaveButton = (page: Page) => page.getByRole('button', { name: 'Poistu' });

async function scanAndRead(page: Page, code: string, title: string): Promise<void> {
  await scan(page, code);
  await expect(answer(page)).toHaveText(title);
}

/** Nobody touches anything: the answer stays three seconds. */
async function expectReadyAgain(page: Page): Promise<void> {
  await expect(answer(page)).toHaveText('Näytä korttisi', { timeout: 5_000 });
}

async function givePin(page: Page, pin: string): Promise<void> {
  await page.getByLabel(/PIN/).fill(pin);
  await leaveButton(page).click();
}

async function giveWrongPin(page: Page, pin: string): Promise<void> {
  await givePin(page, pin);
  await expect(page.getByRole('alert').filter({ hasText: 'Väärä PIN-koodi' })).toBeVisible();
  await expect(page.getByLabel(/PIN/)).toHaveValue('');
}

async function expectToWait(page: Page): Promise<void> {
  await expect(page.locator('#leave-fault')).toHaveText(/Liian monta yritystä. Odota \d+ s/);
  await expect(leaveButton(page)).toBeDisabled();
}

/** R16: a person in front of the screen learns nothing about others, and finds no way out. */
async function expectNothingTold(page: Page): Promise<void> {
  await expect(page.locator('a[href]')).toHaveCount(0);
  await expect(page.getByRole('list')).toHaveCount(0);
  await expect(page.getByRole('button')).toHaveText(['FI', 'SV', 'EN', 'Henkilökunta', 'Yritä uudelleen']);
  const text = await page.locator('body').innerText();
  for (const secret of [card, groupDigits(card)]) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/hyvinvointi|senior|erityis/i);
}

test.describe('a customer at the kiosk', () => {
  test.beforeEach(async ({ page }) => {
    await openDemoDesk(page);
    await startKiosk(page);
  });

  test('S1 R8 R16 is welcomed and logged, welcomed again without a second visit, and sees no name, no number, no scheme, no history and no way out', async ({
    page,
    server,
  }) => {
    const [body, notice] = [page.locator('body'), page.getByRole('alert')];
    await test.step('learns that the scanner works when there is no camera, and is not asked to type', async () => {
      await expect(notice).toContainText('Kameraa ei löydy');
      await expect(notice).toContainText('Viivakoodinlukija toimii silti.');
      await expect(notice).not.toContainText('näppäily');
    });
    await expectNothingTold(page);

    await scanAndRead(page, card, 'Tervetuloa!');
    await expect(page.getByText('Käynti on kirjattu.')).toBeVisible();
    await expectNothingTold(page);
    await expectReadyAgain(page);
    await scanAndRead(page, card, 'Tervetuloa!');
    await expect(page.getByText(/Käynti on jo kirjattu klo \d/)).toBeVisible();
    await expectReadyAgain(page);
    await expect(body).not.toContainText('klo');
    await scanAndRead(page, cardOf('expired'), 'Käänny henkilökunnan puoleen');
    await expectNothingTold(page);
    await expectReadyAgain(page);
    await expect(body).not.toContainText('klo');

    await leaveKiosk(page);
    await expectWaiting(page, 0);
    expect(await new Office(server).visitsOf(card)).toHaveLength(1);
  });

  test('R15 is sent to the staff if the card isn’t admitted, and nothing is logged', async ({
    page,
    server,
  }) => {
    await server.stop();
    for (const kind of ['suspended', 'not-included', 'unknown-card', 'not-a-card'] as const) {
      await scanAndRead(page, cardOf(kind), 'Käänny henkilökunnan puoleen');
      await expectReadyAgain(page);
    }
    // R12: the register is too old to decide alone.
    await page.clock.install({ time: Date.now() + eightDays });
    await page.reload();
    await expectKioskReady(page);
    await scanAndRead(page, card, 'Käänny henkilökunnan puoleen');
    await leaveKiosk(page);
    await expectWaiting(page, 0);
  });
});

test('the way out is the PIN: its dialog closes by itself, and guessing costs half a minute, also in a reopened dialog and after a reload', async ({
  page,
}) => {
  await page.clock.install();
  await openDemoDesk(page);
  await startKiosk(page);

  await test.step('a customer opened the dialog and went away', async () => {
    await staffButton(page).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.clock.runFor(61_000);
    await expect(page.getByRole('dialog')).toBeHidden();
    await scanAndRead(page, card, 'Tervetuloa!');
  });

  await staffButton(page).click();
  for (const pin of ['1111', '2222', '3333', '4444']) {
    await giveWrongPin(page, pin);
    await page.keyboard.press('Escape');
    await staffButton(page).click();
  }
  await givePin(page, '5555');
  await expectToWait(page);
  await page.keyboard.press('Escape');
  await staffButton(page).click();
  await expectToWait(page);
  await page.reload();
  await staffButton(page).click();
  await expectToWait(page);
  await page.clock.runFor(31_000);
  await expect(leaveButton(page)).toBeEnabled();

  await giveWrongPin(page, '1357');
  await givePin(page, '2468');
  await expect(page).toHaveURL(/desk$/);
  await page.goto('/kiosk');
  await expect(page.getByRole('heading', { name: 'Käynnistä kioski' })).toBeVisible();
});

test('the PIN is shown on request before it is the only way out, and the keyboard alone starts the kiosk and leaves it', async ({
  page,
}) => {
  await openDemoDesk(page);
  await page.goto('/kiosk');
  const [pin, show] = [page.getByLabel(/PIN/), page.getByRole('button', { name: 'Näytä PIN-koodi' })];
  await pin.fill('2468');
  await expect(pin).toHaveAttribute('type', 'password');
  await show.click();
  await expect(show).toHaveAttribute('aria-pressed', 'true');
  await expect(pin).toHaveAttribute('type', 'text');
  await expect(pin).toHaveValue('2468');

  await test.step('a PIN that is easy to guess is called weak while it is typed, and works all the same', async () => {
    await expect(pin).toHaveAccessibleDescription(/^Heikko: näin lyhyen koodin voi arvata/);
    await pin.fill('123456');
    await expect(pin).toHaveAccessibleDescription(/^Heikko: sarjoja ja toistuvia numeroita kokeillaan ensin/);
    await pin.fill('739204');
    await expect(pin).toHaveAccessibleDescription('Valitse vähintään kuusi numeroa, ei sarjaa kuten 123456.');
  });
  await pin.clear();

  await pin.focus();
  await page.keyboard.type('2468');
  await page.keyboard.press('Enter');
  await expectKioskReady(page);
  for (let presses = 0; presses < 10; presses++) {
    if (await staffButton(page).evaluate((button) => button === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(pin).toBeFocused();
  await page.keyboard.type('2468');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/desk$/);
});

test('staff who pass by see that there is no line and what is waiting, and nothing when all is well', async ({
  page,
  server,
}) => {
  await openDemoDesk(page);
  await startKiosk(page);
  await expect(page.getByText(/odottaa lähetystä|Ei yhteyttä/)).toHaveCount(0);
  await server.stop();
  await scanAndRead(page, card, 'Tervetuloa!');
  await expect(page.getByText('Ei yhteyttä – voit jatkaa työtä · 1 käynti odottaa lähetystä')).toBeVisible();
});

test('S11 a kiosk on a revoked device says so, admits nobody and is not offered again', async ({
  page,
  server,
  allowConsole,
}) => {
  allowConsole(/status of 403/);
  await openDemoDesk(page);
  await startKiosk(page);
  const office = new Office(server);
  const { body } = await office.request('GET', '/api/desks');
  for (const { name } of (body as { desks: { name: string }[] }).desks) {
    if (name.startsWith('Demo-')) await office.revoke(name);
  }
  await expect(answer(page)).toHaveText('Laite on poistettu käytöstä', { timeout: 60_000 });
  await scan(page, card);
  await expect(answer(page)).toHaveText('Laite on poistettu käytöstä');
  await leaveKiosk(page);
  await page.goto('/kiosk');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Laite on poistettu käytöstä');
  await expect(page.getByLabel(/PIN/)).toHaveCount(0);
  await page.getByRole('link', { name: 'Ota käyttöön uutena tiskinä' }).click();
  await expect(page).toHaveURL(/setup$/);
});

test('a kiosk stays a kiosk: reloaded, killed and opened elsewhere, without a network, and its camera admits', async ({
  browser,
  openBrowser,
  server,
}, testInfo) => {
  const device = await openBrowser();
  await openDemoDesk(device.page);
  await startKiosk(device.page);
  await device.page.reload();
  await expectKioskReady(device.page);
  await device.kill();
  await server.stop();

  const video = testInfo.outputPath('card.mjpeg');
  await makeVideo(browser, video, held([{ kind: 'qrcode', text: card }], 30));
  const { page } = await openBrowser({ userDataDir: device.userDataDir, video });
  await page.goto('/desk');
  await expect(answer(page)).toHaveText('Tervetuloa!', { timeout: 30_000 });
  await expect(page.getByText('Käynti on kirjattu.')).toBeVisible();
  await expect(page).toHaveURL(/kiosk$/);
  await expectReadyAgain(page);

  await server.start();
  const office = new Office(server);
  await expect.poll(async () => (await office.visitsOf(card)).length, { timeout: 60_000 }).toBe(1);
});
