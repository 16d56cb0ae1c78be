import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardsHeader, goodLine, lines, RegisterToImport } from '../../../tests/register-to-import';

let register: RegisterToImport;
beforeEach(async () => {
  register = await RegisterToImport.open();
});
afterEach(() => register.close());

const added = { ok: true, added: 1, changed: 0, unchanged: 0 };
const withCodes = '12345671;vihrea;1.1.2026;31.12.2026;;"LR1;rfid:04:A2:90:00";AB';
const semicolons = lines(cardsHeader.replaceAll(',', ';'), withCodes);
const tabs = semicolons
  .split('"')
  .map((text, place) => (place % 2 === 0 ? text.replaceAll(';', '\t') : text))
  .join('');

const utf16le = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
const utf16be = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le').swap16());

describe('a card file is simply read', () => {
  it.each([
    ['with tabs', tabs],
    ['with a line that names the separator', `sep=;\n${semicolons}`],
    ['with that line in quotation marks, after a byte order mark', `\uFEFF"sep=;"\r\n${semicolons}`],
    [
      'with a separator that nobody would guess',
      `sep=|\n${lines(cardsHeader, goodLine).replaceAll(',', '|')}`,
    ],
    ['with a comma named, and a semicolon in a column’s name', lines('sep=,', cardsHeader, goodLine)],
    ['in UTF-16 LE', utf16le(`\uFEFF${semicolons}`)],
    ['in UTF-16 LE without a byte order mark', utf16le(semicolons)],
    ['in UTF-16 BE', utf16be(`\uFEFF${semicolons}`)],
    ['in UTF-16 BE without a byte order mark', utf16be(semicolons)],
    ['in UTF-16 with tabs, as Excel’s "Unicode text"', utf16le(`\uFEFF${tabs.replaceAll('\n', '\r\n')}`)],
  ])('%s', async (_what, content) => {
    expect(await register.import(content)).toEqual(added);
    expect((await register.cards()).get('card:12345671')).toMatchObject({ scheme: 'vihrea' });
  });

  it('in UTF-16 of many chunks, with letters beyond the first 65,536', async () => {
    const hints = lines(cardsHeader, ...Array.from({ length: 20_000 }, () => ''), `${goodLine}𝄞`);
    expect(await register.import(utf16le(hints))).toEqual(added);
    expect((await register.cards()).get('card:12345671')).toMatchObject({ hint: '𝄞' });
  });

  it.each([
    ['Finnish', 'numero;kortti;alkaa;päättyy;tila;koodit;vihje;lapset;avustaja;ryhmän koko'],
    [
      'long Finnish',
      'Kortin numero;Korttilaji;Voimassa alkaen;Voimassa asti;Kortin tila;Koodi;VIHJE;Lapsia;Avustaja;Ryhmän_koko',
    ],
    ['Swedish', 'nummer;kort;börjar;slutar;status;koder;tips;barn;assistent;gruppstorlek'],
    [
      'long Swedish',
      'Kortnummer; Korttyp ;Giltigt från;GILTIGT TILL;Kortets status;kod;tips;barn;assistent;gruppens-storlek',
    ],
    ['English', 'Card number;Scheme;Valid from;valid-until;status;codes;hint;children;assistant;Group  size'],
    [
      'letters with loose dots',
      'numero;kortti;alkaa;päättyy;tila;koodit;vihje;lapset;avustaja;ryhmän koko'.normalize('NFD'),
    ],
  ])('with %s column names', async (_language, header) => {
    expect(await register.import(lines(header, '12345671;vihrea;1.1.2026;31.12.2026;;LR1;AB;2;ja;'))).toEqual(
      added,
    );
    expect((await register.cards()).get('card:12345671')).toMatchObject({
      validFrom: '2026-01-01',
      validUntil: '2026-12-31',
      codes: [{ value: 'LR1' }],
      hint: 'AB',
      companions: { children: 2, assistant: true },
    });
  });

  it.each([
    ['Aktiivinen', 'active'],
    ['käytössä', 'active'],
    ['aktiv', 'active'],
    ['pois käytöstä', 'suspended'],
    ['spärrat', 'suspended'],
    ['Kadonnut', 'lost'],
    ['försvunnet', 'lost'],
    ['korvattu', 'replaced'],
    ['ersatt', 'replaced'],
    ['päättynyt', 'ended'],
    ['avslutat', 'ended'],
  ])('with the status %s', async (word, status) => {
    await register.import(lines(cardsHeader, goodLine.replace('active', word)));
    expect((await register.cards()).get('card:12345671')).toMatchObject({ status });
  });

  it.each([
    ['1.9.2026 0.00', '31.8.2027 0:00:00'],
    ['1.9.2026 00:00', '31.8.2027 00.00.00'],
    ['2026-09-01T00:00:00', '2027-08-31T00:00:00.000Z'],
    ['2026-09-01 00:00:00', '2027-08-31 00:00'],
  ])('with the midnights of %s and %s', async (from, until) => {
    expect(
      await register.import(
        lines('number,scheme,valid_from,valid_until', `12345671,vihrea,${from},${until}`),
      ),
    ).toEqual(added);
    expect((await register.cards()).get('card:12345671')).toMatchObject({
      validFrom: '2026-09-01',
      validUntil: '2027-08-31',
    });
  });
});

