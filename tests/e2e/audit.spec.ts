import { readFile } from 'node:fs/promises';
import { send, type Account } from '../contract/couch-target';
import { ulidOf } from '../builders';
import { aPerson } from '../people';
import { expectAccessible } from './axe';
import { expect, test } from './fixtures';

const person = `person:${ulidOf(1)}`;
const auditor: Account = { name: 'auditor', password: 'lokia lukeva lintu' };

test('an auditor finds who looked at somebody, asks for the name with a reason, saves it and has the chain checked', async ({
  page,
  server,
  allowConsole,
}) => {
  // Nobody is signed in at first.
  allowConsole(/status of 40[13]/);
  const admin = { name: 'administrator', password: server.adminPassword };
  const couch = (method: string, path: string, body?: object) =>
    send(method, `${server.url}/couch${path}`, { as: admin, ...(body && { body }) });
  await couch('PUT', `/_users/org.couchdb.user:${auditor.name}`, {
    ...auditor,
    type: 'user',
    roles: ['audit'],
  });
  const document = { type: 'person', v: 1, facts: aPerson(1), cards: [], log: [] };
  expect((await couch('PUT', `/tiski-people/${person}`, document)).status).toBe(201);
  await couch('GET', `/tiski-people/${person}`);

  await page.goto('/office/audit');
  await page.getByLabel('Käyttäjätunnus').fill(auditor.name);
  await page.getByLabel('Salasana').fill(auditor.password);
  await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
  const entries = page.getByRole('list', { name: 'Tapahtumaloki' });
  await expect(entries.getByText('Tietokantaa luettiin suoraan')).toBeVisible();
  await expect(page.getByText('Esimerkki1')).toHaveCount(0);
  await expectAccessible(page, 'the audit log');

  const id = page.getByLabel('Henkilön tai asian tunniste');
  await id.fill('Esimerkki');
  await id.press('Enter');
  await expect(page.getByText(/Tunniste alkaa person:/)).toBeVisible();
  await expect(id).toHaveValue('Esimerkki');
  await id.fill(person);
  await id.press('Enter');
  await expect(page.getByText('3 merkintää')).toBeVisible();

  await page
    .getByRole('button', { name: /^Nimi, henkilö/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'Henkilön nimi' });
  await dialog.getByRole('button', { name: 'Näytä nimi' }).click();
  await expect(dialog.getByText('Kirjoita syy.')).toBeVisible();
  await dialog.getByLabel('Syy').fill('Kantelu 12');
  await expectAccessible(page, 'asking for a name');
  await dialog.getByRole('button', { name: 'Näytä nimi' }).click();
  await expect(dialog.getByText('Testi Esimerkki1')).toBeVisible();
  await dialog.getByRole('button', { name: 'Sulje' }).click();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tallenna CSV-tiedostoon' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file).toContain(`;person-named;${person};`);
  expect(file).not.toContain('Esimerkki1');

  await page.getByLabel('Käyttäjätunnus').selectOption('auditor');
  await page.getByRole('button', { name: 'Tyhjennä' }).click();
  await page.getByRole('button', { name: 'Tarkista loki' }).click();
  await expect(page.getByText(/^Ketju on ehjä/)).toBeVisible();
  await page.getByLabel('Alkaen').fill('2031-01-01');
  await page.getByRole('button', { name: 'Hae', exact: true }).click();
  await expect(page.getByText('Ei merkintöjä.')).toBeVisible();
});
