import type { Page } from '@playwright/test';
import { NETWORK_LOST } from '../setup/console-guard';
import {
  cardOf,
  chooseService,
  enterCode,
  expectDesk,
  expectWaiting,
  logVisit,
  Office,
  openDemoDesk,
  signIn,
  verdict,
} from './counter';
import { expect, test, type TiskiServer } from './fixtures';
import { held, makeVideo } from './video';

const card = cardOf('admitted');
const refusedCode = /^Koodi ei kelpaa/;

interface Account {
  name: string;
  password: string;
}

const problem = (page: Page) => page.getByRole('alert');

/** What the device keeps of its account. */
async function accountOf(page: Page): Promise<Account> {
  return page.evaluate(
    () =>
      new Promise<Account>((resolve, reject) => {
        const opening = indexedDB.open('tiski');
        opening.onerror = () => reject(new Error('The device has no database.'));
        opening.onsuccess = () => {
          const reading = opening.result.transaction('settings').objectStore('settings').get('device');
          reading.onsuccess = () => {
            opening.result.close();
            resolve((reading.result as { value: { account: Account } }).value.account);
          };
        };
      }),
  );
}

async function statusFor({ name, password }: Account, server: TiskiServer, path: string): Promise<number> {
  const credentials = Buffer.from(`${name}:${password}`).toString('base64');
  return (await fetch(server.url + path, { headers: { authorization: `Basic ${credentials}` } })).status;
}

