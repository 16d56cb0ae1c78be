import type { Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { expect, reports, test } from './scanner-fixtures';
import { typeAsScanner } from './type-as-scanner';

const pad = (page: Page) => page.getByRole('group', { name: 'Kortin numero' });
const digits = (page: Page) => pad(page).getByRole('status');
const asPerson = { delay: 130 };

test('a scanner that types is heard with and without its Enter, presses no button and leaves a text field alone', async ({
  openScanner,
}) => {
  const page = await openScanner({ shows: '' });
  await page.getByRole('button', { name: 'Press' }).focus();
  await typeAsScanner(page, 'Ä b-12:34\n');
  const heard = ['keys Ä b-12:34'];
  await expect(reports(page)).toHaveText(heard);
  await page.keyboard.press('Space');
  heard.push('pressed');
  await expect(reports(page)).toHaveText(heard);

  await typeAsScanner(page, '12345671');
  heard.push('keys 12345671');
  await expect(reports(page)).toHaveText(heard);

  await page.getByRole('button', { name: 'Press' }).focus();
  await page.keyboard.press('Enter');
  await expect(reports(page), 'an Enter after keys is theirs').toHaveText(heard);

  const note = page.getByRole('textbox', { name: 'Note' });
  await note.focus();
  await typeAsScanner(page, '12345671\n');
  await expect(note).toHaveValue('12345671');
  await expect(reports(page)).toHaveText(heard);
});

test('K3 a pasted code is heard, and the Enter after it belongs to it; Enter alone presses the focused element', async ({
  openScanner,
}) => {
  const page = await openScanner({ shows: '' });
  await page.getByRole('button', { name: 'Press' }).focus();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'LR004711\n');
    const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(paste);
  });
  await page.keyboard.press('Control+Enter');
  await expect(reports(page)).toHaveText(['keys LR004711']);
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(reports(page)).toHaveText(['keys LR004711', 'pressed'], { timeout: 1_000 });
  }).toPass();
});

test('a code that a busy device hears in two bursts is one code', async ({ openScanner }) => {
  const page = await openScanner({ shows: '' });
  // Within the page, whose timers keep their order however busy this machine is.
  await page.evaluate(async () => {
    const startedAt = performance.now();
    const press = (key: string, afterMs: number) => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      Object.defineProperty(event, 'timeStamp', { value: startedAt + afterMs });
      document.body.dispatchEvent(event);
    };
    [...'1234'].forEach((key, index) => press(key, 5 * index));
    await new Promise((resolve) => setTimeout(resolve, 250));
    [...'5671', 'Enter'].forEach((key, index) => press(key, 20 + 5 * index));
  });
  await expect(reports(page)).toHaveText(['keys 12345671']);
});

test('the number pad takes a number by touch, and says a mistyped one at once', async ({ openScanner }) => {
  const page = await openScanner({ shows: 'pad' });
  for (const digit of '1234567') await pad(page).getByRole('button', { name: digit }).click();
  await expect(digits(page)).toHaveText(/1\s*2\s*3\s*4\s*5\s*6\s*7/);
  await pad(page).getByRole('button', { name: '1' }).click();
  await expect(reports(page)).toHaveText(['typed 12345671']);
  await pad(page).getByRole('button', { name: 'Tyhjennä' }).click();
  for (const digit of '12345617') await pad(page).getByRole('button', { name: digit }).click();
  await expect(pad(page).getByRole('alert')).toHaveText('Numerossa on virhe. Tarkista se kortista.');
  await expect(reports(page)).toHaveText(['typed 12345671']);
});

test('the number pad takes a number from the keyboard, and leaves a scanner’s burst to the scanner', async ({
  openScanner,
}) => {
  const page = await openScanner({ shows: 'pad' });
  await page.keyboard.type('12345', asPerson);
  await typeAsScanner(page, '12345671\n');
  const heard = ['keys 1234512345671 or 12345671'];
  await expect(reports(page)).toHaveText(heard);
  await expect(digits(page), 'nothing is left for the next card').toHaveText(/^(\s*·){8}\s*$/);
  await page.keyboard.type('12349', asPerson);
  await expect(digits(page)).toHaveText(/^\s*1\s*2\s*3\s*4\s*9(\s*·){3}\s*$/);
  await page.keyboard.press('Backspace');
  await page.keyboard.type('5671', asPerson);
  heard.push('keys 12345671');
  await expect(reports(page), 'a whole number needs no Enter').toHaveText(heard);

  await page.keyboard.type('20', asPerson);
  await pad(page).getByRole('button', { name: '7' }).click();
  await expect(digits(page), 'fingers go on where keys ended').toHaveText(/^\s*2\s*0\s*7(\s*·){5}\s*$/);
});

test('axe finds nothing on the camera, its problem and the pad', async ({ openScanner }) => {
  for (const situation of [{ cameras: 2, hasTorch: true }, { cameras: 0 }]) {
    const page = await openScanner({ ...situation, shows: 'camera&pad' });
    await expect(page.getByRole('combobox').or(page.getByRole('alert').getByRole('heading'))).toBeVisible();
    await expectAccessible(page, situation.cameras ? 'camera' : 'no camera');
  }
});
