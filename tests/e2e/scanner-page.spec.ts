import type { Page } from '@playwright/test';
import { expectAccessible } from './axe';
import {
  cardOf,
  chooseService,
  expectWaiting,
  Office,
  openDemoDesk,
  scan,
  scanAndSee,
  verdict,
  verdictTitle,
} from './counter';
import { expect, test } from './fixtures';

/** A hand is uneven; even keys are taken for a slow scanner. */
async function typeByHand(page: Page, text: string): Promise<void> {
  for (const [index, key] of [...text].entries()) {
    await page.keyboard.press(key, { delay: 20 + (index % 3) * 110 });
  }
}

const fact = (page: Page, name: string) =>
  page.getByRole('term').filter({ hasText: name }).locator('xpath=following-sibling::dd');

test('K1 K7 a scan is heard on each of a desk’s pages, or the page says where to scan', async ({ page }) => {
  await test.step('on /setup, without a click, from a scanner with a US keyboard', async () => {
    const answer = await page.request.post('/api/demo/desk', { data: { venue: 'uimahalli' } });
    const { code } = (await answer.json()) as { code: string };
    await page.goto('/setup');
    await expect(page.getByLabel('Kertakoodi')).toBeVisible();
    await scan(page, code.replace('-', '+'));
    await expect(page.getByRole('heading', { name: /Tämä laite on tiski/ })).toBeVisible();
    await expect(page.getByText('Valmis: tiski toimii myös ilman verkkoa.')).toBeVisible({ timeout: 60_000 });
  });

  const said = page.getByRole('alert').filter({ hasText: 'luettiin' });
  for (const [address, words] of [
    ['/setup', 'Kortit luetaan tiskillä.'],
    ['/desk', 'Valitse ensin palvelu'],
    ['/kiosk', 'Käynnistä ensin kioski'],
    ['/office/rescue', 'Kortit luetaan tiskillä.'],
    ['/review', 'Kortit luetaan tiskillä.'],
    ['/sync', 'Kortit luetaan tiskillä.'],
  ] as const) {
    await test.step(`on ${address}`, async () => {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      // A page that is still opening doesn't hear a scanner.
      await expect(async () => {
        await scan(page, cardOf('admitted'));
        await expect(said).toContainText(words, { timeout: 1_000 });
      }).toPass();
    });
  }
  await expectAccessible(page, 'a scan elsewhere');
  await page.getByRole('link', { name: 'Avaa tiski' }).click();
  await expect(page).toHaveURL(/desk$/);
});

test('the scanner’s page shows what a scanner does and what to set, and remembers it for the desk', async ({
  page,
}) => {
  await openDemoDesk(page);
  await page.goto('/desk/scanner');
  await expect(page.getByRole('heading', { name: 'Lue kortti tai testikoodi' })).toBeVisible();

  await scan(page, 'Tiski-qz_/:1');
  await expect(page.getByRole('heading', { name: 'Testikoodi luettiin.' })).toBeVisible();
  await expect(fact(page, 'Näppäimistö')).toHaveText('Sama kuin tietokoneella: oikein');
  await expect(fact(page, 'Loppumerkki')).toHaveText('Enter: oikein');
  await expect(fact(page, 'Tahti')).toHaveText('5 ms merkkiä kohti');
  await scan(page, 'Tiski+qz?-Ö1');
  await expect(fact(page, 'Näppäimistö')).toContainText('Vaihda lukijaan suomi/ruotsi');
  await scan(page, `]C1${cardOf('admitted')}`);
  await expect(page.getByRole('heading', { name: 'Kortti 2024 0013 löytyy kortistosta.' })).toBeVisible();
  await expect(fact(page, 'Koodin laji')).toContainText('Code 128');
  await page.getByRole('button', { name: 'Tallenna lukijan tiedot' }).click();
  await expect(page.getByText('Tallennettu tälle tiskille.')).toBeVisible();

  await test.step('what stands around a code is tried on the last scan, and a wrong pattern is named', async () => {
    await scan(page, `F7${cardOf('admitted')}#`);
    await expect(
      page.getByRole('heading', { name: 'Tämän laitteen kortistossa ei ole tällaista korttia.' }),
    ).toBeVisible();
    const patterns = page.getByLabel('Mallit');
    await patterns.fill('F?*#\nF?#');
    await expect(page.getByRole('alert')).toHaveText('Rivi 2: mallissa pitää olla yksi * koodin kohdalla.');
    await patterns.fill('F?*#');
    await expect(page.getByText(`Viimeksi luetusta tulee: Luettiin ”${cardOf('admitted')}”`)).toBeVisible();
    await expectAccessible(page, 'scanner page');
    await page.getByRole('button', { name: 'Tallenna mallit' }).click();
    await expect(page.getByText('Tallennettu tälle tiskille.').last()).toBeVisible();
    await page.getByRole('radio', { name: /Desimaalina, tavut/ }).check();
  });

  await test.step('and the counter reads by it, also after a reload', async () => {
    await chooseService(page);
    await scanAndSee(page, `F7${cardOf('admitted')}#`, 'Kortti käy');
    await page.goto('/desk/scanner');
    await expect(page.getByLabel('Mallit')).toHaveValue('F?*#');
    await expect(page.getByRole('radio', { name: /Desimaalina, tavut/ })).toBeChecked();
  });
});

test('what the office lets a counter do applies there: logged on scan, nothing typed, nobody admitted despite a refusal', async ({
  page,
  server,
}) => {
  await openDemoDesk(page);
  const office = new Office(server);
  const { body } = await office.request('GET', '/api/desks');
  const { desks } = body as { desks: { id: string; name: string }[] };
  const rules = { mayOverride: false, mayType: false, logsAtOnce: true };
  for (const { id, name } of desks) {
    if (name.startsWith('Demo-')) await office.request('POST', `/api/desks/${id}/rules`, rules);
  }
  await chooseService(page);
  await expect(page.getByRole('button', { name: 'Näppäile' })).toHaveCount(0);

  await scan(page, cardOf('admitted'));
  await expect(verdictTitle(page)).toHaveText(/Kirjattu klo/);
  await page.getByRole('button', { name: 'Peru kirjaus' }).click();
  await expect(verdict(page)).toContainText('Kirjaus peruttu');
  await scan(page, cardOf('in-grace'));
  await expect(verdictTitle(page), 'the next scan waits for nothing').toHaveText(/Kirjattu klo/);

  await scanAndSee(page, cardOf('expired'), 'Ei käy nyt');
  await expect(page.getByRole('button', { name: 'Päästä silti sisään' })).toHaveCount(0);
  await typeByHand(page, cardOf('suspension-over'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Tällä tiskillä numeroa ei näppäillä');
  await expect(verdictTitle(page)).toHaveText('Ei käy nyt');
  await expectWaiting(page, 0);
  expect(await office.visitsOf(cardOf('suspension-over'))).toEqual([]);
  expect(await office.visitsOf(cardOf('in-grace'))).toHaveLength(1);
});
