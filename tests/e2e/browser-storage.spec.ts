import type { Page } from '@playwright/test';
import { cardOf, chooseService, logVisit, openDemoDesk } from './counter';
import { expect, test } from './fixtures';

/**
 * What browsers other than Chromium do with storage, simulated in Chromium. engines.spec.ts uses the real
 * ones.
 */

const storageTick = (page: Page) => page.getByRole('listitem').filter({ hasText: /[Ss]elain|yksityis/ });
const ready = (page: Page) => page.getByText('Valmis: tiski toimii myös ilman verkkoa.');

test('a browser whose database does not answer is reported in words, with a button that reloads the page', async ({
  page,
}) => {
  await openDemoDesk(page);
  // Like WebKit behind a page that sleeps with open transactions.
  await page.addInitScript(() => {
    if (sessionStorage.getItem('answers') !== null) return;
    sessionStorage.setItem('answers', 'the next time');
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
  });
  await page.goto('/desk');
  const words = page.getByRole('alert').filter({ hasText: 'Selaimen tallennustila ei vastaa' });
  await expect(words).toContainText('Kirjatut käynnit ovat tallessa laitteella.');
  await page.getByRole('button', { name: 'Lataa uudelleen' }).click();
  await expect(page.getByRole('button', { name: 'Uinti', exact: true })).toBeVisible();
  await expect(words).toHaveCount(0);
});

test('a browser that stores nothing, as with all cookies blocked, says so in words', async ({ page }) => {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get: refuse });
    IDBFactory.prototype.open = refuse;
    Object.assign(window, { BroadcastChannel: new Proxy(BroadcastChannel, { construct: refuse }) });
  });
  await page.goto('/desk');
  await expect(page.getByText('Selain ei anna Tiskin tallentaa tietoja.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Lataa uudelleen' })).toBeVisible();
});

test('a browser prompt that nobody answers is explained, and the desk is ready meanwhile', async ({
  page,
}) => {
  // Like Firefox.
  await page.addInitScript(() => {
    StorageManager.prototype.persisted = () => Promise.resolve(false);
    StorageManager.prototype.persist = () => new Promise(() => undefined);
  });
  await openDemoDesk(page);
  await expect(storageTick(page)).toContainText('Jos selain kysyy, saako Tiski säilyttää tietoja pysyvästi');
  await expect(ready(page)).toBeVisible();
});

test('a private window is not called ready: what it stores goes when it is closed', async ({ page }) => {
  // Like Firefox and Safari.
  await page.addInitScript(() => {
    StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'));
  });
  const answer = await page.request.post('/api/demo/desk', { data: { venue: 'uimahalli' } });
  const { code } = (await answer.json()) as { code: string };
  await page.goto(`/setup#code=${encodeURIComponent(code)}`);
  await expect(page.getByText('Tiski on tallennettu laitteelle')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Kortit ladattu: 400')).toBeVisible();
  await expect(storageTick(page)).toContainText('Tämä näyttää yksityiseltä ikkunalta');
  await expect(storageTick(page)).toContainText('Avaa Tiski tavallisessa ikkunassa');
  await expect(ready(page)).toHaveCount(0);
});

test('a browser that says nothing about its storage is reported as such, on both screens', async ({
  page,
}) => {
  // Like WebKitGTK.
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'storage', { value: undefined });
  });
  await openDemoDesk(page);
  await expect(storageTick(page)).toContainText('Selain ei kerro, säilyttääkö se tiedot');
  await page.goto('/sync');
  await page.getByText('Tarkemmat tiedot IT-tuelle').click();
  await expect(page.getByText('selain ei kerro')).toHaveCount(2);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('S16 /sync fits the screen after a file was saved', async ({ page, server }) => {
    await openDemoDesk(page);
    await chooseService(page);
    await server.stop();
    await logVisit(page, cardOf('admitted'));
    await page.goto('/sync');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tallenna odottavat käynnit tiedostoon' }).click();
    const name = (await saving).suggestedFilename();
    await expect(page.getByText(name)).toBeVisible();
    const main = page.getByRole('main');
    expect(await main.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  });

  test('on an iPhone it warns that what is waiting may be deleted after weeks without use', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'standalone', { value: true });
      Object.defineProperty(navigator, 'maxTouchPoints', { value: 5 });
    });
    await openDemoDesk(page);
    const words = page.getByText(/iPhone ja iPad voivat poistaa Tiskin tiedot, myös lähettämättömät käynnit/);
    await expect(words).toHaveCount(1);
    await page.goto('/sync');
    await expect(words).toHaveCount(1);
  });
});
