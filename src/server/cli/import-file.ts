import { open, type FileHandle } from 'node:fs/promises';
import { namedDelimiter, readHeader, readRow, type CardRow, type CsvHeader } from './import-csv';
import { fileKind, linesOf } from './import-lines';
import type { CsvFault } from './import-report';

/**
 * Cards that are read and written together, found by measurement; few enough for CouchDB's default body limit
 * (8 MB).
 */
const batchSize = 1000;

/** Some lines of a card file. */
export interface CardBatch {
  rows: CardRow[];
  /** What is wrong with each line on its own. */
  faults: CsvFault[];
  /** The number of the last line; 0 if there was none to read. */
  line: number;
  /** The file's names for the columns. */
  names: ReadonlyMap<string, string>;
}

/** The batch of a file that is not even read. */
const unread = (fault: CsvFault): CardBatch => ({
  rows: [],
  faults: [fault],
  line: 0,
  names: new Map(),
});

/**
 * Reads a card file, a batch of lines at a time; it may be of any length. `schemes` are the ids of the
 * catalogue's schemes.
 */
export async function* readBatches(path: string, schemes: ReadonlySet<string>): AsyncGenerator<CardBatch> {
  const file = await openFile(path);
  if ('reason' in file) {
    yield unread(file);
    return;
  }
  try {
    const kind = await fileKind(file);
    if (kind.kind === 'text') yield* batchesOf(linesOf(file, kind.encoding), schemes);
    else yield unread({ reason: `${path} is ${kind.what}: open it and save the list as "CSV UTF-8"` });
  } finally {
    await file.close();
  }
}

async function* batchesOf(
  lines: AsyncIterable<string>,
  schemes: ReadonlySet<string>,
): AsyncGenerator<CardBatch> {
  let delimiter: string | undefined;
  let header: CsvHeader | undefined;
  let line = 0;
  let rows: CardRow[] = [];
  let faults: CsvFault[] = [];
  for await (const text of lines) {
    line += 1;
    if (line === 1) {
      delimiter = namedDelimiter(text);
      if (delimiter !== undefined) continue;
    }
    if (header === undefined) {
      const read = readHeader(text, line, delimiter);
      if (!read.ok) {
        // Without a header no line makes sense.
        faults = text.trim() === '' ? [{ line, reason: 'has no header' }] : read.faults;
        break;
      }
      header = read.value;
      continue;
    }
    const read = readRow(text, line, header, schemes);
    if (read?.ok) rows.push(read.value);
    else faults.push(...(read?.faults ?? []));
    if (rows.length + faults.length < batchSize) continue;
    yield { rows, faults, line, names: header.names };
    rows = [];
    faults = [];
  }
  if (line > 0) yield { rows, faults, line, names: header?.names ?? new Map() };
}

async function openFile(path: string): Promise<FileHandle | CsvFault> {
  try {
    const file = await open(path);
    const stat = await file.stat();
    if (stat.isFile()) return file;
    await file.close();
    if (stat.isDirectory()) return { reason: `${path} is a folder, not a file` };
    return { reason: `${path} is not a file: save the list as one` };
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
