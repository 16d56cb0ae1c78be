import type { Page } from '@playwright/test';
import { extractText, getDocumentProxy } from 'unpdf';
import { PeopleIndex } from '../../src/server/people/people-index';
import { takeCase } from '../../src/server/people/take-case';
import { addDays, localDate, weekday } from '../../src/lib/domain/time/day';
import { letterDates } from '../../src/lib/domain/benefit/rectification';
import type { PersonFacts } from '../../src/lib/documents/people/person-document';
import { anOfficial, cityTemplates } from '../letters';
import { aNewCase, anAccount, aPerson, as } from '../people';
import type { TiskiServer } from '../setup/tiski-server';
import { expectAccessible } from './axe';
import { expect, test } from './fixtures';
import { storeOf, unlogged } from './store-of';

// Playwright's own scripts: in a letter's frame they run no more than anybody else's.
test.beforeEach(({ allowConsole }) => allowConsole(/Blocked script execution/));

const today = localDate(Date.now(), 'Europe/Helsinki');
const address = { street: 'Koivukuja 3 A 1', postcode: '00100', town: 'ESIMERKKILÄ' };
const shortDay = (day: string) => day.split('-').reverse().map(Number).join('.');

/** A city with a decider and criteria, and a case that was granted today. */
async function aDecidedCase(server: TiskiServer, facts: Partial<PersonFacts>): Promise<string> {
  const client = storeOf(server);
  const now = () => new Date();
  const decider = await anAccount(client, 'decider', 'decide', 'coordinator');
  await anOfficial(client, 'decider', 'Aino Mallikas');
  const given = aNewCase(1, { person: aPerson(1, { address, ...facts }) });
  given.about.scheme = 'hyvinvointikortti';
  const taking = { client, index: new PeopleIndex(client), log: unlogged, now };
  const id = await takeCase(taking, given);
  const call = as(server.url, decider);
  const decided = { kind: 'decided', outcome: 'granted', on: today, reasons: ['criteria-met'], text: '' };
  for (const action of [{ kind: 'assigned', to: 'decider' }, decided]) {
    const { body } = await call('GET', `/api/cases/${id}`);
    const rev = (body as { case: { _rev: string } }).case._rev;
    expect((await call('POST', `/api/cases/${id}/actions`, { action, rev })).status).toBe(200);
  }
  return id;
}

async function signInAsDecider(page: Page): Promise<void> {
  await page.getByLabel('Käyttäjätunnus').fill('decider');
  await page.getByLabel('Salasana').fill('decider-tests-only-2914');
  await page.getByRole('button', { name: 'Kirjaudu', exact: true }).click();
}

/** Axe can't run inside a letter, where no script can. The letter itself is looked at as a page. */
async function expectAccessibleAround(page: Page, screen: string): Promise<void> {
  const frame = page.locator('iframe');
  await expect(frame).toBeVisible();
  await frame.evaluate((element) => element.remove());
  await expectAccessible(page, screen);
}

const addressOfLetter = async (page: Page): Promise<string> =>
  (await page.getByTitle('Lähetetty kirje').getAttribute('src')) ?? '';

/** What stands on the paper that comes out of the printer. */
async function printed(page: Page, source: string): Promise<{ pages: number; text: string }> {
  await page.goto(source);
  const pdf = await getDocumentProxy(new Uint8Array(await page.pdf({ preferCSSPageSize: true })));
  const { totalPages, text } = await extractText(pdf, { mergePages: true });
  return { pages: totalPages, text: text.replace(/\s+/g, ' ') };
}

