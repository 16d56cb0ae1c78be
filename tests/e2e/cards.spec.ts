import { cardNumber } from '../builders';
import { cardOf, chooseService, Office, openDemoDesk, scanAndSee, signIn, verdict } from './counter';
import { expect, test } from './fixtures';

/** The office’s screen of one card. */

test('R6 R11 a card gets its own rights: the desk gives by them, and nobody’s change is overwritten', async ({
  page,
  server,
  openBrowser,
  allowConsole,
}) => {
  allowConsole(/status of 409/);
  const number = cardOf('not-included');
  const desk = await (await openBrowser()).context.newPage();
  await openDemoDesk(desk);
  await chooseService(desk);
  await scanAndSee(desk, number, 'Ei käy nyt');

  await signIn(page, server.adminPassword);
  await expect(page.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await page.goto('/office/cards');
  await page.getByLabel('Kortin numero tai koodi').fill(number);
  await page.getByRole('button', { name: 'Näytä kortti' }).click();
  await page.getByText('Kortin omat oikeudet', { exact: true }).click();
  const swimming = page.getByLabel('Uinti', { exact: true });
  await expect(swimming).toHaveValue('as-scheme');
  await swimming.selectOption({ label: 'Kuuluu tähän korttiin, oma sääntö' });
  await page.getByLabel(/^Lapsia mukaan/).fill('kaksi');
  const save = page.getByRole('button', { name: 'Tallenna', exact: true });
  await save.click();
  await expect(page.getByText('Korjaa merkityt kohdat.')).toBeVisible();
  await page.getByLabel(/^Lapsia mukaan/).fill('2');
  await save.click();
  await expect(page.getByText('Tallennettu.')).toBeVisible();
  await expect(async () => {
    await scanAndSee(desk, number, 'Kortti käy');
    await expect(desk.getByRole('button', { name: '2 lasta' })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  await expect(verdict(desk)).not.toContainText('Senior');

  await new Office(server).changeCard(number, { validUntil: '2099-12-31' });
  await swimming.selectOption({ label: 'Ei kuulu tähän korttiin' });
  await save.click();
  await expect(page.getByText('Joku muutti korttia samaan aikaan.')).toBeVisible();
  await page.getByRole('button', { name: 'Hae uudelleen' }).click();
  await expect(swimming).toHaveValue('own-rule');
});

test('R1 a card is found by whatever a reader types, and if there is none the screen says what was read', async ({
  page,
  server,
  allowConsole,
}) => {
  allowConsole(/status of 404/);
  const number = cardOf('admitted');
  const uid = { kind: 'rfid', value: '04:a2:90:00:03:b8:90' };
  await new Office(server).changeCard(number, { codes: [uid] });
  await signIn(page, server.adminPassword);
  await expect(page.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await page.goto('/office/cards');
  const field = page.getByLabel('Kortin numero tai koodi');
  const card = page.getByText(`${number.slice(0, 4)} ${number.slice(4)}`, { exact: true });
  const read = async (text: string) => {
    await field.focus();
    await page.keyboard.type(`${text}\n`);
  };

  await read('04A2900003B890');
  await expect(card).toBeVisible();
  // The next code is typed over the previous one.
  await read('LR-999');
  await expect(page.getByRole('alert')).toHaveText(
    'Luettiin koodi LR-999. Kortistossa ei ole korttia, jolla on se.',
  );
  await expect(card).toBeHidden();
  await read(number);
  await expect(card).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  const unknown = cardNumber(9_999_999);
  const claims = Buffer.from(JSON.stringify({ n: unknown })).toString('base64url');
  const landed = `eyJhbGciOiJFZERTQSJ9.${claims}.c2lnbmVk`;
  for (const signed of [`1${unknown}${'4'.repeat(188)}`, landed]) {
    await read(signed);
    await expect(page.getByRole('alert')).toHaveText(
      `Luettiin kortin allekirjoitettu koodi (${signed.length} merkkiä). Kortistossa ei ole sen korttia.`,
    );
  }
});
