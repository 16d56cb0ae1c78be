import type { Page } from '@playwright/test';
import {
  cardOf,
  chooseService,
  expectKioskReady,
  expectWaiting,
  Office,
  openDemoDesk,
  pressLog,
  scan,
  scanAndSee,
  startKiosk,
  verdict,
  verdictTitle as title,
} from './counter';
import { expect, test } from './fixtures';

const card = cardOf('admitted');

/**
 * Leaves the app no room on the disk; returns a function that makes room again. Call it before the app is
 * opened: Chromium grants room in advance and for half a minute.
 */
async function fillStorage(page: Page, origin: string): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  return async () => {
    await session.send('Storage.overrideQuotaForOrigin', { origin });
  };
}

test.describe('storage full', () => {
  test('S1 what is not stored is not reported as logged; with room again it is logged once', async ({
    openBrowser,
    server,
  }) => {
    const device = await openBrowser();
    await openDemoDesk(device.page);
    await chooseService(device.page);
    await device.close();
    const { page } = await openBrowser({ userDataDir: device.userDataDir });
    const makeRoom = await fillStorage(page, server.url);
    await page.goto('/desk');
    await expect(title(page)).toHaveText(/Valmis/);
    await scanAndSee(page, card, 'Kortti käy');
    await pressLog(page);
    await expect(title(page)).toHaveText('Ei kirjattu');
    await expect(verdict(page)).toContainText('Vapauta tilaa laitteelta ja yritä uudelleen.');
    await expectWaiting(page, 0);

    await makeRoom();
    await verdict(page).getByRole('button', { name: 'Yritä uudelleen' }).click();
    await expect(title(page)).toHaveText(/Kirjattu klo/);
    await expectWaiting(page, 0);
    expect(await new Office(server).visitsOf(card)).toMatchObject([{ number: 1 }]);
  });

  test('S1 the kiosk sends the customer to the staff', async ({ openBrowser, server }) => {
    const device = await openBrowser();
    await openDemoDesk(device.page);
    await startKiosk(device.page);
    await device.close();
    const { page } = await openBrowser({ userDataDir: device.userDataDir });
    await fillStorage(page, server.url);
    await page.goto('/kiosk');
    await expectKioskReady(page);
    await scan(page, card);
    await expect(page.getByRole('heading', { name: 'Ei kirjattu' })).toBeVisible();
    await expect(page.getByText('Laitteen muisti on täynnä. Käänny henkilökunnan puoleen.')).toBeVisible();
  });

  test('S1 a counter that can not remember a choice still applies it, and says of a kiosk that it has not started', async ({
    openBrowser,
    server,
  }) => {
    const device = await openBrowser();
    await openDemoDesk(device.page);
    await device.close();
    const { page } = await openBrowser({ userDataDir: device.userDataDir });
    await fillStorage(page, server.url);
    await chooseService(page);
    await page.getByRole('button', { name: 'Näppäile' }).click();
    await expect(page.getByRole('button', { name: '7', exact: true })).toBeVisible();
    await scanAndSee(page, card, 'Kortti käy');

    await page.goto('/kiosk');
    await page.getByLabel(/PIN/).fill('246813');
    await page.getByRole('button', { name: 'Käynnistä' }).click();
    await expect(page.getByText('Laitteen muisti on täynnä. Muutosta EI tallennettu.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Käynnistä' })).toBeVisible();
  });
});
