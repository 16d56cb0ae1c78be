import type { Page } from '@playwright/test';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { addDays, localDate } from '../../src/lib/domain/time/day';
import { signingKey } from '../../src/server/keys/signing-key';
import { cardNumber } from '../builders';
import { signLandedCode } from '../landed-code';
import { cardOf, expectWaiting, Office, openDesk, pressLog, scan, scanAndSee, verdict } from './counter';
import { expect, test } from './fixtures';
import type { TiskiServer } from '../setup/tiski-server';

/** Every flow offline first, then sent: the desk never waits for the network. */

const heading = (page: Page) => verdict(page).getByRole('heading', { level: 1 });

/** R2: a card that no register has, signed with the demo's key as the first cards were. */
async function landedCode({ dataFolder }: TiskiServer): Promise<string> {
  const folder = path.join(dataFolder, 'demo-keys');
  const name = (await readdir(folder)).find((each) => /^[\w-]{11}\.json$/.test(each)) ?? '';
  const key = v.parse(signingKey, JSON.parse(await readFile(path.join(folder, name), 'utf8')));
  const today = localDate(Date.now(), 'UTC');
  const days = { validFrom: addDays(today, -1), validUntil: addDays(today, 364) };
  return signLandedCode({ number: cardNumber(2_024_902), scheme: 'hyvinvointikortti', ...days }, key);
}

/** A sector's documents in the city, by type. */
async function documentsOf(server: TiskiServer, sector: string, type: string) {
  const path = `/couch/tiski-visits-${sector}/_all_docs?include_docs=true`;
  const { body } = await new Office(server).request('GET', path);
  const { rows } = body as {
    rows: { doc: { type: string; card: string; offering?: string; verdict: { marks: string[] } } }[];
  };
  return rows.map(({ doc }) => doc).filter((doc) => doc.type === type);
}

test('R9 a course is chosen and undone while it is fresh; without a network it is searched, confirmed and the card’s only one', async ({
  page,
  server,
}) => {
  const card = cardOf('choose-course');
  const documents = async (type: string) =>
    (await documentsOf(server, 'opisto', type)).filter((doc) => doc.card === card);
  const choose = async (course: RegExp, search = '') => {
    await scanAndSee(page, card, 'Valitse kurssi');
    await page.getByLabel('Hae nimellä').fill(search);
    await page.getByRole('button', { name: course }).click();
    await expect(heading(page)).toHaveText('Vahvista valinta');
    await page.getByRole('button', { name: 'Vahvista valinta' }).click();
    await expect(heading(page)).toHaveText('Kurssi valittu');
  };
  const undo = async () => {
    await page.getByRole('button', { name: 'Peru valinta' }).click();
    await expect(heading(page)).toHaveText('Valinta peruttu');
  };

  await openDesk(page, 'opisto');
  await scanAndSee(page, card, 'Valitse kurssi');
  await expect(page.getByRole('button', { name: /Ensiavun perusteet.*Täynnä/ })).toBeDisabled();
  await expect(page.getByRole('button', { name: /Syksyn sienet/ })).toHaveCount(0);
  await choose(/Neulekerho/);
  await undo();
  // Undone even after the next customer.
  await choose(/Neulekerho/);
  await page.getByRole('button', { name: 'Seuraava' }).click();
  await scanAndSee(page, card, 'Kortti käy');
  await undo();
  await expectWaiting(page, 0);
  const undone = { offering: 'neulonta', reason: 'undone' };
  expect(await documents('release')).toMatchObject([undone, undone]);

  await server.stop();
  await choose(/Kitara, alkeet.*1 paikka/, 'kitara');
  await scanAndSee(page, card, 'Kortti käy');
  await expect(verdict(page)).toContainText('Kitara, alkeet');
  await expect(page.getByRole('button', { name: 'Valitse toinen' }), 'its only one').toHaveCount(0);
  await expectWaiting(page, 1);
  await server.start();
  await expectWaiting(page, 0);
  expect((await documents('choice')).at(-1)).toMatchObject({ offering: 'kitara', service: 'opisto' });
});

test('R10 tonight’s performance is picked with its seats left, and takes one', async ({ page, server }) => {
  const card = cardOf('performance');
  await openDesk(page, 'teatteri');
  await server.stop();
  await scanAndSee(page, card, 'Valitse näytös');
  const evening = page.getByRole('button', { name: /klo 19\.00.*12 paikkaa/ });
  await evening.click();
  await expect(heading(page)).toHaveText('Kortti käy');
  await expect(verdict(page)).toContainText('Paikkoja jäljellä: 12');
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);

  await scanAndSee(page, card, 'Valitse näytös');
  await page.getByRole('button', { name: /klo 19\.00.*11 paikkaa/ }).click();
  await expect(heading(page), 'the same performance is not for twice').toHaveText(/Jo kirjattu/);
  await server.start();
  await expectWaiting(page, 0);
  const visits = (await documentsOf(server, 'kulttuuri', 'visit')).filter((doc) => doc.card === card);
  expect(visits).toHaveLength(1);
  expect(visits[0]?.offering).toMatch(/^ilta-/);
});