describe('faults are reported by the lines and columns of the file', () => {
  it('after a line that names the separator', async () => {
    expect(await register.faultsOf(`sep=;\n${semicolons.replace('12345671', '12345617')}`)).toEqual([
      'line 3, column number: "12345617" is mistyped: its check digit is wrong',
    ]);
    expect(await register.faultsOf(`sep=;\n${lines('number;scheme;valid_from', '')}`)).toEqual([
      'line 2, column valid_until: is missing',
    ]);
  });

  it('with the names that the file has for its columns', async () => {
    const file = lines(
      'Kortin numero;kortti;alkaa;päättyy;koodit',
      '12345671;vihrea;1.1.2026;31.12.2025;LR1',
      '23456789;vihrea;1.1.2026;31.12.2026;LR1',
      '23456789;vihrea;1.1.2026;31.12.2026;',
    );
    expect(await register.faultsOf(file)).toEqual([
      'line 2, column päättyy: is before the first valid day (2026-01-01)',
      'line 4, column Kortin numero: 23456789 is on line 3 already',
    ]);
    expect(await register.faultsOf(lines('numero;nummer;kortti;alkaa;päättyy'))).toEqual([
      'line 1, column nummer: is there twice',
    ]);
  });

  it('in UTF-16, however long it is', async () => {
    const file = utf16le(
      lines('nimi;kortti;alkaa;päättyy', ...Array.from({ length: 50_000 }, () => goodLine)),
    );
    expect(await register.faultsOf(file)).toEqual([
      'line 1: unknown column "nimi"; known are number, scheme, valid_from, valid_until, status, codes, hint, children, assistant, group_size, also in Finnish and Swedish',
      'line 1, column number: is missing',
    ]);
  });
});

describe('what is not a CSV file is named', () => {
  it.each([
    ['PK\u0003\u0004\u0014\u0000', 'a workbook (.xlsx, .ods) or a zip archive'],
    ['\u00D0\u00CF\u0011\u00E0\u00A1\u00B1', 'an old Excel workbook (.xls)'],
    ['%PDF-1.7\n', 'a PDF'],
    ['\n<!DOCTYPE html><html>', 'a web page or XML'],
    ['<html xmlns:o="urn:schemas-microsoft-com:office:office">', 'a web page or XML'],
    ['<?xml version="1.0"?>', 'a web page or XML'],
  ])('%j', async (beginning, what) => {
    const bytes = new Uint8Array(Buffer.from(`${beginning}${'x'.repeat(5000)}`, 'latin1'));
    expect(await register.faultsOf(bytes)).toEqual([
      `${register.file} is ${what}: open it and save the list as "CSV UTF-8"`,
    ]);
  });
});

