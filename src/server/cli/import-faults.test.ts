import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardsHeader, goodLine, lines, RegisterToImport } from '../../../tests/register-to-import';
import { importSummary } from './import-report';

let register: RegisterToImport;
beforeEach(async () => {
  register = await RegisterToImport.open();
});
afterEach(() => register.close());

describe('a wrong file writes nothing and names', () => {
  const row = (change: Partial<Record<string, string>>) => {
    const fields = {
      number: '12345671',
      scheme: 'vihrea',
      from: '2026-01-01',
      until: '2026-12-31',
      status: '',
      codes: '',
      hint: '',
      ...change,
    };
    return lines(cardsHeader, Object.values(fields).join(','));
  };

  it.each([
    [
      'a mistyped number',
      row({ number: '12345617' }),
      'line 2, column number: "12345617" is mistyped: its check digit is wrong',
    ],
    [
      'a lost zero',
      row({ number: '2345671' }),
      'line 2, column number: "2345671" has 7 digits, not 8 (spreadsheets drop zeros from the front)',
    ],
    ['no number', row({ number: '' }), 'line 2, column number: is empty'],
    ['letters', row({ number: 'abc' }), 'line 2, column number: "abc" is not 8 digits'],
    [
      'an unknown scheme',
      row({ scheme: 'punainen' }),
      'line 2, column scheme: "punainen" is not a scheme of the catalogue (sininen, vihrea)',
    ],
    [
      'a day that is not',
      row({ from: '2026-02-29' }),
      'line 2, column valid_from: "2026-02-29" is not a day like 2026-02-01 or 1.2.2026',
    ],
    [
      'a day of another land',
      row({ until: '12/31/2026' }),
      'line 2, column valid_until: "12/31/2026" is not a day like 2026-02-01 or 1.2.2026',
    ],
    [
      'an end before the beginning',
      row({ until: '31.12.2025' }),
      'line 2, column valid_until: is before the first valid day (2026-01-01)',
    ],
    [
      'an unknown status',
      row({ status: 'stolen' }),
      'line 2, column status: "stolen" is none of active, suspended, lost, replaced, ended',
    ],
    ['a code twice on a line', row({ codes: 'LR1;LR1' }), 'line 2, column codes: "LR1" is there twice'],
    [
      'a code that reads as another number',
      row({ codes: '2345 6789' }),
      'line 2, column codes: "2345 6789" would be read as the number of card 23456789',
    ],
    [
      'an emoji for a code',
      row({ codes: '🙂' }),
      'line 2, column codes: "🙂" is not a code that can be scanned',
    ],
    [
      'a prefix without a code',
      row({ codes: 'rfid:' }),
      'line 2, column codes: "rfid:" is not a code that can be scanned',
    ],
    [
      'a long hint',
      row({ hint: 'x'.repeat(21) }),
      'line 2, column hint: has 21 characters, at most 20 are kept',
    ],
    ['too few fields', lines(cardsHeader, '12345671,vihrea'), 'line 2: has 2 fields, the header has 7'],
    ['too many fields', lines(cardsHeader, `${goodLine},x`), 'line 2: has 8 fields, the header has 7'],
    [
      'codes without quotation marks',
      lines(cardsHeader, `${goodLine.replace('active,', 'active,LR1;LR2')};x`).replaceAll(',', ';'),
      'line 2: has 9 fields, the header has 7: where ; separates the fields, several codes need quotation marks, as in "LR1;LR2"',
    ],
    [
      'an open quotation mark',
      lines(cardsHeader, goodLine.replace('vihrea', '"vihrea'), ''),
      'line 2: has a quotation mark that opens or closes in a wrong place',
    ],
    ['a line without end', lines(cardsHeader, 'x'.repeat(5000)), 'line 2: is longer than 4000 characters'],
    [
      'a number twice',
      lines(cardsHeader, goodLine, '', goodLine),
      'line 4, column number: 12345671 is on line 2 already',
    ],
    [
      'a code twice',
      lines(
        cardsHeader,
        '12345671,vihrea,2026-01-01,2026-12-31,,LR1,',
        '23456789,vihrea,2026-01-01,2026-12-31,,LR2;LR1,',
      ),
      'line 3, column codes: "LR1" is on line 2 already',
    ],
    [
      'R1 a code twice on a line, written in two ways',
      row({ codes: 'rfid:04:a2:90:00;rfid:04A29000' }),
      'line 2, column codes: "04A29000" is there twice',
    ],
    [
      'R1 a UID that reads as another number',
      row({ codes: 'rfid:23:45:67:89' }),
      'line 2, column codes: "rfid:23:45:67:89" would be read as the number of card 23456789',
    ],
    [
      'R1 a UID twice, written in two ways',
      lines(
        cardsHeader,
        '12345671,vihrea,2026-01-01,2026-12-31,,rfid:04A2900003B890,',
        '23456789,vihrea,2026-01-01,2026-12-31,,rfid:04:a2:90:00:03:b8:90,',
      ),
      'line 3, column codes: "04:a2:90:00:03:b8:90" (read as 04A2900003B890) is on line 2 already',
    ],
    [
      'R1 a UPC-A and its EAN-13',
      lines(
        cardsHeader,
        '12345671,vihrea,2026-01-01,2026-12-31,,036000291452,',
        '23456789,vihrea,2026-01-01,2026-12-31,,0036000291452,',
      ),
      'line 3, column codes: "0036000291452" is on line 2 already',
    ],
    [
      'an unknown column',
      lines(`${cardsHeader},name`, `${goodLine},x`),
      'line 1: unknown column "name"; known are number, scheme, valid_from, valid_until, status, codes, hint, children, assistant, group_size, also in Finnish and Swedish',
    ],
    [
      'a missing column',
      lines('number,scheme,valid_from', goodLine),
      'line 1, column valid_until: is missing',
    ],
    ['a column twice', lines(`${cardsHeader},hint`, `${goodLine},x`), 'line 1, column hint: is there twice'],
    ['a file without header', lines('', goodLine), 'line 1: has no header'],
  ])('%s', async (_what, file, fault) => {
    expect(await register.faultsOf(file)).toEqual([fault]);
  });

  it('bytes that are not UTF-8, by line', async () => {
    const latin = new Uint8Array(
      Buffer.from(lines(cardsHeader, goodLine, goodLine.replace('vihrea', 'vihreä')), 'latin1'),
    );
    expect(await register.faultsOf(latin)).toEqual([
      'line 3: holds bytes that are not UTF-8 text: save the file as "CSV UTF-8"',
    ]);
  });

  it('every wrong line, not only the first', async () => {
    const file = lines(
      cardsHeader,
      goodLine,
      '12345617,punainen,x,2026-12-31,,,',
      'a,b',
      '23456789,vihrea,2026-01-01,2025-12-31,,,',
    );
    const faults = await register.faultsOf(file);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'line 3, column number',
      'line 3, column scheme',
      'line 3, column valid_from',
      'line 4',
      'line 5, column valid_until',
    ]);
  });

  it('a code that another card in the register has', async () => {
    await register.import(lines(cardsHeader, '12345671,vihrea,2026-01-01,2026-12-31,,LR1,'));
    const stolen = lines(cardsHeader, '23456789,vihrea,2026-01-01,2026-12-31,,LR1,');
    const result = await register.import(stolen);
    expect(importSummary(result)).toBe(
      'Nothing was imported. 1 fault to mend:\n  line 2, column codes: "LR1" belongs to card 12345671 in the register',
    );
    expect(await register.cards()).toHaveProperty('size', 1);
  });

  it('R1 a code that another card in the register has, written in another form', async () => {
    await register.import(lines(cardsHeader, '12345671,vihrea,2026-01-01,2026-12-31,,rfid:04-a2-90-00,'));
    const stolen = lines(cardsHeader, '23456789,vihrea,2026-01-01,2026-12-31,,rfid:04A29000,');
    expect(await register.faultsOf(stolen)).toEqual([
      'line 2, column codes: "04-a2-90-00" (read as 04A29000) belongs to card 12345671 in the register',
    ]);
  });

  it('a code that belongs to a card whose number no file can have', async () => {
    await register.put({ _id: 'card:12345670', type: 'card', codes: [{ kind: 'barcode', value: 'LR1' }] });
    const file = lines(
      cardsHeader,
      '12345671,vihrea,2026-01-01,2026-12-31,,LR2,',
      '23456789,vihrea,2026-01-01,2026-12-31,,LR1,',
    );
    expect(await register.faultsOf(file)).toEqual([
      'line 3, column codes: "LR1" belongs to card 12345670 in the register',
    ]);
  });

  it('a stored card that a newer Tiski wrote', async () => {
    await register.put({ _id: 'card:12345671', type: 'card', v: 2 });
    expect(await register.faultsOf(lines(cardsHeader, goodLine))).toEqual([
      "line 2: the register's own card 12345671 is not readable (newer-version)",
    ]);
  });

  it.each([
    ['', 'is empty'],
    [`${cardsHeader}\n`, 'has a header and no cards'],
  ])('a file with no cards (%j)', async (content, reason) => {
    expect(await register.faultsOf(content)).toEqual([`${register.file} ${reason}`]);
  });

  it('what is not a file, or is not there', async () => {
    const folder = dirname(register.file);
    const none = join(folder, 'none.csv');
    const told = async (path: string) => importSummary(await register.importFile(path)).split('\n  ')[1];
    expect(await told(folder)).toBe(`${folder} is a folder, not a file`);
    expect(await told(none)).toBe(`There is no file ${none}`);
    expect(await told('/dev/null')).toBe('/dev/null is not a file: save the list as one');
  });
});
