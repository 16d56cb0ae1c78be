import type { Page } from '@playwright/test';
import { demoCriteria } from '../../src/server/demo/criteria';
import type { TiskiServer } from '../setup/tiski-server';
import { expectAccessible } from './axe';
import { Office, signIn } from './counter';
import { expect, test } from './fixtures';

/** A coordinator says who gets a card; residents read it. */

async function openScheme(page: Page, server: TiskiServer, name: string): Promise<void> {
  await signIn(page, server.adminPassword);
  await expect(page.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await page.goto('/office/criteria');
  await page.getByLabel('Kortti', { exact: true }).selectOption({ label: name });
  await expect(page.getByRole('heading', { name: 'Voimassa nyt' })).toBeVisible();
}

const save = (page: Page) => page.getByRole('button', { name: 'Tallenna versio' }).click();
const question = (page: Page, number: number) =>
  page.getByRole('group', { name: `Kysymys ${number}`, exact: true });

test('a coordinator writes a version: faults name their fields, the form is seen beside it, and what is in force stays', async ({
  page,
  server,
}) => {
  await openScheme(page, server, 'Seniorikortti');
  await expect(page.getByText('Kortti on voimassa 36 kuukautta.')).toBeVisible();
  await expectAccessible(page, 'versions');
  await page.getByRole('button', { name: 'Tee uusi versio' }).click();
  await page.getByRole('button', { name: 'Lisää: Kysymys' }).click();
  await question(page, 3).getByLabel('Kysymys suomeksi').fill('On eläkkeellä');
  await question(page, 3).getByLabel('Kysymys ruotsiksi').fill('Är pensionerad');
  await page.getByLabel('Kuka kortin saa ruotsiksi').fill('');
  await page.getByLabel('Kuukausia', { exact: true }).fill('paljon');
  await save(page);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Kuka kortin saa, ruotsiksi: Kirjoita tähän.');
  await expect(alert).toContainText('Kysymys 3, englanniksi: Kirjoita tähän.');
  await expect(alert).toContainText('Voimassaolo: Kirjoita kuukaudet numerona 1–120.');
  await expectAccessible(page, 'faults');

  await page.reload();
  await page.getByLabel('Kortti', { exact: true }).selectOption({ label: 'Seniorikortti' });
  await expect(question(page, 3).getByLabel('Kysymys suomeksi'), 'typed, not saved').toHaveValue(
    'On eläkkeellä',
  );
  await question(page, 3).getByLabel('Kysymys englanniksi').fill('Is retired');
  await page.getByLabel('Kuka kortin saa ruotsiksi').fill('Kortet är för pensionärer.');
  await page.getByLabel('Kuukausia', { exact: true }).fill('24');
  const preview = page.getByRole('region', { name: 'Näin lomake näkyy' });
  await preview.getByLabel('Lomakkeen kieli').selectOption('en');
  await expect(preview.getByRole('group').nth(2)).toHaveAccessibleName('Is retired (required)');
  // By keyboard: the third question becomes the first.
  await question(page, 3).getByLabel('Kysymys suomeksi').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(preview.getByRole('group').first()).toHaveAccessibleName('Is retired (required)');
  await expect(question(page, 1).getByLabel('Kysymys suomeksi')).toBeFocused();
  await save(page);
  await expect(page.getByText('Versio 2 on tallennettu.')).toBeVisible();
  await expect(page.getByText('Kortti on voimassa 36 kuukautta.')).toBeVisible();
  await expect(page.getByText('Kortti on voimassa 24 kuukautta.')).toBeVisible();
});

test('B34 two coordinators: the second is told, keeps what was typed, and saves after having seen the other', async ({
  page,
  server,
  allowConsole,
}) => {
  allowConsole(/status of 409/);
  await openScheme(page, server, 'Yhteisökortti');
  await page.getByRole('button', { name: 'Tee uusi versio' }).click();
  await page.getByLabel('Kuka kortin saa suomeksi').fill('Kortti on kaikille yhdistyksille.');
  const [stored] =
    demoCriteria('2026-11-30', 0).find(({ _id }) => _id === 'criteria:yhteisokortti')?.versions ?? [];
  const theirs = { ...stored, from: '2099-01-01', validity: { months: 7 } };
  const { status } = await new Office(server).request('POST', '/api/criteria/yhteisokortti', {
    base: 1,
    criteria: theirs,
  });
  expect(status).toBe(201);
  await save(page);
  await expect(page.getByRole('alert')).toContainText('Toinen koordinaattori tallensi version 2');
  await expect(page.getByRole('alert')).toContainText('Kortti on voimassa 7 kuukautta.');
  await expect(page.getByLabel('Kuka kortin saa suomeksi')).toHaveValue('Kortti on kaikille yhdistyksille.');
  await expectAccessible(page, 'conflict');
  await page.getByRole('button', { name: 'Olen nähnyt muutoksen' }).click();
  await save(page);
  await expect(page.getByText('Versio 3 on tallennettu.')).toBeVisible();
});

test('organisations are kept as a list, and one that a scheme needs stays', async ({
  page,
  server,
  allowConsole,
}) => {
  allowConsole(/status of 422/);
  await openScheme(page, server, 'Seniorikortti');
  await page.getByRole('button', { name: 'Muuta organisaatioita' }).click();
  await page.getByRole('button', { name: 'Lisää: Organisaatio' }).click();
  const added = page.getByRole('group', { name: 'Organisaatio 4' });
  await added.getByLabel('Nimi suomeksi').fill('Lehtorannan liikuntaseura');
  await added.getByLabel('Yhteyshenkilön nimi').fill('Outi Ohjaaja');
  const saveList = () => page.getByRole('button', { name: 'Tallenna organisaatiot' }).click();
  await saveList();
  await expect(added.getByText('Kirjoita puhelinnumero tai sähköpostiosoite.')).toBeVisible();
  await expectAccessible(page, 'faults of organisations');
  await added.getByLabel('Nimi ruotsiksi').fill('Lehtoranta idrottsförening');
  await added.getByLabel('Nimi englanniksi').fill('Lehtoranta sports club');
  await added.getByLabel('Puhelinnumero').fill('040 0000 104');
  await page.getByRole('button', { name: 'Poista: Organisaatio 1' }).click();
  await saveList();
  await expect(page.getByRole('alert')).toContainText('jonkin kortin palvelupolussa');
  await page.getByRole('button', { name: 'Hylkää muutokset' }).click();
  await expect(page.getByText('Lehtorannan sosiaalipalvelut').first()).toBeVisible();
});

test('residents read who a card is for in three languages, without a network too, and print it', async ({
  page,
  server,
}) => {
  await page.goto('/info/schemes');
  await expect(page.getByRole('heading', { level: 1, name: 'Kortit: Lehtoranta' })).toBeVisible();
  const card = page.getByRole('article', { name: 'Seniorikortti' });
  await expect(card).toContainText('joka on täyttänyt 68 vuotta');
  await expect(card).toContainText('Aamu-uinti: Lehtorannan uimahalli');
  await expect(page.getByText('Ylijäämäruoka: Keskuskeittiö (juuri nyt tauolla)')).toBeVisible();
  for (const [language, title] of [
    ['English', 'Senior card'],
    ['Svenska', 'Seniorkort'],
    ['Suomi', 'Seniorikortti'],
  ] as const) {
    await page.getByRole('button', { name: language }).click();
    await expect(page.getByRole('article', { name: title })).toBeVisible();
    await expectAccessible(page, language);
  }
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
  await server.stop();
  await page.reload();
  await expect(page.getByText(/^Verkkoyhteyttä ei ole\. Tiedot on haettu tänään/)).toBeVisible();
  await expect(card).toContainText('joka on täyttänyt 68 vuotta');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: 'Tulosta esite' })).toBeHidden();
  await expect(page.getByText(/^Tulostettu /)).toBeVisible();
});
