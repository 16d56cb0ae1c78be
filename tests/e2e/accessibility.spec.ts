import type { Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { cardOf, chooseService, logVisit, openDemoDesk, scan, scanAndSee, signIn } from './counter';
import { expect, test } from './fixtures';

/**
 * Every target is at least 44 px high and wide, except links within a sentence; a label is its box's target.
 */
async function expectLargeTargets(page: Page, screen: string): Promise<void> {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, select')]
      .filter((target) => target.checkVisibility() && !target.closest('.skip, p'))
      .filter((target) => {
        const { width, height } = (target.closest('label') ?? target).getBoundingClientRect();
        return width < 44 || height < 44;
      })
      .map((target) => target.outerHTML),
  );
  expect(small, screen).toEqual([]);
}

async function check(page: Page, screen: string): Promise<void> {
  await expectAccessible(page, screen);
  await expectLargeTargets(page, screen);
}

for (const [language, name] of [
  ['fi', 'Suomi'],
  ['sv', 'Svenska'],
  ['en', 'English'],
] as const) {
  test(`axe finds nothing before a device is set up, in ${language}`, async ({ page, allowConsole }) => {
    allowConsole(/Not found: \/no-such-page/);
    await page.goto('/');
    await page.getByRole('button', { name }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    for (const address of [
      '/',
      '/demo',
      '/setup',
      '/office',
      '/office/account',
      '/office/people-and-rights',
      '/invitation',
      '/office/desks',
      '/office/cards',
      '/office/review',
      '/office/rescue',
      '/office/catalogue',
      '/office/criteria',
      '/info/schemes',
      '/review',
      '/sync',
      '/no-such-page',
    ]) {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.waitForLoadState('networkidle');
      await check(page, address);
    }
  });
}

test('axe finds nothing at the counter and on its kiosk', async ({ page }) => {
  await openDemoDesk(page);
  await check(page, 'set up');
  await page.goto('/desk');
  await expect(page.getByRole('heading', { name: 'Valitse palvelu' })).toBeVisible();
  await check(page, 'choosing a service');
  await chooseService(page);
  await check(page, 'ready');
  await page.getByRole('button', { name: 'Näppäile' }).click();
  await check(page, 'number pad');
  await scanAndSee(page, cardOf('admitted'), 'Kortti käy');
  await check(page, 'admitted');
  await logVisit(page, cardOf('in-grace'));
  await check(page, 'logged, with the earlier card not logged');
  await scanAndSee(page, cardOf('in-grace'), /Jo kirjattu/);
  await check(page, 'already logged');
  await scanAndSee(page, cardOf('lost'), 'Ei käy nyt');
  await check(page, 'refused');
  await page.getByRole('button', { name: 'Päästä silti sisään' }).click();
  await check(page, 'override');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Peru käynti klo/ }).click();
  await check(page, 'undoing from the list');
  await page.keyboard.press('Escape');
  await page.goto('/sync');
  await expect(page.getByRole('heading', { name: 'Kaikki on lähetetty' })).toBeVisible();
  await page.getByText('Tarkemmat tiedot IT-tuelle').click();
  await expect(page.getByText('Aikavyöhyke')).toBeVisible();
  await check(page, 'status');

  await page.goto('/kiosk');
  await expect(page.getByRole('heading', { name: 'Käynnistä kioski' })).toBeVisible();
  await check(page, 'starting the kiosk');
  await page.getByLabel('Palvelu').selectOption({ label: 'Uinti' });
  await page.getByLabel(/PIN/).fill('2468');
  await page.getByRole('button', { name: 'Käynnistä' }).click();
  await expect(page.getByRole('heading', { name: 'Näytä korttisi' })).toBeVisible();
  await check(page, 'kiosk ready');
  await scan(page, cardOf('suspension-over'));
  await expect(page.getByRole('heading', { name: 'Tervetuloa!' })).toBeVisible();
  await expectAccessible(page, 'admitted');
  await page.getByRole('button', { name: 'Henkilökunta' }).click();
  await expect(page.getByRole('heading', { name: 'Poistu kioskista' })).toBeVisible();
  await check(page, 'leaving');
});

