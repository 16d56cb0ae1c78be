import { shownCardNumber } from '../../src/server/demo/demo-cards';
import { cardOf, chooseService, Office, openDemoDesk, scanUntil } from './counter';
import { expect, test } from './fixtures';
import { playScannerRows, type RowResult } from './play-scanner-rows';
import { nameOf, scannerTable, type ScannedThing, type ScannerRow } from './scanner-table';

/** Rows per call: a page that plays too many at once is silent for too long. */
const rowsACall = 50;

test('K1 K3 K6 every scanner over every screen: none logs, undoes or overrides anything, each reads its card or says why not', async ({
  page,
  server,
}) => {
  const dashed = cardOf('in-grace');
  await new Office(server).changeCard(dashed, { codes: [{ kind: 'barcode', value: 'LR-900201' }] });
  await openDemoDesk(page);
  await chooseService(page);
  // Its code has been loaded onto the device.
  await scanUntil(page, 'LR-900201', 'Kortti käy');

  const stock = cardOf('old-barcode');
  const things: ScannedThing[] = [
    { name: 'a number', keys: dashed, card: dashed },
    { name: 'a number with an identifier', keys: `]C1${dashed}`, card: dashed },
    { name: 'a code of old stock', keys: stock, card: shownCardNumber('old-barcode') },
    { name: 'a code with Caps Lock', keys: stock.toLowerCase(), card: shownCardNumber('old-barcode') },
    { name: 'a code from a US scanner', keys: 'LR+900201', card: dashed },
    { name: 'no card', keys: 'https://example.org/menu' },
    { name: 'three characters', keys: 'abc' },
    { name: 'one character', keys: 'k' },
    { name: 'a mistyped number', keys: cardOf('mistyped') },
  ];
  const cards = {
    admitted: cardOf('admitted'),
    other: cardOf('suspension-over'),
    refused: cardOf('expired'),
    people: cardOf('children'),
    logged: cardOf('assistant'),
  };
  const rows = scannerTable(things, 4);
  const results: RowResult[] = [];
  for (let from = 0; from < rows.length; from += rowsACall) {
    const part = rows.slice(from, from + rowsACall);
    results.push(...(await page.evaluate(playScannerRows, { rows: part, cards })));
  }

  expect(rows.length).toBeGreaterThan(300);
  const told = (isFault: (result: RowResult, row: ScannerRow) => boolean) =>
    rows.flatMap((row, index) => {
      const result = results[index] as RowResult;
      return isFault(result, row) ? [`${nameOf(row)}: ${result.shown} ${result.changes.join(' ')}`] : [];
    });
  expect(
    told(({ changes }) => changes.length > 0),
    'rows that changed the log',
  ).toEqual([]);
  expect(
    told(({ isElsewhere }) => isElsewhere),
    'rows that left the counter',
  ).toEqual([]);
  expect(
    told(({ isAbout }) => !isAbout),
    'rows that read nothing and said nothing',
  ).toEqual([]);
});
