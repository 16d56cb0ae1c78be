import type { Page } from '@playwright/test';
import {
  cardOf,
  expectWaiting,
  logVisit,
  Office,
  openDesk,
  scanAndSee,
  scanUntil,
  signIn,
  verdict,
} from './counter';
import { expect, test } from './fixtures';

/** What two desks without a network did separately, each right by what it knew. */

async function chooseCourse(page: Page, card: string, course: RegExp): Promise<void> {
  await scanAndSee(page, card, 'Valitse kurssi');
  await page.getByRole('button', { name: course }).click();
  await page.getByRole('button', { name: 'Vahvista valinta' }).click();
  await expect(verdict(page).getByRole('heading', { level: 1 })).toHaveText('Kurssi valittu');
}

const conflict = (page: Page, id: string | RegExp) => page.locator('[data-conflict]').filter({ hasText: id });

async function openReviews(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Tarkista \(/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Tarkistettavat' })).toBeVisible();
}

test('R9 two desks choose different courses for one card: both see it, and one resolution settles it for both', async ({
  page,
  server,
  openBrowser,
}) => {
  const other = await (await openBrowser()).context.newPage();
  const card = cardOf('choose-course');
  await openDesk(page, 'opisto');
  await openDesk(other, 'opisto');
  await server.stop();
  await chooseCourse(page, card, /Espanja 1/);
  await chooseCourse(other, card, /Italia 1/);
  await server.start();
  await expectWaiting(page, 0);
  await expectWaiting(other, 0);

  for (const desk of [page, other]) {
    await openReviews(desk);
    await expect(conflict(desk, /valittu 2 kurssia, sallittu 1/)).toContainText('Espanja 1');
    await expect(conflict(desk, /valittu 2 kurssia/)).toContainText('Italia 1');
  }
  // The older choice stands meanwhile, on both.
  await page.goto('/desk');
  await scanAndSee(page, card, 'Kortti käy');
  await expect(verdict(page)).toContainText('Espanja 1');

  await page.goto('/review');
  await page.getByRole('button', { name: 'Otan yhteyttä' }).click();
  await expect(conflict(other, /valittu 2 kurssia/)).toContainText('Asiaa selvitetään', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Hyväksy kaikki' }).click();
  await expect(page.getByText('Ei tarkistettavaa.')).toBeVisible();
  await expect(other.getByText('Ei tarkistettavaa.')).toBeVisible({ timeout: 30_000 });
});

test('R10 the last place is given twice: the desk that was second undoes its own', async ({
  page,
  server,
  openBrowser,
}) => {
  const other = await (await openBrowser()).context.newPage();
  await openDesk(page, 'opisto');
  await openDesk(other, 'opisto');
  await server.stop();
  await chooseCourse(page, cardOf('choose-course'), /Kitara, alkeet.*1 paikka/);
  await chooseCourse(other, cardOf('admitted'), /Kitara, alkeet.*1 paikka/);
  await server.start();
  await expectWaiting(page, 0);
  await expectWaiting(other, 0);
  await openReviews(other);
  await expect(conflict(other, 'Kitara, alkeet: annettu 9 paikkaa, paikkoja on 8')).toBeVisible();
  await other.getByRole('button', { name: /Peru tämä.*tämä tiski/ }).click();
  await expect(other.getByText('Ei tarkistettavaa.')).toBeVisible();
  await expectWaiting(other, 0);
  await expect(page.getByRole('link', { name: /^Tarkista \(/ })).toBeHidden({ timeout: 30_000 });
});

test('R7 a limit is exceeded at two doors: the office keeps one visit, and both desks know', async ({
  page,
  server,
  openBrowser,
}) => {
  const other = await (await openBrowser()).context.newPage();
  const card = cardOf('admitted');
  await openDesk(page, 'uimahalli', 'Uinti');
  await openDesk(other, 'uimahalli', 'Uinti');
  await server.stop();
  await logVisit(page, card);
  await logVisit(other, card);
  await server.start();
  await expectWaiting(page, 0);
  await expectWaiting(other, 0);
  expect(await new Office(server).visitsOf(card), 'nothing is lost').toHaveLength(2);
  await openReviews(page);
  await expect(conflict(page, /on 2 käyntiä, sallittu 1/)).toBeVisible();

  const office = await (await openBrowser()).context.newPage();
  await signIn(office, server.adminPassword);
  await expect(office.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await office.goto('/office/review');
  await expect(conflict(office, /on 2 käyntiä, sallittu 1/)).toBeVisible();
  await office
    .getByRole('button', { name: /Pidä vain tämä:/ })
    .first()
    .click();
  await office.getByRole('dialog').getByRole('button', { name: 'Pidä vain tämä' }).click();
  await expect(office.getByText('Ei tarkistettavaa.')).toBeVisible();
  for (const desk of [page, other]) {
    await expect(desk.getByRole('link', { name: /^Tarkista \(/ })).toBeHidden({ timeout: 30_000 });
  }
  const { body } = await new Office(server).request(
    'GET',
    '/couch/tiski-visits-liikunta/_all_docs?startkey="resolution:"&endkey="resolution;"&include_docs=true',
  );
  expect((body as { rows: { doc: object }[] }).rows.map(({ doc }) => doc)).toMatchObject([
    { type: 'resolution', decision: 'keep', by: 'administrator' },
  ]);
});

test('R9 the office gives a choice back, and the desk may choose again', async ({
  page,
  server,
  openBrowser,
}) => {
  const card = cardOf('course-chosen');
  await openDesk(page, 'opisto');
  await scanAndSee(page, card, 'Kortti käy');
  await expect(verdict(page)).toContainText('Akvarellimaalaus');

  const office = await (await openBrowser()).context.newPage();
  await signIn(office, server.adminPassword);
  await expect(office.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await office.goto('/office/cards');
  await office.getByLabel('Kortin numero tai koodi').fill(card);
  await office.getByRole('button', { name: 'Näytä kortti' }).click();
  await office.getByRole('button', { name: 'Vapauta valinta: Akvarellimaalaus' }).click();
  await expect(office.getByText('Kortille ei ole valittu kurssia.')).toBeVisible();
  await scanUntil(page, card, 'Valitse kurssi');
});
