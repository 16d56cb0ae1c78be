import type { Page } from '@playwright/test';
import { signIn } from './counter';
import { expect, test } from './fixtures';

const password = 'lukossa oleva ovi';

async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Käyttäjätunnus').fill(name);
  await page.getByLabel('Salasana').fill(password);
  await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
}

/** The administrator invites somebody; returns the link. */
async function invite(page: Page, name: string, rights: string[]): Promise<string> {
  await page.goto('/office/people-and-rights');
  await page.getByLabel('Nimi', { exact: true }).fill(name);
  for (const right of rights) await page.getByRole('checkbox', { name: right, exact: true }).check();
  await page.getByRole('button', { name: 'Luo kutsulinkki' }).click();
  const dialog = page.getByRole('dialog', { name: `Kertalinkki: ${name}` });
  const link = await dialog.getByLabel('Linkki').inputValue();
  await dialog.getByRole('button', { name: 'Sulje' }).click();
  return link;
}

async function accept(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Uusi salasana').fill(password);
  await page.getByLabel('Salasana uudelleen').fill(password);
  await page.getByRole('button', { name: 'Ota tunnus käyttöön' }).click();
  await expect(page.getByText(/^Valmista\./)).toBeVisible();
}

test('an invited person sees their own areas only, is locked out of an idle screen, and leaves nothing behind', async ({
  page,
  server,
  openBrowser,
  allowConsole,
}) => {
  // The link is tried once more.
  allowConsole(/status of 410/);
  await signIn(page, server.adminPassword);
  await expect(page.getByRole('heading', { name: 'Lisää tiski' })).toBeVisible();
  const link = await invite(page, 'Aino Esimerkki', ['Toimisto']);

  const { page: other } = await openBrowser();
  await other.clock.install();
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'Hei Aino Esimerkki!' })).toBeVisible();
  expect(other.url()).not.toContain('#');
  await other.getByLabel('Uusi salasana').fill('lyhyt');
  await other.getByRole('button', { name: 'Ota tunnus käyttöön' }).click();
  await expect(other.getByText('Salasanassa on oltava vähintään 12 merkkiä.')).toBeVisible();
  await other.getByLabel('Uusi salasana').fill(password);
  await other.getByLabel('Salasana uudelleen').fill(password);
  await other.getByRole('button', { name: 'Ota tunnus käyttöön' }).click();
  await expect(other.getByText('Valmista. Kirjaudu tunnuksella aino-esimerkki.')).toBeVisible();
  await other.goto(link);
  await expect(other.getByText('Linkki on jo käytetty.')).toBeVisible();

  await other.goto('/office');
  await expect(other.getByRole('navigation', { name: 'Hallinnan sivut' })).toHaveCount(0);
  await signInAs(other, 'aino-esimerkki');
  const links = other.getByRole('navigation', { name: 'Hallinnan sivut' }).getByRole('link');
  await expect(links).toHaveText(['Etusivu', 'Kortit', 'Tarkistettavat', 'Tuo käyntejä']);

  await links.getByText('Kortit').click();
  const number = other.getByLabel('Kortin numero tai koodi');
  await number.fill('1234');
  await other.clock.runFor('14:00');
  await expect(number).toHaveValue('1234');
  await other.clock.fastForward('01:10');
  await expect(other.getByRole('heading', { name: 'Näyttö on lukittu' })).toBeVisible();
  await expect(number).toHaveCount(0);
  expect(await other.title()).toBe('Näyttö on lukittu · Tiski');
  // A locked browser has no session, and a page that is loaded again stays locked.
  expect((await (await other.request.get('/api/me')).json()) as object).toEqual({ name: null });
  await other.getByLabel('Salasana').fill(password);
  await other.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
  await expect(number).toHaveValue('1234');

  await other.getByRole('button', { name: 'Kirjaudu ulos' }).click();
  await expect(other.getByRole('heading', { name: 'Hallinta' })).toBeVisible();
  await expect(number).toHaveCount(0);
  await other.goBack();
  await expect(other.getByLabel('Salasana')).toBeVisible();
  await expect(other.getByText('Aino')).toHaveCount(0);
  await expect(links).toHaveCount(0);
  expect(
    await other.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
  ).not.toMatch(/aino|administrator/i);
});

test('a lock locks every tab, survives a reload, and another person finds nothing of the first', async ({
  page,
  context,
  server,
}) => {
  await page.clock.install();
  await signIn(page, server.adminPassword);
  await page.getByLabel('Tiskin nimi').fill('Kassa 7');
  const link = await invite(page, 'Eero Esimerkki', ['Pääkäyttäjä']);
  await accept(page, link);
  await page.goto('/office/desks');
  await page.getByLabel('Tiskin nimi').fill('Kassa 8');
  const second = await context.newPage();
  await second.goto('/office/account');
  await expect(second.getByRole('heading', { name: 'Kirjautumisesi' })).toBeVisible();
  // As if the machine had slept for five minutes.
  await page.clock.fastForward('05:00');
  for (const each of [page, second]) {
    await expect(each.getByRole('heading', { name: 'Näyttö on lukittu' })).toBeVisible();
  }
  await second.reload();
  await expect(second.getByRole('heading', { name: 'Näyttö on lukittu' })).toBeVisible();
  await page.getByLabel('Käyttäjätunnus').fill('eero-esimerkki');
  await page.getByLabel('Salasana').fill(password);
  await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
  await expect(page.getByText('Kirjautunut: Eero Esimerkki')).toBeVisible();
  await expect(page.getByLabel('Tiskin nimi')).toHaveValue('');
  await expect(second.getByText('Kirjautunut: Eero Esimerkki')).toBeVisible();
});

test('an administrator closes an account, and its open page asks for a password; people end their own sessions', async ({
  page,
  server,
  openBrowser,
  allowConsole,
}) => {
  allowConsole(/status of 40[01]/);
  await signIn(page, server.adminPassword);
  const link = await invite(page, 'Aino Esimerkki', ['Toimisto', 'Päätökset']);
  const { page: other } = await openBrowser();
  await accept(other, link);
  await other.goto('/office/account');
  await signInAs(other, 'aino-esimerkki');
  await expect(other.getByText('(tämä selain)')).toBeVisible();
  await other.getByLabel('Nykyinen salasana').fill('jotain muuta');
  await other.getByLabel('Uusi salasana').fill(`${password} uusi`);
  await other.getByLabel('Salasana uudelleen').fill(`${password} uusi`);
  await other.getByRole('button', { name: 'Vaihda salasana' }).click();
  await expect(other.getByText('Nykyinen salasana on väärin.')).toBeVisible();
  await other.getByLabel('Nykyinen salasana').fill(password);
  await other.getByRole('button', { name: 'Vaihda salasana' }).click();
  await expect(other.getByText('Salasana on vaihdettu.')).toBeVisible();
  await expect(other.getByText('(tämä selain)')).toBeVisible();

  await page.goto('/office/people-and-rights');
  await page.getByRole('button', { name: 'Muokkaa käyttäjää Aino Esimerkki' }).click();
  await page.getByRole('button', { name: 'Sulje tunnus' }).click();
  await expect(page.getByText('Suljettu: ei salasanaa')).toBeVisible();
  await other.reload();
  await expect(other.getByLabel('Salasana', { exact: true })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Kirjautumisesi' })).toHaveCount(0);
});
