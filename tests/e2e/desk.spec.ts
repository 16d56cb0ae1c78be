import type { DemoCardKind } from '../../src/server/demo/demo-cards';
import {
  cardOf,
  chooseService,
  enterUntil,
  expectWaiting,
  logVisit,
  Office,
  openDemoDesk,
  pressLog,
  scan,
  scanAndSee,
  verdict,
  verdictTitle,
} from './counter';
import { expect, test } from './fixtures';
import { typeAsScanner, typeWithinPage } from './type-as-scanner';

test.beforeEach(async ({ page }) => {
  await openDemoDesk(page);
  await chooseService(page);
});

const title = { admit: 'Kortti käy', refuse: 'Ei käy nyt' };

test('R3 R4 R6 R7 R8 R16 each demo card shows its verdict and no scheme, and nothing is recorded', async ({
  page,
}) => {
  const seen: Record<string, string | RegExp> = {
    admitted: title.admit,
    'in-grace': title.admit,
    'suspension-over': title.admit,
    'old-barcode': title.admit,
    suspended: title.refuse,
    'suspended-until': title.refuse,
    lost: title.refuse,
    replaced: title.refuse,
    ended: title.refuse,
    'not-yet-valid': title.refuse,
    expired: title.refuse,
    'not-included': title.refuse,
    'unknown-card': title.refuse,
    mistyped: title.refuse,
    'not-a-card': title.refuse,
  };
  for (const [kind, expected] of Object.entries(seen)) {
    await scanAndSee(page, cardOf(kind as DemoCardKind), expected);
    await expect(page.getByText('Edellistä käyntiä ei kirjattu')).toBeHidden();
    await expect(page.locator('body'), kind).not.toContainText(/hyvinvointi|senior|erityis/i);
    await page.keyboard.press('Escape');
    await expect(verdict(page)).toContainText('Valmis');
  }
  // A mistyped number shows at the last digit, before anything is looked up.
  await page.getByRole('button', { name: 'Näppäile' }).click();
  for (const digit of cardOf('mistyped'))
    await page.getByRole('button', { name: digit, exact: true }).click();
  await expect(page.getByText('Numerossa on virhe')).toBeVisible();
  await expect(verdict(page)).toContainText('Valmis');
  await expectWaiting(page, 0);
});

