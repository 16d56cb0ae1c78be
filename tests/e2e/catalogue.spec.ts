import type { Page } from '@playwright/test';
import { expectAccessible } from './axe';
import {
  cardOf,
  chooseService,
  Office,
  openDemoDesk,
  scanAndSee,
  scanUntil,
  signIn,
  verdict,
} from './counter';
import { expect, test } from './fixtures';
import type { TiskiServer } from '../setup/tiski-server';
import { held, makeVideo } from './video';

/** A coordinator at work: rules are changed without a programmer, and reach the desks. */

async function openCatalogue(page: Page, server: TiskiServer): Promise<void> {
  await signIn(page, server.adminPassword);
  await expect(page.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await page.goto('/office/catalogue');
  await expectSynced(page);
}

const expectSynced = (page: Page) =>
  expect(page.locator('[data-catalogue="synced"][data-drafts="0"]')).toBeVisible({ timeout: 30_000 });

async function openEntry(page: Page, name: string): Promise<void> {
  await page.goto('/office/catalogue');
  await page.getByLabel('Hae nimellä').fill(name);
  await page
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

const save = (page: Page) => page.getByRole('button', { name: 'Tallenna', exact: true }).click();

test('R5 a service is paused with a reason: desks refuse it, and admit again when it resumes', async ({
  page,
  server,
  openBrowser,
}) => {
  const desk = await (await openBrowser()).context.newPage();
  await openDemoDesk(desk);
  await chooseService(desk);
  await openCatalogue(page, server);
  await openEntry(page, 'Uinti');
  await page.getByRole('button', { name: 'Pane tauolle' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pane tauolle' }).click();
  await expect(page.getByRole('dialog')).toContainText('Kirjoita syy');
  await page.getByLabel('Syy').fill('Allas korjataan');
  await page.getByRole('dialog').getByRole('button', { name: 'Pane tauolle' }).click();
  await expectSynced(page);
  await expect(page.getByRole('link', { name: /Uinti Tauolla/ })).toBeVisible();
  await scanUntil(desk, cardOf('admitted'), 'Ei käy nyt');
  await expect(verdict(desk)).toContainText('tauolla');

  await openEntry(page, 'Uinti');
  await page.getByRole('button', { name: 'Jatka palvelua' }).click();
  await expectSynced(page);
  await scanUntil(desk, cardOf('admitted'), 'Kortti käy');
});

test('an edit without a network is kept over a reload and sent when the server is back', async ({
  page,
  server,
}) => {
  await openCatalogue(page, server);
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
  await server.stop();
  await openEntry(page, 'Kuntosali');
  await page.getByLabel('Nimi englanniksi').fill('Gym and weights');
  await page.reload();
  await expect(page.getByLabel('Nimi englanniksi'), 'typed, not saved').toHaveValue('Gym and weights');
  await save(page);
  await expect(page.getByRole('link', { name: /Kuntosali Odottaa lähetystä/ })).toBeVisible();
  await page.reload();
  await expect(page.locator('[data-catalogue="offline"][data-drafts="1"]')).toBeVisible();
  await expect(page.getByText('Ei yhteyttä. Voit jatkaa; odottamassa 1.')).toBeVisible();
  await server.start();
  await page.reload();
  await expectSynced(page);
  const { body } = await new Office(server).request('GET', '/couch/tiski-catalogue/service%3Akuntosali');
  expect(body).toMatchObject({ names: { en: 'Gym and weights', fi: 'Kuntosali' } });
});

test('two people edit one service: both versions are shown, and nobody’s is overwritten', async ({
  page,
  server,
  openBrowser,
  allowConsole,
}) => {
  allowConsole(/status of 409/);
  const other = await (await openBrowser()).context.newPage();
  await openCatalogue(page, server);
  await openCatalogue(other, server);
  await openEntry(page, 'Kuntosali');
  await openEntry(other, 'Kuntosali');
  await page.getByLabel('Nimi englanniksi').fill('Gym');
  await page.getByLabel('Nimi ruotsiksi').fill('Gymsal');
  await save(page);
  await expectSynced(page);

  await other.getByLabel('Nimi englanniksi').fill('Fitness room');
  await other.getByLabel('Sama käynti uudelleen, minuuttia').fill('30');
  await save(other);
  await other.getByRole('link', { name: /Kuntosali Toinen muutti samaa/ }).click();
  const compare = other.getByTestId('compare');
  await expect(compare).toContainText('Gymsal');
  await expect(compare).toContainText('Fitness room');
  await expectAccessible(other, 'conflict');
  const names = compare.getByRole('group', { name: /Nimi suomeksi/ });
  await names.getByRole('radio', { name: /Toisen/ }).check();
  await compare.getByRole('button', { name: 'Tallenna' }).click();
  const stored = async () =>
    (await new Office(server).request('GET', '/couch/tiski-catalogue/service%3Akuntosali')).body;
  await expect.poll(stored).toMatchObject({ names: { en: 'Gym', sv: 'Gymsal' }, repeatMinutes: 30 });
  await expect(other.getByRole('link', { name: /Kuntosali Toinen/ })).toHaveCount(0);
});

test('a wrong amount is named by its field, in the reader’s language, and what was typed stays', async ({
  page,
  server,
}) => {
  await openCatalogue(page, server);
  await page.goto('/office/catalogue/scheme/liikuntapassi');
  const fee = page.getByLabel('Kortin hinta, euroa');
  await fee.fill('seitsemän');
  await save(page);
  await expect(page.getByText('Kirjoita euroja, esimerkiksi 7,50.')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveText('Tiedoissa on virhe: Kortin hinta, euroa');
  await page.getByRole('button', { name: 'Svenska' }).click();
  await expect(page.getByRole('alert')).toHaveText('Uppgifterna innehåller ett fel: Kortets pris, euro');
  const pris = page.getByLabel('Kortets pris, euro');
  await expect(pris).toHaveValue('seitsemän');
  await page.reload();
  await expect(pris).toHaveValue('');
});

test('a new course is added, and the education centre’s desk can choose it', async ({
  page,
  server,
  openBrowser,
}) => {
  const desk = await (await openBrowser()).context.newPage();
  await openDemoDesk(desk, 'opisto');
  await desk.goto('/desk');
  await openCatalogue(page, server);
  await page.getByRole('link', { name: 'Uusi kurssi, näytös tai ateria' }).click();
  await save(page);
  await expect(page.getByText('Korjaa merkityt kohdat.')).toBeVisible();
  await expect(page.getByText('Kirjoita nimi.')).toHaveCount(3);
  await page.getByLabel('Nimi suomeksi').fill('Ötökät mikroskoopissa');
  await page.getByLabel('Nimi ruotsiksi').fill('Småkryp i mikroskop');
  await page.getByLabel('Nimi englanniksi').fill('Bugs under the microscope');
  await expect(page.getByText('Tunnus: otokat-mikroskoopissa')).toBeVisible();
  await page.getByLabel('Palvelu').selectOption({ label: 'Opiston kurssi' });
  await page.getByLabel('Toimipiste').first().selectOption({ label: 'Lehtorannan kansalaisopisto' });
  await page.getByLabel('Viimeinen päivä').fill('2099-01-01');
  await page.getByLabel(/Kortin paikkoja/).fill('5');
  await save(page);
  await expectSynced(page);
  await expect(async () => {
    await scanAndSee(desk, cardOf('choose-course'), 'Valitse kurssi');
    await desk.getByLabel('Hae nimellä').fill('ötökät');
    await expect(desk.getByRole('button', { name: /Ötökät mikroskoopissa.*5 paikkaa/ })).toBeVisible({
      timeout: 2_000,
    });
  }).toPass({ timeout: 40_000 });
});

test('the sentence and the try-it box follow the form before anything is saved, and a warning comes before a tighter rule', async ({
  page,
  server,
}) => {
  await openCatalogue(page, server);
  await expectAccessible(page, 'list');
  await openEntry(page, 'Kuntosali');
  const meaning = page.getByRole('region', { name: 'Tämä tarkoittaa' });
  await expect(meaning).toContainText('Rajattomasti.');
  const answer = page.locator('[data-try]');
  await page.getByLabel('Käyntejä jaksolla ennestään').fill('2');
  await expect(answer).toContainText('Kortti käy');
  await page.getByLabel('Käyttöoikeus').selectOption({ label: 'Rajattu määrä käyntejä' });
  await expect(meaning).toContainText('Kerran päivässä.');
  await expect(answer).toContainText('Ei käy nyt');
  await expect(answer).toContainText('R7 Käyntien määrä');
  await page.getByLabel('Käyntejä', { exact: true }).fill('3');
  await page.getByLabel('Jakso', { exact: true }).selectOption({ label: 'Viikko' });
  await expect(meaning).toContainText('3 kertaa viikossa.');
  await expect(answer).toContainText('Kortti käy');
  await expectAccessible(page, 'form');
  await save(page);
  await expect(page.getByRole('dialog')).toContainText('osa korteista voi olla jo käyttänyt käyntinsä');
  await page.getByRole('dialog').getByRole('button', { name: 'Peruuta' }).click();
  await page.getByRole('button', { name: 'Hylkää muutokset' }).click();
  await expectSynced(page);
});

test('a city says that its cards carry Codabar: a desk’s camera reads them from then on', async ({
  page,
  server,
  browser,
  openBrowser,
}, testInfo) => {
  const office = new Office(server);
  await office.changeCard(cardOf('admitted'), { codes: [{ kind: 'barcode', value: 'A40156B' }] });
  const video = testInfo.outputPath('codabar.mjpeg');
  await makeVideo(browser, video, held([{ kind: 'rationalizedCodabar', text: 'A40156B', size: 320 }]));
  const desk = (await openBrowser({ video })).page;
  await openDemoDesk(desk);
  await chooseService(desk);
  await openCatalogue(page, server);
  await page.getByRole('link', { name: 'Lehtoranta' }).click();
  const codes = page.getByRole('group', { name: 'Koodit, jotka kamera lukee' });
  await expect(codes.getByRole('checkbox', { name: 'EAN-13' })).toBeChecked();
  await codes.getByRole('checkbox', { name: 'ITF' }).uncheck();
  await expect(verdict(desk)).toContainText('Valmis');
  await codes.getByRole('checkbox', { name: 'Codabar' }).check();
  await save(page);
  await expectSynced(page);
  await expect(verdict(desk).getByRole('heading')).toHaveText('Kortti käy', { timeout: 60_000 });
  const { body } = await office.request('GET', '/couch/tiski-catalogue/settings%3Acity');
  expect(body).toMatchObject({
    cameraCodes: ['code_39', 'codabar', 'ean_13', 'ean_8', 'data_matrix', 'aztec', 'pdf417'],
  });
});