test('B40 a letter is made once nothing is missing, and printed as it is kept, in Finnish', async ({
  page,
  server,
}) => {
  const id = await aDecidedCase(server, {});
  await page.goto(`/office/cases/${id}/letter`);
  await signInAsDecider(page);
  await expect(page.getByText('Kirjeestä puuttuu:')).toBeVisible();
  const send = page.getByRole('button', { name: 'Tallenna lähetettäväksi' });
  await expect(send).toBeDisabled();
  await expectAccessibleAround(page, 'letter with parts missing');

  await page.getByRole('link', { name: 'Lisää kirjeiden teksteihin' }).first().click();
  const { authority, rectification } = cityTemplates;
  for (const [group, office] of [
    ['Viranomainen, joka päättää', authority],
    ['Kuka ratkaisee oikaisuvaatimukset', rectification],
  ] as const) {
    const fields = page.getByRole('group', { name: group });
    await fields.getByLabel('Nimi suomeksi').fill(office.name.fi);
    await fields.getByLabel('Nimi ruotsiksi').fill(office.name.sv);
    await fields.getByLabel('Lähiosoite tai postilokero').fill(office.address?.street ?? '');
    await fields.getByLabel('Postitoimipaikka').fill(office.address?.town ?? '');
  }
  const basis = page.getByRole('group', { name: 'Mihin perusteet perustuvat: Hyvinvointikortti' });
  await basis.getByLabel('Suomeksi').fill('Hyvinvointilautakunnan päätös 1.9.2026 § 12');
  await basis.getByLabel('Ruotsiksi').fill('Välfärdsnämndens beslut 1.9.2026 § 12');
  await page.getByRole('button', { name: 'Tallenna tekstit' }).click();
  await expect(page.getByText('Tekstejä ei tallennettu.')).toBeVisible();
  for (const postcode of await page.getByLabel('Postinumero').all()) {
    if ((await postcode.getAttribute('aria-invalid')) === 'true') await postcode.fill('00001');
  }
  await page.getByRole('button', { name: 'Tallenna tekstit' }).click();
  await expect(page.getByText('Tekstit on tallennettu.')).toBeVisible();
  await expectAccessibleAround(page, 'texts of letters');

  await page.goto(`/office/cases/${id}/letter`);
  await expect(page.getByTitle('Luonnos')).toHaveAttribute('srcdoc', /LUONNOS/);
  await send.click();
  await expect(page.getByText('Kirje on tallennettu.')).toBeVisible();
  const source = await addressOfLetter(page);
  const { notice, lastDay, finalFrom } = letterDates({ way: 'post', on: today });
  await expect(page.getByText(`Tiedoksi ${shortDay(notice)}`)).toBeVisible();
  await expect(page.getByText(`Lainvoimainen ${shortDay(finalFrom)} alkaen`)).toBeVisible();
  await expectAccessibleAround(page, 'letter that was sent');

  const { pages, text } = await printed(page, source);
  expect(pages).toBeGreaterThan(1);
  expect(text).toContain('Testi Esimerkki1 Koivukuja 3 A 1 00100 ESIMERKKILÄ');
  expect(text).toContain('Sinulle myönnetään kortti Hyvinvointikortti.');
  expect(text).toContain('Aino Mallikas, palveluohjaaja');
  const weekdays = ['maanantai', 'tiistai', 'keskiviikko', 'torstai', 'perjantai'];
  expect(text).toContain(
    `Oikaisuvaatimuksen viimeinen päivä ${weekdays[weekday(lastDay) - 1]} ${shortDay(lastDay)}`,
  );
  expect(text).toContain('Esimerkkilän hyvinvointilautakunta');
  expect(text).toContain(`1 (${pages})`);
  expect(text).toContain(`${pages} (${pages})`);
  const html = await (await page.request.get(source)).text();
  await page.goto('about:blank');
  await page.setContent(html);
  await expectAccessible(page, 'the letter itself');
});

test('B41 the letter is in Swedish for whoever wishes it, given in hand', async ({ page, server }) => {
  const id = await aDecidedCase(server, { language: 'sv' });
  const templates = structuredClone(cityTemplates);
  const ofSchemes = templates.ofSchemes.map((each) => ({ ...each, scheme: 'hyvinvointikortti' }));
  const coordinator = { name: 'decider', password: 'decider-tests-only-2914' };
  const saved = await as(server.url, coordinator)('POST', '/api/letter-templates', {
    templates: { ...templates, ofSchemes },
  });
  expect(saved.status).toBe(200);
  await page.goto(`/office/cases/${id}/letter`);
  await signInAsDecider(page);
  await page.getByLabel('Lähetystapa').selectOption('in-hand');
  await page.getByRole('button', { name: 'Tallenna lähetettäväksi' }).click();
  await expect(page.getByText('Kirje on tallennettu.')).toBeVisible();
  await expect(page.getByText(`Tiedoksi ${shortDay(today)}`)).toBeVisible();
  const { text } = await printed(page, await addressOfLetter(page));
  expect(text).toContain('Du beviljas kortet');
  const { lastDay } = letterDates({ way: 'in-hand', on: today });
  expect(lastDay >= addDays(today, 14)).toBe(true);
  const weekdays = ['måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag'];
  expect(text).toContain(
    `Sista dagen för begäran om omprövning ${weekdays[weekday(lastDay) - 1]} ${shortDay(lastDay)}`,
  );
  expect(text).toContain('Välfärdsnämnden i Exempelstad');
});
