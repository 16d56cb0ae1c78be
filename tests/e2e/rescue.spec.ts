import { readFile, writeFile } from 'node:fs/promises';
import { cardOf, chooseService, expectWaiting, logVisit, Office, openDemoDesk, signIn } from './counter';
import { expectAccessible } from './axe';
import { expect, test } from './fixtures';

const cards = [cardOf('admitted'), cardOf('in-grace')];

test('S16 what an offline desk logged reaches the city by file, and only once when the desk is back', async ({
  openBrowser,
  page,
  server,
  allowConsole,
}, testInfo) => {
  allowConsole(/status of 400/);
  const office = new Office(server);
  const visits = async () => (await Promise.all(cards.map((card) => office.visitsOf(card)))).flat();

  const device = await openBrowser();
  const desk = device.page;
  await openDemoDesk(desk);
  await chooseService(desk);
  await server.stop();
  for (const card of cards) await logVisit(desk, card);
  await desk.goto('/sync');
  await expect(desk.getByRole('heading', { name: '2 käyntiä odottaa lähetystä' })).toBeVisible();
  const download = desk.waitForEvent('download');
  await desk.getByRole('button', { name: 'Tallenna odottavat käynnit tiedostoon' }).click();
  const file = testInfo.outputPath((await download).suggestedFilename());
  await (await download).saveAs(file);
  await expect(desk.getByText(/^Tallennettu: tiski-desk-.*\.jwe \(2 kpl\)/)).toBeVisible();
  await expectAccessible(desk, 'saved to a file');
  await expectWaiting(desk, 2);
  await device.close();

  const text = await readFile(file, 'utf8');
  const parts = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  for (const card of cards) expect(text + parts.join('\n')).not.toContain(card);

  await server.start();
  await signIn(page, server.adminPassword);
  await expect(page.getByRole('button', { name: 'Kirjaudu ulos' })).toBeVisible();
  await page.getByRole('link', { name: 'Tuo käyntejä' }).click();
  const input = page.getByLabel('Valitse tiedosto').locator('input');
  const altered = testInfo.outputPath('altered.jwe');
  await writeFile(altered, text.slice(0, -4));
  await input.setInputFiles([altered, file]);
  await expect(page.getByText(/vahingoittunut tai sitä on muutettu. Mitään ei kirjattu/)).toBeVisible();
  await expect(page.getByText('Kirjattu: 2. Kaikki tiedoston kirjaukset')).toBeVisible();
  expect(await visits()).toHaveLength(2);
  await input.setInputFiles(file);
  await expect(page.getByText('Kirjattu: 0. Palvelimella jo ennestään: 2.')).toBeVisible();
  await expectAccessible(page, 'taken in');

  const back = await openBrowser({ userDataDir: device.userDataDir });
  await back.page.goto('/sync');
  await expect(back.page.getByRole('heading', { name: 'Kaikki on lähetetty' })).toBeVisible({
    timeout: 60_000,
  });
  await expectWaiting(back.page, 0);
  expect(await visits()).toHaveLength(2);
});
