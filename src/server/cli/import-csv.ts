import { CsvError, parse } from 'csv-parse/sync';
import type { CardDocument } from '$lib/documents/register/card-document';
import type { LocalDate } from '$lib/domain/time/day';
import type { CardStatus } from '$lib/domain/visit/card';
import { bad, type Cell } from './import-cell';
import { columnNamed, columns, isOptional, neededColumns, type Column } from './import-columns';
import { dayCell } from './import-days';
import {
  codesCell,
  countCell,
  hintCell,
  numberCell,
  schemeCell,
  statusCell,
  yesNoCell,
} from './import-fields';
import type { CsvFault } from './import-report';
import { spreadsheetDamage } from './import-spreadsheet';

/** A card file has no longer lines. */
const longestLine = 4000;

/** One card from a file; what the file leaves empty is absent. */
export interface CardRow {
  line: number;
  number: string;
  scheme: string;
  validFrom: LocalDate;
  validUntil: LocalDate;
  status?: CardStatus;
  codes?: CardDocument['codes'];
  hint?: string;
  /** R11: instead of the scheme's. */
  children?: number;
  assistant?: boolean;
  groupSize?: number;
}

/** How to read the file's lines. */
export interface CsvHeader {
  delimiter: string;
  columns: Column[];
  /** The file's names for them, if they differ. */
  names: ReadonlyMap<string, string>;
}

export type Read<T> = { ok: true; value: T } | { ok: false; faults: CsvFault[] };

/** Cells of one line. A line is a record: no field of a card contains a line break. */
function cellsOf(text: string, line: number, delimiter: string): Read<string[]> {
  const fault = (reason: string): Read<never> => ({ ok: false, faults: [{ line, reason }] });
  if (text.includes('\uFFFD')) {
    return fault('holds bytes that are not UTF-8 text: save the file as "CSV UTF-8"');
  }
  if (text.length > longestLine) return fault(`is longer than ${longestLine} characters`);
  // Making a parser for a line takes longer than everything else done with it.
  if (!text.includes('"')) return { ok: true, value: text.split(delimiter).map((cell) => cell.trim()) };
  try {
    return { ok: true, value: parse(text, { delimiter, trim: true, relax_column_count: true })[0] ?? [] };
  } catch (error) {
    if (error instanceof CsvError) return fault('has a quotation mark that opens or closes in a wrong place');
    throw error;
  }
}

/** Excel's first line with the separator: `sep=;`. Undefined for any other line. */
export function namedDelimiter(text: string): string | undefined {
  return /^\uFEFF?"?sep=([^"\p{L}\p{N}])"?$/iu.exec(text)?.[1];
}

/** Reads the header: the separator, unless a line before named it, and which column is where. */
export function readHeader(text: string, line: number, named?: string): Read<CsvHeader> {
  const names = text.replace(/^\uFEFF/, '');
  const delimiter = named ?? ['\t', ';'].find((each) => names.includes(each)) ?? ',';
  const cells = cellsOf(names, line, delimiter);
  if (!cells.ok) return cells;
  const found = new Map<Column, string>();
  const faults: CsvFault[] = [];
  for (const name of cells.value) {
    const column = columnNamed(name);
    if (column === undefined) faults.push({ line, reason: unknownColumn(name) });
    else if (found.has(column)) faults.push({ line, column: name, reason: 'is there twice' });
    else found.set(column, name);
  }
  for (const column of neededColumns) {
    if (!found.has(column)) faults.push({ line, column, reason: 'is missing' });
  }
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, value: { delimiter, columns: [...found.keys()], names: found } };
}

const unknownColumn = (name: string) =>
  `unknown column "${name.slice(0, 40)}"; known are ${columns.join(', ')}, also in Finnish and Swedish`;

/** Reads one line after the header; `undefined` for an empty one. All its faults are reported at once. */
export function readRow(
  text: string,
  line: number,
  header: CsvHeader,
  schemes: ReadonlySet<string>,
): Read<CardRow> | undefined {
  const cells = cellsOf(text, line, header.delimiter);
  if (!cells.ok) return cells;
  if (cells.value.every((cell) => cell === '')) return undefined;
  const wrongCount = countFault(cells.value, header);
  if (wrongCount !== undefined) return { ok: false, faults: [{ line, reason: wrongCount }] };

  const cellTexts = new Map(header.columns.map((column, index) => [column, cells.value[index] ?? '']));
  const faults: CsvFault[] = [];
  const take = <T>(column: Column, read: (cell: string) => Cell<T>): T | undefined => {
    const cell = cellTexts.get(column) ?? '';
    if (cell === '' && isOptional(column)) return undefined;
    const understood = cell === '' ? bad('is empty') : undamaged(cell, read);
    if (understood.ok) return understood.value;
    faults.push({ line, column, reason: understood.reason });
    return undefined;
  };

  const number = take('number', numberCell);
  const scheme = take('scheme', (cell) => schemeCell(cell, schemes));
  const validFrom = take('valid_from', dayCell);
  const validUntil = take('valid_until', dayCell);
  const status = take('status', statusCell);
  const codes = take('codes', (cell) => codesCell(cell, number));
  const hint = take('hint', hintCell);
  const children = take('children', (cell) => countCell(cell, 0));
  const assistant = take('assistant', yesNoCell);
  const groupSize = take('group_size', (cell) => countCell(cell, 1));
  if (validFrom !== undefined && validUntil !== undefined && validUntil < validFrom) {
    faults.push({ line, column: 'valid_until', reason: `is before the first valid day (${validFrom})` });
  }
  if (faults.length > 0 || !number || !scheme || !validFrom || !validUntil) return { ok: false, faults };
  return {
    ok: true,
    value: {
      line,
      number,
      scheme,
      validFrom,
      validUntil,
      ...(status === undefined ? {} : { status }),
      ...(codes === undefined ? {} : { codes }),
      ...(hint === undefined ? {} : { hint }),
      ...(children === undefined ? {} : { children }),
      ...(assistant === undefined ? {} : { assistant }),
      ...(groupSize === undefined ? {} : { groupSize }),
    },
  };
}

function undamaged<T>(cell: string, read: (cell: string) => Cell<T>): Cell<T> {
  const damage = spreadsheetDamage(cell);
  return damage === undefined ? read(cell) : bad(damage);
}

/** Spreadsheets add empty fields at the end; any other difference from the header is a fault. */
function countFault(cells: readonly string[], header: CsvHeader): string | undefined {
  const expected = header.columns.length;
  if (cells.length < expected) return `has ${cells.length} fields, the header has ${expected}`;
  if (cells.slice(expected).every((cell) => cell === '')) return undefined;
  const counted = `has ${cells.length} fields, the header has ${expected}`;
  return header.delimiter === ';'
    ? `${counted}: where ; separates the fields, several codes need quotation marks, as in "LR1;LR2"`
    : counted;
}
