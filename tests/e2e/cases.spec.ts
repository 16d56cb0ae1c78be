import type { Page } from '@playwright/test';
import { PeopleIndex } from '../../src/server/people/people-index';
import { takeCase } from '../../src/server/people/take-case';
import type { PersonRole } from '../../src/lib/documents/roles';
import { aNewCase, anAccount, aPerson } from '../people';
import type { TiskiServer } from '../setup/tiski-server';
import { expectAccessible } from './axe';
import { expect, test } from './fixtures';
import { storeOf, unlogged } from './store-of';

/** Two cases: of somebody new, and of somebody who may be the same person. */
async function twoCases(server: TiskiServer): Promise<void> {
  const client = storeOf(server);
  const now = () => new Date();
  const taking = { client, index: new PeopleIndex(client), log: unlogged, now };
  for (const index of [1, 2]) {
    const given = aNewCase(index, { person: aPerson(1) });
    given.about.scheme = 'hyvinvointikortti';
    await takeCase(taking, given);
  }
}

async function signIn(page: Page, server: TiskiServer, name: string, ...rights: PersonRole[]): Promise<void> {
  const { password } = await anAccount(storeOf(server), name, ...rights);
  await page.getByLabel('Käyttäjätunnus').fill(name);
  await page.getByLabel('Salasana').fill(password);
  await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
}

test('B2 B6 B8 a case goes from the inbox to a card in hand', async ({ page, server, allowConsole }) => {
  // A rule that says no is a refusal, which browsers report.
  allowConsole(/status of 422/);
  await twoCases(server);
  await page.goto('/office');
  await signIn(page, server, 'virkailija', 'receive', 'decide', 'hand-out');
  await page.getByRole('link', { name: '2 asialla ei ole käsittelijää' }).click();
  const inbox = page.getByRole('main');
  await expect(inbox.getByRole('button', { name: /^Ilman käsittelijää/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(inbox.getByText('Esimerkki1')).toHaveCount(0);
  await expectAccessible(page, 'inbox');

  await inbox.getByRole('listitem').filter({ hasText: 'Ehkä jo tunnettu' }).getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'Onko tämä sama henkilö?' })).toBeVisible();
  await expect(page.getByText('Testi Esimerkki1')).toHaveCount(3);
  await page.getByRole('button', { name: 'Ota käsittelyyn' }).click();
  await page.getByRole('button', { name: 'Ratkaise' }).click();
  const form = page.getByRole('form', { name: 'Ratkaise' });
  await form.getByRole('button', { name: 'Tallenna' }).click();
  await expect(page.getByText('Valitse ensin, onko henkilö jo tunnettu.')).toBeVisible();
  await form.getByRole('radio', { name: 'Hylätty' }).check();
  await form.getByRole('button', { name: 'Tallenna' }).click();
  await expect(form.getByRole('alert')).toHaveText('Kirjoita perustelut.');
  await expectAccessible(page, 'deciding a case');

  await page.getByRole('button', { name: 'Eri henkilö' }).click();
  await expect(page.getByRole('heading', { name: 'Onko tämä sama henkilö?' })).toHaveCount(0);
  await form.getByRole('radio', { name: 'Myönnetty' }).check();
  await form.getByRole('button', { name: 'Tallenna' }).click();
  await expect(page.getByText('Myönnetty', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Kirje', exact: true })).toBeVisible();

  const handOut = page.getByRole('form', { name: 'Anna kortti' });
  await handOut.getByLabel('Valmiin kortin numero').fill('1234 5678');
  await handOut.getByRole('button', { name: 'Anna kortti' }).click();
  await expect(handOut.getByText('Numerossa on virhe')).toBeVisible();
  await handOut.getByLabel('Valmiin kortin numero').fill('');
  await expectAccessible(page, 'handing out a card');
  await handOut.getByRole('button', { name: 'Anna kortti' }).click();
  await expect(page.getByRole('status').filter({ hasText: /Kortti \d{4} \d{4} on annettu/ })).toBeVisible();
  await expect(page.getByRole('list').filter({ hasText: 'Ratkaistu: Myönnetty' })).toBeVisible();
});

test('residents are found by what is known of them, and a look at one shows the cases', async ({
  page,
  server,
}) => {
  await twoCases(server);
  await page.goto('/office/people');
  await signIn(page, server, 'vastaanottaja', 'receive');
  const search = page.getByRole('searchbox', { name: 'Hae asukasta' });
  await search.fill('e');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Kirjoita vähintään kaksi merkkiä.')).toBeVisible();
  await search.fill('eioletäällä');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Ketään ei löytynyt.')).toBeVisible();
  await search.fill('esimerkki test');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Esimerkki1 Testi' })).toHaveCount(2);
  await expectAccessible(page, 'residents found');
  await page.getByRole('link', { name: 'Esimerkki1 Testi' }).first().click();
  await expect(page.getByRole('link', { name: /^T-/ })).toBeVisible();
  await expectAccessible(page, 'a resident');
});

test('without the right nobody gets in, and the navigation shows no way there', async ({ page, server }) => {
  await page.goto('/office/cases');
  await signIn(page, server, 'kirjastonhoitaja', 'office');
  await expect(page.getByText('Tunnuksellasi ei ole oikeutta ottaa vastaan')).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Asiat' })).toHaveCount(0);
});
