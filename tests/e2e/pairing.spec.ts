import type { Page } from '@playwright/test';
import { accountOf, enterCode, expectDesk, Office, statusFor, type Account } from './counter';
import { expect, test } from './fixtures';
import { held, makeVideo } from './video';

const refusedCode = /^Koodi ei kelpaa/;

const problem = (page: Page) => page.getByRole('alert');

test.describe('a new device', () => {
  test('enters its code, in any case and with spaces, and says when it is ready', async ({
    page,
    server,
  }) => {
    await page.addInitScript(() => {
      const ask = navigator.storage.persist.bind(navigator.storage);
      navigator.storage.persist = () => {
        document.documentElement.dataset['askedToPersist'] = 'yes';
        return ask();
      };
      navigator.storage.estimate = async () => ({ usage: 900_000_000, quota: 1_000_000_000 });
    });
    const code = await new Office(server).addDesk('Kassa 1');
    await page.goto('/setup');
    // In transit: the browser does not keep an answer's body for long.
    let told: { account: Account } | undefined;
    await page.context().route(/\/api\/pair$/, async (route) => {
      const response = await route.fetch();
      told = (await response.json()) as { account: Account };
      await route.fulfill({ response });
    });
    await enterCode(page, code.toLowerCase().replace('-', ' '));
    await expectDesk(page, 'Kassa 1');

    const ticks = page.getByRole('region', { name: 'Valmiina toimimaan' }).getByRole('listitem');
    await expect(ticks).toHaveText(
      [
        /Kortit ladattu: 4\d\d \(Kunnossa\)/,
        /Tiski on tallennettu laitteelle \(Kunnossa\)/,
        /Selain säilyttää tiedot \(Kunnossa\)|\(Ei onnistu\).*Asenna Tiski laitteelle/,
      ],
      { timeout: 60_000 },
    );
    await expect(page.getByText('Valmis: tiski toimii myös ilman verkkoa.')).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-asked-to-persist', 'yes');
    await expect(page.getByRole('banner')).toContainText('Laitteen tila loppumassa');

    // Whoever saw the answer in transit can do nothing with it.
    if (!told) throw new Error('Nobody asked for the pairing.');
    expect(await statusFor(told.account, server, '/couch/_session')).toBe(401);
    expect(await statusFor(await accountOf(page), server, '/couch/_session')).toBe(200);
  });

  test('reads its code from the QR code that the office shows', async ({
    browser,
    openBrowser,
    server,
  }, testInfo) => {
    const code = await new Office(server).addDesk('Kassa 2');
    const video = testInfo.outputPath('code.mjpeg');
    await makeVideo(
      browser,
      video,
      held([{ kind: 'qrcode', text: `${server.url}/setup#code=${code}`, size: 300 }]),
    );
    const { page } = await openBrowser({ video });
    await page.goto('/setup');
    await page.getByRole('button', { name: 'Lue koodi kameralla' }).click();
    await expectDesk(page, 'Kassa 2');
  });

  test('learns what is wrong with its code, and keeps it', async ({
    page,
    server,
    openBrowser,
    allowConsole,
  }) => {
    allowConsole(/status of 404/);
    const code = await new Office(server).addDesk('Kassa 1');
    await page.goto('/setup');
    await enterCode(page, 'ABC-2');
    await expect(problem(page)).toHaveText('Koodissa on 8 merkkiä. Tarkista koodi.');
    await enterCode(page, 'AAAA-2222');
    await expect(problem(page)).toHaveText(refusedCode);
    await page.getByRole('button', { name: 'Svenska' }).click();
    await expect(problem(page)).toHaveText(/^Koden godtas inte/);
    await page.getByRole('button', { name: 'Suomi' }).click();
    await server.stop();
    await enterCode(page, code);
    await expect(problem(page)).toHaveText(/^Palvelimeen ei saada yhteyttä/);
    await expect(page.getByLabel('Kertakoodi')).toHaveValue(code);
    await server.start();
    await page.getByRole('button', { name: 'Ota käyttöön', exact: true }).click();
    await expectDesk(page, 'Kassa 1');

    const late = await openBrowser();
    await late.page.goto('/setup');
    await enterCode(late.page, code);
    await expect(problem(late.page)).toHaveText(refusedCode);
    await expect(late.page.getByLabel('Kertakoodi')).toHaveValue(code);
  });

  test('finishes a pairing that was cut off after the code was used up', async ({
    context,
    page,
    server,
    allowConsole,
  }) => {
    allowConsole(/net::ERR_FAILED/);
    const code = await new Office(server).addDesk('Kassa 1');
    let cuts = 0;
    await context.route('**/couch/_users/**', async (route) => {
      if (route.request().method() !== 'PUT' || cuts > 0) return route.continue();
      cuts += 1;
      return route.abort();
    });
    await page.goto('/setup');
    await enterCode(page, code);
    await expect(problem(page)).toHaveText(/^Palvelimeen ei saada yhteyttä/);
    expect(cuts).toBe(1);
    await page.reload();
    await expectDesk(page, 'Kassa 1');
    expect(await statusFor(await accountOf(page), server, '/couch/_session')).toBe(200);
  });

  test('finishes a pairing that a power cut interrupted', async ({ openBrowser, server }) => {
    const code = await new Office(server).addDesk('Kassa 1');
    const device = await openBrowser();
    const asked = new Promise<void>((resolve) => {
      void device.context.route('**/couch/_users/**', () => resolve());
    });
    await device.page.goto('/setup');
    await enterCode(device.page, code);
    await asked;
    await device.kill();
    const { page } = await openBrowser({ userDataDir: device.userDataDir });
    await page.goto('/setup');
    await expectDesk(page, 'Kassa 1');
  });
});
