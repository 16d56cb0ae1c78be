import { readFile } from 'node:fs/promises';
import { cardOf, openDemoDesk, settingOf, signIn } from './counter';
import { expect, test } from './fixtures';

test.describe('a city without a catalogue', () => {
  test.use({ serverOptions: { demo: false } });

  test('a city without a catalogue is told to load one before it adds desks', async ({ page, server }) => {
    const notice = page.getByText('Luettelossa ei ole toimipisteitä.');
    const form = page.getByRole('heading', { name: 'Lisää tiski' });
    await signIn(page, server.adminPassword);
    await expect(notice).toBeVisible();
    await expect(form).toBeHidden();

    const credentials = Buffer.from(`administrator:${server.adminPassword}`).toString('base64');
    const loaded = await fetch(`${server.url}/couch/tiski-catalogue/_bulk_docs`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      body: await readFile('static/samples/catalogue.json', 'utf8'),
    });
    expect(loaded.status).toBe(201);
    await page.reload();
    await expect(form).toBeVisible();
    await expect(notice).toBeHidden();
  });
});

test('S11 a sign-in that expires at work: sign in again, and nothing typed is lost', async ({
  page,
  server,
  context,
  allowConsole,
}) => {
  allowConsole(/status of 401/);
  const signInAgain = async () => {
    await expect(page.getByText('Kirjautumisesi on päättynyt.')).toHaveCount(1);
    await expect(page.getByLabel('Käyttäjätunnus')).toHaveCount(1);
    await page.getByLabel('Käyttäjätunnus').fill('administrator');
    await page.getByLabel('Salasana').fill(server.adminPassword);
    await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
    await expect(page.getByText('Kirjautumisesi on päättynyt.')).toHaveCount(0);
  };
  await signIn(page, server.adminPassword);
  const add = page.getByRole('button', { name: 'Lisää tiski' });
  await page.getByLabel('Tiskin nimi').fill('Kassa 7');
  await page.getByLabel('Toimipiste').selectOption({ index: 1 });
  // As the browser does when the session's hour is over.
  await context.clearCookies();
  await add.click();
  await signInAgain();
  await expect(page.getByLabel('Tiskin nimi')).toHaveValue('Kassa 7');
  await add.click();
  await expect(page.getByRole('dialog', { name: /Kassa 7/ })).toBeVisible();

  await page.goto('/office/cards');
  const number = page.getByLabel('Kortin numero tai koodi');
  const show = page.getByRole('button', { name: 'Näytä kortti' });
  await number.fill(cardOf('admitted'));
  await context.clearCookies();
  await show.click();
  await signInAgain();
  await expect(number).toHaveValue(cardOf('admitted'));
  await show.click();
  await expect(page.getByRole('button', { name: 'Tulosta kortti' })).toBeVisible();
});

test('S15 the office sets what a desk’s staff may do, and the device learns it', async ({
  page,
  server,
  openBrowser,
}) => {
  const device = await openBrowser();
  await openDemoDesk(device.page);
  await signIn(page, server.adminPassword);
  const settings = page.getByRole('button', { name: /^Asetukset tiskille Demo-/ });
  await settings.click();
  const dialog = page.getByRole('dialog', { name: /^Asetukset: Demo-/ });
  const rule = (name: RegExp) => dialog.getByRole('checkbox', { name });
  await expect(rule(/Saa päästää sisään/)).toBeChecked();
  await expect(rule(/Saa näppäillä/)).toBeChecked();
  await expect(rule(/Kirjaa käynnin heti/)).not.toBeChecked();
  await rule(/Saa näppäillä/).uncheck();
  await rule(/Kirjaa käynnin heti/).check();
  await dialog.getByRole('button', { name: 'Tallenna' }).click();
  await expect(dialog).toBeHidden();

  // A desk reports within ten seconds after it starts.
  await device.page.reload();
  const heard = { mayOverride: true, mayType: false, logsAtOnce: true };
  await expect.poll(() => settingOf(device.page, 'counter-rules')).toEqual(heard);

  await page.reload();
  await settings.click();
  await expect(rule(/Saa näppäillä/)).not.toBeChecked();
  await expect(rule(/Kirjaa käynnin heti/)).toBeChecked();
});