test.describe('the administrator', () => {
  test('signs in, with a word on a wrong password', async ({ page, server, allowConsole }) => {
    allowConsole(/status of 401/);
    await signIn(page, 'not the password');
    await expect(problem(page)).toHaveText('Tunnus tai salasana on väärin.');
    await signIn(page, server.adminPassword);
    await expect(page.getByText('Kirjautunut: administrator')).toBeVisible();
    await page.getByRole('button', { name: 'Kirjaudu ulos' }).click();
    await expect(page.getByLabel('Salasana')).toBeVisible();
  });

  test('adds a desk: what is missing is named, then a code and its QR are shown', async ({
    page,
    server,
  }) => {
    await signIn(page, server.adminPassword);
    const [name, venue] = [page.getByLabel('Tiskin nimi'), page.getByLabel('Toimipiste')];
    const add = page.getByRole('button', { name: 'Lisää tiski' });
    await add.click();
    await expect(name).toHaveAccessibleDescription('Anna tiskille nimi (1–60 merkkiä).');
    await expect(venue).toHaveAccessibleDescription('Valitse toimipiste.');
    await name.fill('Kassa 1');
    await add.click();
    await expect(name).toHaveAttribute('aria-invalid', 'false');
    await expect(venue).toHaveAttribute('aria-invalid', 'true');
    await venue.selectOption({ label: 'Lehtorannan uimahalli' });
    await add.click();

    const dialog = page.getByRole('dialog', { name: 'Kertakoodi: Kassa 1' });
    await expect(dialog.getByTestId('pairing-code')).toHaveText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    await expect(dialog.getByRole('img', { name: 'QR-koodi käyttöönottoon' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Sulje' }).click();
    await expect(
      page.getByRole('list', { name: 'Tiskien luettelo' }).filter({ hasText: 'Kassa 1' }),
    ).toContainText('Odottaa laitetta');
  });

  test('takes a desk out of service, after a question', async ({
    page,
    server,
    openBrowser,
    allowConsole,
  }) => {
    allowConsole(/status of 403/);
    const device = await openBrowser();
    await device.page.goto('/setup');
    await enterCode(device.page, await new Office(server).addDesk('Kassa 1'));
    await expect(device.page.getByText(/^Kortit ladattu: \d+/)).toBeVisible({ timeout: 60_000 });

    await signIn(page, server.adminPassword);
    const desk = page.getByRole('listitem').filter({ hasText: 'Kassa 1' });
    await expect(desk).toContainText('Käytössä');
    // S15: the desk has told how it is, and the list renews itself.
    await expect(desk).toContainText(/Kuultu tänään.*Kaikki käynnit lähetetty/, { timeout: 60_000 });
    const revoke = page.getByRole('button', { name: 'Poista käytöstä Kassa 1' });
    const dialog = page.getByRole('dialog', { name: 'Poistetaanko Kassa 1 käytöstä?' });
    await revoke.click();
    await dialog.getByRole('button', { name: 'Peruuta' }).click();
    await expect(desk).toContainText('Käytössä');
    await revoke.click();
    await dialog.getByRole('button', { name: 'Poista käytöstä' }).click();
    await expect(desk).toContainText('Poistettu käytöstä');
    await expect(page.getByRole('button', { name: /kertakoodi tiskille Kassa 1/ })).toHaveCount(0);
    await device.page.goto('/desk');
    await expect(device.page.getByRole('heading', { name: 'Laite on poistettu käytöstä' })).toBeVisible({
      timeout: 60_000,
    });
  });
});

test.describe('a new device', () => {
  test('types its code, in any case and with spaces, and says when it is ready', async ({ page, server }) => {
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
    const paired = page.waitForResponse(/\/api\/pair$/);
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

    // Whoever saw the answer on its way can do nothing with it.
    const { account } = (await (await paired).json()) as { account: Account };
    expect(await statusFor(account, server, '/couch/_session')).toBe(401);
    expect(await statusFor(await accountOf(page), server, '/couch/_session')).toBe(200);
  });

  test('reads its code from the QR that the office shows', async ({ openBrowser, server }, testInfo) => {
    const code = await new Office(server).addDesk('Kassa 2');
    const video = testInfo.outputPath('code.mjpeg');
    await makeVideo(video, held([{ kind: 'qrcode', text: `${server.url}/setup#code=${code}`, size: 300 }]));
    const { page } = await openBrowser({ video });
    await page.goto('/setup');
    await page.getByRole('button', { name: 'Lue koodi kameralla' }).click();
    await expectDesk(page, 'Kassa 2');
  });

  test('opens the link in the QR, which leaves no code in the address', async ({ page, server }) => {
    await page.goto(`/setup#code=${await new Office(server).addDesk('Kassa 3')}`);
    await expectDesk(page, 'Kassa 3');
    expect(new URL(page.url()).hash).toBe('');
  });

  test('hears what is wrong with its code, and keeps it', async ({
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

  test('finishes a pairing that broke off after the code was used up', async ({
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

  test('finishes a pairing that the power cut broke off', async ({ openBrowser, server }) => {
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

test('a device that lost its desk to another gets a new code, and sends what it still had', async ({
  page,
  server,
  openBrowser,
  allowConsole,
}) => {
  allowConsole(NETWORK_LOST);
  allowConsole(/status of 403/);
  const [office, device, other] = [new Office(server), await openBrowser(), await openBrowser()];
  await device.page.goto('/setup');
  await enterCode(device.page, await office.addDesk('Kassa 1'));
  await expect(device.page.getByText('Valmis: tiski toimii myös ilman verkkoa.')).toBeVisible({
    timeout: 60_000,
  });
  await chooseService(device.page);
  await device.context.setOffline(true);
  await logVisit(device.page, card);
  const { name: formerAccount } = await accountOf(device.page);

  await signIn(page, server.adminPassword);
  const newCode = async () => {
    await page.getByRole('button', { name: 'Uusi kertakoodi tiskille Kassa 1' }).click();
    const code = await page.getByTestId('pairing-code').innerText();
    await page.keyboard.press('Escape');
    return code;
  };
  await other.page.goto('/setup');
  await enterCode(other.page, await newCode());
  await expectDesk(other.page, 'Kassa 1');

  await device.context.setOffline(false);
  await expect(device.page.getByText('Lähettämättömät käynnit ovat tallessa: 1.')).toBeVisible({
    timeout: 60_000,
  });
  await device.page.getByRole('link', { name: 'Ota käyttöön uutena tiskinä' }).click();
  await enterCode(device.page, await newCode());
  await expectDesk(device.page, 'Kassa 1');
  await expectWaiting(device.page, 0);
  expect(await office.visitsOf(card)).toMatchObject([{ desk: formerAccount, number: 1 }]);
});

test('two desks don’t see each other’s secrets, nor the office’s', async ({ openBrowser, server }) => {
  const [first, second] = [await openBrowser(), await openBrowser()];
  for (const { page } of [first, second]) await openDemoDesk(page);
  const [own, other] = [await accountOf(first.page), await accountOf(second.page)];
  expect(own.name).not.toBe(other.name);
  const user = (name: string) => `/couch/_users/${encodeURIComponent(`org.couchdb.user:${name}`)}`;
  expect(await statusFor(own, server, user(own.name)), 'its own').toBe(200);
  expect(await statusFor(own, server, user(other.name)), 'the other’s, as CouchDB hides it').toBe(404);
  for (const path of ['/couch/_users/_all_docs', '/couch/tiski-office/_all_docs', '/api/desks']) {
    expect(await statusFor(own, server, path), path).toBe(403);
  }
});

test.describe('the administrator signs in on a desk’s own browser', () => {
  test.beforeEach(async ({ page, server }) => {
    await openDemoDesk(page);
    await chooseService(page);
    await signIn(page, server.adminPassword);
    await expect(page.getByText('Kirjautunut: administrator')).toBeVisible();
    await page.goto('/desk');
    await expect(verdict(page)).toContainText('Valmis');
  });

  test('the desk goes on as itself, and the administrator stays signed in', async ({ page, server }) => {
    const sent = page.waitForRequest(/_bulk_docs/);
    await logVisit(page, card);
    const headers = await (await sent).allHeaders();
    const { name } = await accountOf(page);
    const credentials = Buffer.from((headers['authorization'] ?? '').replace('Basic ', ''), 'base64');
    expect(credentials.toString()).toMatch(new RegExp(`^${name}:`));
    expect(headers['cookie']).toBeUndefined();
    await expectWaiting(page, 0);
    expect(await new Office(server).visitsOf(card)).toMatchObject([{ desk: name }]);
    await page.goto('/office/desks');
    await expect(page.getByText('Kirjautunut: administrator')).toBeVisible();
  });

  test('a revoked desk is revoked all the same', async ({ page, allowConsole }) => {
    allowConsole(/status of 403/);
    await page.goto('/office/desks');
    await page.getByRole('button', { name: /^Poista käytöstä / }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Poista käytöstä' }).click();
    await page.goto('/desk');
    await expect(page.getByRole('heading', { name: 'Laite on poistettu käytöstä' })).toBeVisible({
      timeout: 60_000,
    });
    await page.goto('/office/desks');
    await expect(page.getByText('Kirjautunut: administrator')).toBeVisible();
  });
});
