import { NETWORK_LOST } from '../setup/console-guard';
import {
  accountOf,
  cardOf,
  chooseService,
  enterCode,
  expectDesk,
  expectWaiting,
  logVisit,
  Office,
  openDemoDesk,
  signIn,
  statusFor,
  verdict,
} from './counter';
import { expect, test } from './fixtures';

const card = cardOf('admitted');

test.describe('the administrator', () => {
  test('signs in, with a message about a wrong password, adds a desk, learns what is missing, is shown a code and its QR code, and signs out', async ({
    page,
    server,
    allowConsole,
  }) => {
    allowConsole(/status of 401/);
    await signIn(page, 'not the password');
    await expect(page.getByRole('alert')).toHaveText('Tunnus tai salasana on väärin.');
    await signIn(page, server.adminPassword);
    await expect(page.getByText('Kirjautunut: administrator')).toBeVisible();

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

    await page.getByRole('button', { name: 'Kirjaudu ulos' }).click();
    await expect(page.getByLabel('Salasana')).toBeVisible();
  });

  test('gives a device the link in the QR code, which leaves no code in the address, and revokes its desk, after a confirmation', async ({
    page,
    server,
    openBrowser,
    allowConsole,
  }) => {
    allowConsole(/status of 403/);
    const device = await openBrowser();
    await device.page.goto(`/setup#code=${await new Office(server).addDesk('Kassa 1')}`);
    await expectDesk(device.page, 'Kassa 1');
    expect(new URL(device.page.url()).hash).toBe('');
    await expect(device.page.getByText(/^Kortit ladattu: \d+/)).toBeVisible({ timeout: 60_000 });

    await signIn(page, server.adminPassword);
    const desk = page.getByRole('listitem').filter({ hasText: 'Kassa 1' });
    await expect(desk).toContainText('Käytössä');
    // S15: the desk has reported its state, and the list refreshes.
    await expect(desk).toContainText(/Viimeksi yhteydessä tänään.*Kaikki käynnit lähetetty/, {
      timeout: 60_000,
    });
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

test('two desks don’t see each other’s secrets, nor the office’s', async ({
  page,
  browser,
  server,
  consoleGuard,
}) => {
  const context = await browser.newContext({ baseURL: server.url, locale: 'fi-FI' });
  consoleGuard.watch(context);
  const neighbour = await context.newPage();
  for (const desk of [page, neighbour]) await openDemoDesk(desk);
  const [own, other] = [await accountOf(page), await accountOf(neighbour)];
  await context.close();
  expect(own.name).not.toBe(other.name);
  const user = (name: string) => `/couch/_users/${encodeURIComponent(`org.couchdb.user:${name}`)}`;
  expect(await statusFor(own, server, user(own.name)), 'its own').toBe(200);
  expect(await statusFor(own, server, user(other.name)), 'the other’s, as CouchDB hides it').toBe(404);
  for (const path of ['/couch/_users/_all_docs', '/couch/tiski-office/_all_docs', '/api/desks']) {
    expect(await statusFor(own, server, path), path).toBe(403);
  }
});

test('the administrator signs in on a desk’s own browser: the desk stays itself, the administrator stays signed in, and a revoked desk is revoked all the same', async ({
  page,
  server,
  consoleGuard,
  allowConsole,
}) => {
  await openDemoDesk(page);
  await chooseService(page);
  await signIn(page, server.adminPassword);
  const signedIn = page.getByText('Kirjautunut: administrator');
  await expect(signedIn).toBeVisible();
  await page.goto('/desk');
  await expect(verdict(page)).toContainText('Valmis');

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
  await expect(signedIn).toBeVisible();
  expect(consoleGuard.unexpected, 'before the desk is revoked').toEqual([]);

  allowConsole(/status of 403/);
  await page.getByRole('button', { name: /^Poista käytöstä / }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Poista käytöstä' }).click();
  await page.goto('/desk');
  await expect(page.getByRole('heading', { name: 'Laite on poistettu käytöstä' })).toBeVisible({
    timeout: 60_000,
  });
  await page.goto('/office/desks');
  await expect(signedIn).toBeVisible();
});
