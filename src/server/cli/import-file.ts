import { open, type FileHandle } from 'node:fs/promises';
import { readHeader, readRow, type CardRow, type CsvHeader } from './import-csv';
import { grouped, type CsvFault, type LineOutput } from './import-report';

/** Every how many lines the reading tells how far it is. */
const toldEvery = 50_000;

/** A file that is good as far as it can be told without the register. */
export type CardFile = { ok: true; rows: Map<string, CardRow> } | { ok: false; faults: CsvFault[] };

/**
 * Reads a card file line by line and checks all of it: every wrong line is told, not only the first.
 * `schemes` are the ids of the catalogue's schemes. Rows are keyed by card number.
 */
export async function readCardFile(
  path: string,
  schemes: ReadonlySet<string>,
  out: LineOutput,
): Promise<CardFile> {
  const opened = await openFile(path);
  if ('reason' in opened) return { ok: false, faults: [opened] };
  try {
    return await readLines(opened, path, schemes, out);
  } finally {
    await opened.close();
  }
}

async function openFile(path: string): Promise<FileHandle | CsvFault> {
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
    return { reason: `${path} is a folder, not a file` };
  } catch (error) {
    return { reason: openFailure(path, (error as NodeJS.ErrnoException).code) };
  }
}

function openFailure(path: string, code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no file ${path}`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not read ${path}`;
    default:
      return `${path} can't be opened (${code ?? 'for an unknown reason'})`;
  }
}

async function readLines(
  file: FileHandle,
  path: string,
  schemes: ReadonlySet<string>,
  out: LineOutput,
): Promise<CardFile> {
  const rows = new Map<string, CardRow>();
  const faults: CsvFault[] = [];
  const linesOfCodes = new Map<string, number>();
  let header: CsvHeader | undefined;
  let line = 0;
  for await (const text of file.readLines({ encoding: 'utf8', autoClose: false })) {
    line += 1;
    if (header === undefined) {
      const read = readHeader(text);
      // Without a header no line can be understood.
      if (!read.ok)
        return { ok: false, faults: text.trim() === '' ? [{ line, reason: 'has no header' }] : read.faults };
      header = read.value;
      continue;
    }
    const read = readRow(text, line, header, schemes);
    if (read === undefined) continue;
    const found = read.ok ? repeats(read.value, rows, linesOfCodes) : read.faults;
    faults.push(...found);
    if (read.ok && found.length === 0) rows.set(read.value.number, read.value);
    if (line % toldEvery === 0) out.write(`${grouped(line)} lines read\n`);
  }
  if (line === 0) return { ok: false, faults: [{ reason: `${path} is empty` }] };
  if (faults.length > 0) return { ok: false, faults };
  if (rows.size === 0) return { ok: false, faults: [{ reason: `${path} has a header and no cards` }] };
  return { ok: true, rows };
}

/** What this row shares with an earlier one: its number, or a code. */
function repeats(
  row: CardRow,
  rows: ReadonlyMap<string, CardRow>,
  linesOfCodes: Map<string, number>,
): CsvFault[] {
  const { line, number } = row;
  const faults: CsvFault[] = [];
  const same = rows.get(number);
  if (same) faults.push({ line, column: 'number', reason: `${number} is on line ${same.line} already` });
  for (const { value } of row.codes ?? []) {
    const earlier = linesOfCodes.get(value);
    if (earlier === undefined) linesOfCodes.set(value, line);
    else faults.push({ line, column: 'codes', reason: `"${value}" is on line ${earlier} already` });
  }
  return faults;
}
