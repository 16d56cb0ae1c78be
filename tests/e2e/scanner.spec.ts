import type { Page } from '@playwright/test';
import { expect, liveTracks, plugIn, reports, setShown, test, unplug } from './scanner-fixtures';
import { typeAsScanner } from './type-as-scanner';
import { held, nothing, type PicturedCode } from './video';

const card: PicturedCode = { kind: 'qrcode', text: '12345671' };
const otherCard: PicturedCode = { kind: 'code128', text: '20202027', size: 320 };

const codabar: PicturedCode = { kind: 'rationalizedCodabar', text: 'A40156B', size: 320 };
const code93: PicturedCode = { kind: 'code93', text: 'TISKI93', size: 320 };
const upcA: PicturedCode = { kind: 'upca', text: '036000291452', size: 320 };

const picture = (page: Page) => page.getByRole('region', { name: 'Kamera' }).locator('video');
const problem = (page: Page, title: string) => page.getByRole('alert').getByRole('heading', { name: title });
const scanned = (text: string) => new RegExp(`^camera ${text} `);

test.describe('codes in front of the camera', () => {
  test('a small, turned QR code is read', async ({ openScanner }) => {
    const page = await openScanner({ sees: held([{ ...card, x: 180, y: 330, size: 80, rotation: 33 }]) });
    await expect(reports(page)).toHaveText([scanned('12345671')]);
  });

  test('a Code 128 is read', async ({ openScanner }) => {
    const page = await openScanner({ sees: held([{ ...otherCard, rotation: 4 }]) });
    await expect(reports(page)).toHaveText([scanned('20202027')]);
  });

  test('a Codabar, a Code 93 and a UPC-A are read if the city’s cards carry them, and told apart', async ({
    openScanner,
  }) => {
    const page = await openScanner({
      sees: [...held([codabar], 20), ...held([code93], 20), ...held([upcA], 20)],
      shows: 'camera&codes=codabar,code_93,upc_a',
    });
    await expect(reports(page)).toHaveText([
      /^camera A40156B codabar /,
      /^camera TISKI93 code_93 /,
      /^camera 0{0,2}36000291452 upc_a /,
    ]);
  });

  test('what a city did not choose is not read, and its own cards are', async ({ openScanner }) => {
    const sees = [...held([codabar], 30), ...held([code93], 30), ...held([card], 30)];
    const page = await openScanner({ sees, shows: 'camera&codes=code_39' });
    await expect(reports(page)).toHaveText([scanned('12345671')]);
  });

  test('a card held still is one scan, the next card counts at once', async ({ openScanner }) => {
    const page = await openScanner({ sees: [...held([card], 60), ...held([otherCard], 15)] });
    await expect(reports(page)).toHaveText([scanned('12345671'), scanned('20202027')]);
  });

  test('a card counts again after it was away for a while', async ({ openScanner }) => {
    const page = await openScanner({ sees: [...held([card], 30), ...nothing(100)] });
    await expect(reports(page)).toHaveText([scanned('12345671'), scanned('12345671')], { timeout: 20_000 });
  });

  test('two codes in view are reported, and neither is scanned', async ({ openScanner }) => {
    const sees = held([
      { ...card, x: 160 },
      { ...card, text: '20202027', x: 480 },
    ]);
    const page = await openScanner({ sees });
    await expect(reports(page)).toHaveText(['two codes']);
  });

  test('while paused a card is not scanned, afterwards it is', async ({ openScanner }) => {
    const page = await openScanner({ sees: held([card]), shows: 'camera&paused' });
    await expect(picture(page)).toBeVisible();
    await page.getByRole('button', { name: 'Press' }).click();
    await expect(reports(page)).toHaveText(['pressed']);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(reports(page)).toHaveText(['pressed', scanned('12345671')]);
  });
});

test.describe('the camera', () => {
  test('has its light switched on and off, stops while the page is hidden and when its place on the page goes', async ({
    openScanner,
  }) => {
    const page = await openScanner({ sees: nothing(), hasTorch: true });
    await expect(picture(page)).toBeVisible();
    const torch = page.getByRole('button', { name: 'Valo' });
    await torch.click();
    await expect(torch).toHaveAttribute('aria-pressed', 'true');
    await torch.click();
    await expect(torch).toHaveAttribute('aria-pressed', 'false');

    await setShown(page, false);
    await expect(picture(page)).toHaveCount(0);
    expect(await liveTracks(page)).toBe(0);
    await setShown(page, true);
    await expect(picture(page)).toBeVisible();
    expect(await liveTracks(page)).toBe(1);

    await page.getByRole('button', { name: 'Close the camera' }).click();
    await expect.poll(() => liveTracks(page)).toBe(0);
    await expect.poll(() => page.workers()).toHaveLength(0);
  });

  test('hidden and shown again in quick succession, runs once', async ({ openScanner }) => {
    const page = await openScanner({ sees: held([card]) });
    for (const isShown of [false, true, false, true]) await setShown(page, isShown);
    await expect(reports(page)).toHaveText([scanned('12345671')]);
    await expect(picture(page)).toHaveCount(1);
    expect(await liveTracks(page)).toBe(1);
  });

  test('is changed by the user', async ({ openScanner }) => {
    const page = await openScanner({ cameras: 2 });
    const choice = page.getByRole('combobox', { name: 'Kamera' });
    const first = await choice.inputValue();
    await choice.selectOption({ index: 1 });
    await expect(reports(page)).toHaveText(['camera changed']);
    await expect(choice).not.toHaveValue(first);
    await expect(picture(page)).toBeVisible();
    expect(await liveTracks(page)).toBe(1);
  });
});

test.describe('without a picture', () => {
  test('no camera: the page says so, and the scanner that types works', async ({ openScanner }) => {
    const page = await openScanner({});
    await expect(problem(page, 'Kameraa ei löydy')).toBeVisible();
    await typeAsScanner(page, '12345671\n');
    await expect(reports(page)).toHaveText(['keys 12345671']);
  });

  test('permission denied: the page says so, until it is given', async ({ openScanner }) => {
    const page = await openScanner({ sees: nothing(), permission: 'denied' });
    await expect(problem(page, 'Selain ei saa käyttää kameraa')).toBeVisible();
    await page.context().grantPermissions(['camera']);
    await page.getByRole('button', { name: 'Yritä uudelleen' }).click();
    await expect(picture(page)).toBeVisible();
  });

  test('camera unplugged: the page says so, and it is back by itself when plugged in', async ({
    openScanner,
  }) => {
    const page = await openScanner({ sees: nothing() });
    await expect(picture(page)).toBeVisible();
    await unplug(page);
    await expect(problem(page, 'Yhteys kameraan katkesi')).toBeVisible();
    await plugIn(page);
    await expect(picture(page)).toBeVisible();
  });

  test('no TLS: the page says so', async ({ openScanner }) => {
    const page = await openScanner({ sees: nothing(), isInsecure: true });
    await expect(problem(page, 'Kamera ei toimi tässä osoitteessa')).toBeVisible();
  });

  test('reader not loaded: the page says so, and the camera is off', async ({ openScanner }) => {
    const page = await openScanner({ sees: nothing(), missing: '**/*.wasm' });
    await expect(problem(page, 'Koodien luku kamerasta ei toimi')).toBeVisible();
    expect(await liveTracks(page)).toBe(0);
  });
});