describe('what a spreadsheet did to a cell is explained', () => {
  const asText = 'format the column as text before the codes are pasted, or import them as the type text';
  const lost = (text: string) =>
    `"${text}" is what a spreadsheet made of a long code, whose digits are lost: ${asText}`;
  const error = (text: string) =>
    `"${text}" is a spreadsheet's error, and no value: mend the cell; where a code was taken for a formula, ${asText}`;
  const narrow = (text: string) =>
    `"${text}" is what a spreadsheet shows for a value that is wider than its column: widen it, or ${asText}`;

  it.each([
    ['1,23457E+15', '1,23457E+15', lost],
    ['1.23457E+15', '1.23457E+15', lost],
    ['rfid:4,00E+29', '4,00E+29', lost],
    ['LR1;4E+27', '4E+27', lost],
    ...['#REF!', '#N/A', '#NAME?', '#VALUE!', '#DIV/0!', '#NUM!', '#NULL!'].map(
      (each) => [each, each, error] as const,
    ),
    ...['#VIITTAUS!', '#ARVO!', '#NIMI?', '#PUUTTUU!', '#JAKO/0!'].map(
      (each) => [each, each, error] as const,
    ),
    ...['#REFERENS!', '#VÄRDEFEL!', '#NAMN?', '#SAKNAS!', '#DIVISION/0!'].map(
      (each) => [each, each, error] as const,
    ),
    ['rfid:#REF!', '#REF!', error],
    ['########', '########', narrow],
  ] as const)('in the codes %s', async (codes, text, reason) => {
    const file = lines(
      'number;scheme;valid_from;valid_until;codes',
      `12345671;vihrea;1.1.2026;31.12.2026;"${codes}"`,
    );
    expect(await register.faultsOf(file)).toEqual([`line 2, column codes: ${reason(text)}`]);
  });

  it.each([
    ['number', '1,23E+07', lost],
    ['scheme', '#N/A', error],
    ['valid_from', '#####', narrow],
    ['valid_until', '#VALUE!', error],
    ['status', '#PUUTTUU!', error],
    ['hint', '#NIMI?', error],
    ['children', '#REF!', error],
    ['assistant', '#SAKNAS!', error],
    ['group_size', '1E+02', lost],
  ] as const)('in the column %s', async (column, text, reason) => {
    const good = { number: '12345671', scheme: 'vihrea', valid_from: '1.1.2026', valid_until: '31.12.2026' };
    const fields = { ...good, [column]: text };
    const file = lines(Object.keys(fields).join(';'), Object.values(fields).join(';'));
    expect(await register.faultsOf(file)).toEqual([`line 2, column ${column}: ${reason(text)}`]);
  });

  it.each(['5E-12', '1E15', '#12', 'A#REF!', 'E+15', '04E29000'])(
    'but %s is a code like others',
    async (code) => {
      const file = lines(
        'number;scheme;valid_from;valid_until;codes',
        `12345671;vihrea;1.1.2026;31.12.2026;${code}`,
      );
      expect(await register.import(file)).toEqual(added);
    },
  );

  it.each([
    [
      '46266',
      '"46266" is how a spreadsheet counts days, here 2026-09-01: format the column as a date or as text, and save again',
    ],
    [
      '46266,5',
      '"46266,5" is how a spreadsheet counts days, here 2026-09-01: format the column as a date or as text, and save again',
    ],
    ['1.9.26', '"1.9.26" has a year of two digits: write all four, as in 1.9.2026'],
    ['1.9.26 0.00', '"1.9.26" has a year of two digits: write all four, as in 1.9.2026'],
    ['1.9.2026 14.30', '"1.9.2026 14.30" has a time of day: leave the day alone, as in 1.9.2026'],
    ['2026', '"2026" is not a day like 2026-02-01 or 1.2.2026'],
    ['31.2.2026', '"31.2.2026" is not a day like 2026-02-01 or 1.2.2026'],
    ['31.2.2026 0.00', '"31.2.2026" is not a day like 2026-02-01 or 1.2.2026'],
  ])('in the day %s', async (day, reason) => {
    const file = lines('number;scheme;valid_from;valid_until', `12345671;vihrea;${day};31.12.2027`);
    expect(await register.faultsOf(file)).toEqual([`line 2, column valid_from: ${reason}`]);
  });
});