test('R10 today’s portions are counted down', async ({ page, server }) => {
  await openDesk(page, 'keskuskeittio', 'Lounas');
  await server.stop();
  await scanAndSee(page, cardOf('portions'), 'Kortti käy');
  await expect(verdict(page)).toContainText('Annoksia jäljellä: 40');
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);
  await scanAndSee(page, cardOf('admitted'), 'Kortti käy');
  await expect(verdict(page)).toContainText('Annoksia jäljellä: 39');
  await server.start();
  await expectWaiting(page, 0);
  expect(await documentsOf(server, 'ruoka', 'visit')).toMatchObject([{ portions: 1 }]);
});

test('R11 two children along in one tap; an assistant; a group’s size', async ({ page, server }) => {
  await openDesk(page, 'uimahalli', 'Uinti');
  await server.stop();
  await scanAndSee(page, cardOf('children'), 'Kortti käy');
  await page.getByRole('button', { name: '2 lasta' }).click();
  await expect(page.getByRole('button', { name: '2 lasta' })).toHaveAttribute('aria-pressed', 'true');
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);

  await scanAndSee(page, cardOf('assistant'), 'Kortti käy');
  await page.getByRole('button', { name: 'Avustaja' }).click();
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);

  await scanAndSee(page, cardOf('group'), 'Kortti käy');
  await page.getByRole('button', { name: 'Vähemmän' }).click();
  await page.getByRole('button', { name: 'Vähemmän' }).click();
  await expect(verdict(page).getByRole('group', { name: 'Ryhmän koko' })).toContainText('6');
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);
  await expect(page.getByText('Uinti · 6 henkeä')).toBeVisible();

  await server.start();
  await expectWaiting(page, 0);
  const office = new Office(server);
  const peopleOf = async (kind: Parameters<typeof cardOf>[0]) =>
    (await office.visitsOf(cardOf(kind))).map(({ people }) => people);
  expect(await peopleOf('children')).toEqual([{ holder: 1, children: 2, assistants: 0 }]);
  expect(await peopleOf('assistant')).toEqual([{ holder: 1, children: 0, assistants: 1 }]);
  expect(await peopleOf('group')).toEqual([{ holder: 6, children: 0, assistants: 0 }]);
});

test('R2 R7 R14 a half-year pass counts from its first visit; a card issued this morning is admitted by its signature, a forged one is not', async ({
  page,
  server,
}) => {
  await openDesk(page, 'uimahalli', 'Uinti');
  await scanAndSee(page, cardOf('half-year-over'), 'Ei käy nyt');
  await expect(verdict(page)).toContainText('voimassaolo päättyi');
  await scanAndSee(page, cardOf('half-year'), 'Kortti käy');
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);
  await expectWaiting(page, 0);

  const answer = await fetch(`${server.url}/api/demo/cards`);
  const { cards } = (await answer.json()) as { cards: { kind: string; code: string }[] };
  const codeOf = (kind: string) => cards.find((card) => card.kind === kind)?.code ?? '';
  await server.stop();
  // Cold: the cryptography comes from the precache.
  await page.reload();
  await expect(verdict(page)).toContainText('Valmis');

  await scan(page, codeOf('forged'));
  await expect(heading(page)).toHaveText('Ei käy nyt');
  await expect(verdict(page)).toContainText('koodia ei voi vahvistaa');
  await expect(page.getByRole('button', { name: 'Päästä silti sisään' })).toHaveCount(0);

  // A card printed before the code became smaller.
  await scanAndSee(page, await landedCode(server), 'Kortti käy');
  await expect(verdict(page)).toContainText('koodi on aito');

  await scan(page, codeOf('by-signature'));
  await expect(heading(page)).toHaveText('Kortti käy');
  await expect(verdict(page)).toContainText('koodi on aito');
  await pressLog(page);
  await expect(heading(page)).toHaveText(/Kirjattu klo/);
  await server.start();
  await expectWaiting(page, 0);
  const visits = (await documentsOf(server, 'liikunta', 'visit')).filter(({ verdict: { marks } }) =>
    marks.includes('by-signature'),
  );
  expect(visits).toHaveLength(1);
});