test('R1 what is not a card at all is refused, recorded nowhere, and can not be overridden', async ({
  page,
}) => {
  const isNoCard = async () => {
    await expect(verdictTitle(page)).toHaveText(title.refuse);
    await expect(verdict(page)).toContainText('Tämä koodi ei ole kortti');
    await expect(page.getByRole('button', { name: 'Päästä silti sisään' })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(verdict(page)).toContainText('Valmis');
  };
  for (const code of ['https://example.org/menu', '😀😀😀😀', cardOf('mistyped')]) {
    await scan(page, code);
    await isNoCard();
  }
  await typeWithinPage(page, '9'.repeat(10_240));
  await isNoCard();
  await expectWaiting(page, 0);
});

test('R15 staff admit somebody despite a refusal, with a reason that is recorded', async ({
  page,
  server,
}) => {
  const card = cardOf('expired');
  await scanAndSee(page, card, title.refuse);
  await page.getByRole('button', { name: 'Päästä silti sisään' }).click();
  await page.getByRole('button', { name: 'Korttineuvonta vahvisti' }).click();
  await expect(verdict(page)).toContainText('Kirjattu klo');
  await expectWaiting(page, 0);
  expect(await new Office(server).visitsOf(card)).toMatchObject([
    { verdict: { outcome: 'refuse', reason: 'expired' }, override: { reason: 'office-confirmed' } },
  ]);
});

test('a visit is undone at once, and from the day’s list, and the city sees both', async ({
  page,
  server,
}) => {
  const [first, second] = [cardOf('admitted'), cardOf('in-grace')];
  // This desk's visits that still count; other desks' come and go with the sync.
  const undoable = page.getByRole('button', { name: /Peru käynti klo/ });
  await logVisit(page, first);
  await page.getByRole('button', { name: 'Peru kirjaus' }).click();
  await expect(verdict(page)).toContainText('Kirjaus peruttu');
  await scanAndSee(page, first, title.admit);
  await page.keyboard.press('Escape');

  await logVisit(page, second);
  await expect(undoable).toHaveCount(1);
  await undoable.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Peru kirjaus' }).click();
  await expect(undoable).toHaveCount(0);
  await expectWaiting(page, 0);
  const { body } = await new Office(server).request(
    'GET',
    '/couch/tiski-visits-liikunta/_all_docs?startkey="void:"&endkey="void;"',
  );
  expect(
    (body as { rows: { id: string }[] }).rows.filter(({ id }) => id.includes('visit:desk-')),
  ).toHaveLength(2);
});

test('only what was read and pressed is logged: not by a scanner’s second Enter, nor forgotten because of the next card', async ({
  page,
  server,
}) => {
  await typeAsScanner(page, `${cardOf('children')}\n\n`);
  await expect(verdict(page)).toContainText(title.admit);
  await expectWaiting(page, 0);
  await page.keyboard.press('Escape');

  await scanAndSee(page, cardOf('admitted'), title.admit);
  await scanAndSee(page, cardOf('in-grace'), title.admit);
  await expect(page.getByText('Edellistä käyntiä ei kirjattu')).toBeVisible();
  await page.getByRole('button', { name: 'Kirjaa sekin' }).click();
  await expect(page.getByText('Edellistä käyntiä ei kirjattu')).toBeHidden();
  await expect(verdict(page), 'the card on the screen is still open').toContainText(title.admit);
  await pressLog(page);
  await expect(verdict(page)).toContainText('Kirjattu klo');
  await expectWaiting(page, 0);
  const visitsOf = async (kind: DemoCardKind) => new Office(server).visitsOf(cardOf(kind));
  for (const kind of ['admitted', 'in-grace'] as const) expect(await visitsOf(kind), kind).toHaveLength(1);
  expect(await visitsOf('children')).toEqual([]);
});

test('the keyboard alone does everything: type, log, undo, change the service', async ({ page }) => {
  const card = cardOf('admitted');
  await page.keyboard.type(card, { delay: 200 });
  await expect(verdictTitle(page)).toHaveText(title.admit);
  await enterUntil(page, () => expect(verdictTitle(page)).toHaveText(/Kirjattu klo/, { timeout: 1_000 }));
  const undo = page.getByRole('button', { name: 'Peru kirjaus' });
  for (
    let presses = 0;
    presses < 40 && !(await undo.evaluate((it) => it === document.activeElement));
    presses++
  )
    await page.keyboard.press('Tab');
  await enterUntil(page, () => expect(verdict(page)).toContainText('Kirjaus peruttu', { timeout: 1_000 }));
  await page.keyboard.press('Escape');
  await expect(verdict(page)).toContainText('Valmis');
  await page.getByLabel('Palvelu').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('Palvelu')).toHaveValue('vesijumppa');
  await scanAndSee(page, cardOf('in-grace'), title.admit);
});

test('the camera’s code comes from the disk on request; without it the counter says so and uses its scanner', async ({
  page,
  server,
  allowConsole,
}) => {
  const camera = page.getByRole('button', { name: 'Kamera', exact: true });
  const byScanner = page.getByRole('button', { name: 'Lukija', exact: true });
  const openWithScanner = async () => {
    await byScanner.click();
    await expect(byScanner).toHaveAttribute('aria-pressed', 'true');
    await page.reload();
    await expect(verdict(page)).toContainText('Valmis');
  };
  await server.stop();
  await openWithScanner();
  await camera.click();
  await expect(page.getByRole('heading', { name: 'Kameraa ei löydy' })).toBeVisible();

  await openWithScanner();
  // A device whose store was cleared while the page was open.
  await page.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  allowConsole(/Failed to fetch dynamically imported module|Failed to load resource/);
  await camera.click();
  await expect(page.getByText('Koodien luku kamerasta ei toimi')).toBeVisible();
  await scanAndSee(page, cardOf('admitted'), title.admit);
});
