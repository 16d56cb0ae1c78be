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
  const heard = ['wedge Ä b-12:34'];
  await expect(reports(page)).toHaveText(heard);
  await page.keyboard.press('Space');
  heard.push('pressed');
  await expect(reports(page)).toHaveText(heard);

  await typeAsScanner(page, '12345671');
  heard.push('wedge 12345671');
  await expect(reports(page)).toHaveText(heard);

  const note = page.getByRole('textbox', { name: 'Note' });
  await note.focus();
  await typeAsScanner(page, '12345671\n');
  await expect(note).toHaveValue('12345671');
  await expect(reports(page)).toHaveText(heard);
});

test('a code that a busy device hears in two clumps is one code', async ({ openScanner }) => {
  const page = await openScanner({ shows: '' });
  const startedAt = Date.now();
  await typeAsScanner(page, '1234', startedAt);
  await page.waitForTimeout(250);
  await typeAsScanner(page, '5671\n', startedAt + 20);
  await expect(reports(page)).toHaveText(['wedge 12345671']);
});

test('the number pad takes a number by touch, and says a mistyped one at once', async ({ openScanner }) => {
  const page = await openScanner({ shows: 'pad' });
  for (const digit of '1234567') await pad(page).getByRole('button', { name: digit }).click();
  await expect(digits(page)).toHaveText(/1\s*2\s*3\s*4\s*5\s*6\s*7/);
  await pad(page).getByRole('button', { name: '1' }).click();
  await expect(reports(page)).toHaveText(['typed 12345671']);
  await page.keyboard.press('Escape');
  await page.keyboard.type('12345617', asPerson);
  await expect(pad(page).getByRole('alert')).toHaveText('Numerossa on virhe. Tarkista se kortista.');
  await expect(reports(page)).toHaveText(['typed 12345671']);
});

test('the number pad takes a number from the keyboard, and leaves a scanner’s burst to the scanner', async ({
  openScanner,
}) => {
  const page = await openScanner({ shows: 'pad' });
  await page.keyboard.type('12345', asPerson);
  await typeAsScanner(page, '12345671\n');
  await expect(reports(page)).toHaveText(['wedge 12345671']);
  await expect(digits(page), 'what was typed stays').toHaveText(/^\s*1\s*2\s*3\s*4\s*5\s*·\s*·\s*·\s*$/);
  await page.keyboard.press('Escape');
  await page.keyboard.type('12349', asPerson);
  await page.keyboard.press('Backspace');
  await page.keyboard.type('5671', asPerson);
  await expect(reports(page)).toHaveText(['wedge 12345671', 'typed 12345671']);
  await page.keyboard.press('Enter');
  await expect(reports(page)).toHaveText(['wedge 12345671', 'typed 12345671', 'typed 12345671']);
});

test('axe finds nothing on the camera, its problem and the pad', async ({ openScanner }) => {
  for (const situation of [{ cameras: 2, hasTorch: true }, { cameras: 0 }]) {
    const page = await openScanner({ ...situation, shows: 'camera&pad' });
    await expect(page.getByRole('combobox').or(page.getByRole('alert').getByRole('heading'))).toBeVisible();
    await expectAccessible(page, situation.cameras ? 'camera' : 'no camera');
  }
});
