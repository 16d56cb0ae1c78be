import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, reports, test } from './scanner-fixtures';
import { typeAsScanner } from './type-as-scanner';

const pad = (page: Page) => page.getByRole('group', { name: 'Kortin numero' });
const digits = (page: Page) => pad(page).getByRole('status');
const asPerson = { delay: 130 };

test.describe('a scanner that types', () => {
  test('is heard while a button has the focus, and does not press it', async ({ openScanner }) => {
    const page = await openScanner({ shows: '' });
    await page.getByRole('button', { name: 'Press' }).focus();
    await typeAsScanner(page, 'Ä b-12:34\n');
    await expect(reports(page)).toHaveText(['wedge Ä b-12:34']);
    await page.keyboard.press('Space');
    await expect(reports(page)).toHaveText(['wedge Ä b-12:34', 'pressed']);
  });

  test('is heard without its Enter', async ({ openScanner }) => {
    const page = await openScanner({ shows: '' });
    await typeAsScanner(page, '12345671');
    await expect(reports(page)).toHaveText(['wedge 12345671']);
  });

  test('leaves a text field alone', async ({ openScanner }) => {
    const page = await openScanner({ shows: '' });
    const note = page.getByRole('textbox', { name: 'Note' });
    await note.focus();
    await typeAsScanner(page, '12345671\n');
    await expect(note).toHaveValue('12345671');
    await expect(reports(page)).toHaveCount(0);
  });
});

test.describe('the number pad', () => {
  test('takes a number by touch', async ({ openScanner }) => {
    const page = await openScanner({ shows: 'pad' });
    for (const digit of '1234567') await pad(page).getByRole('button', { name: digit }).click();
    await expect(digits(page)).toHaveText(/1\s*2\s*3\s*4\s*5\s*6\s*7/);
    await pad(page).getByRole('button', { name: '1' }).click();
    await expect(reports(page)).toHaveText(['typed 12345671']);
  });

  test('takes a number from the keyboard, with Backspace and Escape', async ({ openScanner }) => {
    const page = await openScanner({ shows: 'pad' });
    await page.keyboard.type('99', asPerson);
    await page.keyboard.press('Escape');
    await page.keyboard.type('12349', asPerson);
    await page.keyboard.press('Backspace');
    await page.keyboard.type('5671', asPerson);
    await expect(reports(page)).toHaveText(['typed 12345671']);
    await page.keyboard.press('Enter');
    await expect(reports(page)).toHaveText(['typed 12345671', 'typed 12345671']);
  });

  test('says a mistyped number at once', async ({ openScanner }) => {
    const page = await openScanner({ shows: 'pad' });
    await page.keyboard.type('12345617', asPerson);
    await expect(pad(page).getByRole('alert')).toHaveText('Numerossa on virhe. Tarkista se kortista.');
    await expect(reports(page)).toHaveCount(0);
  });

  test('leaves a scanner’s burst to the scanner, and keeps what was typed', async ({ openScanner }) => {
    const page = await openScanner({ shows: 'pad' });
    await page.keyboard.type('12345', asPerson);
    await typeAsScanner(page, '12345671\n');
    await expect(reports(page)).toHaveText(['wedge 12345671']);
    await expect(digits(page)).toHaveText(/^\s*1\s*2\s*3\s*4\s*5\s*·\s*·\s*·\s*$/);
  });
});

test('axe finds nothing on the camera, its problem and the pad', async ({ openScanner }) => {
  for (const situation of [{ cameras: 2, hasTorch: true }, {}]) {
    const page = await openScanner({ ...situation, shows: 'camera&pad' });
    await expect(page.getByRole('combobox').or(page.getByRole('alert').getByRole('heading'))).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
});