test('axe finds nothing on the office’s desks, in the catalogue’s forms and on a printed card', async ({
  page,
  server,
}) => {
  await signIn(page, server.adminPassword);
  await expect(page.getByRole('heading', { name: 'Lisää tiski' })).toBeVisible();
  await page.getByRole('button', { name: 'Lisää tiski' }).click();
  await check(page, 'faults in the form');
  await page.getByLabel('Tiskin nimi').fill('Kassa 1');
  await page.getByLabel('Toimipiste').selectOption('uimahalli');
  await page.getByRole('button', { name: 'Lisää tiski' }).click();
  await expect(page.getByTestId('pairing-code')).toBeVisible();
  await check(page, 'one-time code');
  await page.keyboard.press('Escape');
  await check(page, 'list');
  await page.getByRole('button', { name: 'Asetukset tiskille Kassa 1' }).click();
  await check(page, 'settings of a desk');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Poista käytöstä Kassa 1' }).click();
  await check(page, 'revoking');

  await page.goto('/office/catalogue');
  await expect(page.locator('[data-catalogue="synced"]')).toBeVisible({ timeout: 30_000 });
  for (const entry of [
    'service/uinti',
    'scheme/liikuntapassi',
    'venue/kuntosali-satama',
    'offering/kitara',
    'settings/city',
  ]) {
    await page.goto(`/office/catalogue/${entry}`);
    await expect(page.getByRole('button', { name: 'Tallenna', exact: true })).toBeVisible();
    await check(page, entry);
  }
  await page.goto('/office/cards');
  await page.getByLabel('Kortin numero tai koodi').fill(cardOf('admitted'));
  await page.getByRole('button', { name: 'Näytä kortti' }).click();
  await expect(page.getByRole('button', { name: 'Tulosta kortti' })).toBeVisible();
  await page.getByText('Kortin omat oikeudet', { exact: true }).click();
  await check(page, 'a card');
});

test('axe finds nothing where people are invited, on their own account, on their home and on a locked screen', async ({
  page,
  server,
}) => {
  await page.clock.install();
  await signIn(page, server.adminPassword);
  await page.getByRole('link', { name: 'Etusivu' }).click();
  await expect(page.getByRole('heading', { name: 'Odottaa sinua' })).toBeVisible();
  await check(page, 'home');
  await page.getByRole('link', { name: 'Käyttäjät' }).click();
  await page.getByRole('button', { name: 'Luo kutsulinkki' }).click();
  await check(page, 'faults in the invitation');
  await page.getByLabel('Nimi', { exact: true }).fill('Aino Esimerkki');
  // By keyboard alone.
  await page.getByRole('checkbox', { name: 'Toimisto', exact: true }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Luo kutsulinkki' }).focus();
  await page.keyboard.press('Enter');
  const link = await page.getByRole('dialog').getByLabel('Linkki').inputValue();
  await check(page, 'one-time link');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Avoimet kutsut' })).toBeVisible();
  await check(page, 'people and rights');
  await page.getByRole('button', { name: /^Muokkaa käyttäjää/ }).click();
  await check(page, 'an account');
  await page.goto('/office/account');
  await expect(page.getByText('(tämä selain)')).toBeVisible();
  await check(page, 'own account');
  await page.clock.fastForward('16:00');
  await expect(page.getByRole('heading', { name: 'Näyttö on lukittu' })).toBeVisible();
  await check(page, 'locked');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Hei Aino Esimerkki!' })).toBeVisible();
  await page.getByRole('button', { name: 'Ota tunnus käyttöön' }).click();
  await check(page, 'invitation');
});

test('axe finds nothing where something is to be chosen', async ({ page }) => {
  await openDemoDesk(page, 'opisto');
  await page.goto('/desk');
  await expect(page.locator('[data-tone="ready"]')).toBeVisible();
  await scanAndSee(page, cardOf('choose-course'), 'Valitse kurssi');
  await expect(page.getByRole('button', { name: /Espanja 1/ })).toBeVisible();
  await check(page, 'choosing a course');
  await page.getByRole('button', { name: /Espanja 1/ }).click();
  await expect(page.getByRole('heading', { name: 'Vahvista valinta' })).toBeVisible();
  await check(page, 'confirming a choice');
  await page.getByRole('button', { name: 'Vahvista valinta' }).click();
  await expect(page.getByRole('heading', { name: 'Kurssi valittu' })).toBeVisible();
  await check(page, 'chosen');

  await openDemoDesk(page);
  await chooseService(page);
  for (const kind of ['children', 'group'] as const) {
    await scanAndSee(page, cardOf(kind), 'Kortti käy');
    await expect(page.getByRole('group', { name: 'Mukana' })).toBeVisible();
    await check(page, kind);
  }
});
