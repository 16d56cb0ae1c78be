import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as v from 'valibot';

/**
 * A backup is a gzip file of JSON lines (docs/operations.md): what it is, then every database with its documents,
 * and last the SHA-256 of all lines before. Read and written line by line, so its size doesn't matter.
 */
const backupLine = v.union([
  v.object({ tiski: v.literal('backup'), format: v.literal(1), version: v.string(), at: v.string() }),
  v.object({ database: v.string(), security: v.looseObject({}) }),
  v.object({ doc: v.looseObject({ _id: v.string() }) }),
  v.object({ end: v.string(), documents: v.number(), upTo: v.string() }),
]);
export type BackupLine = v.InferOutput<typeof backupLine>;

const lastLine = v.object({ sha256: v.string(), lines: v.number() });

/** A file that is no whole backup: cut off, changed, or something else. */
export class UnusableBackup extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnusableBackup';
  }
}

/** Writes a backup that only its owner may read; under its name it appears when it is whole and on the disk. */
export async function writeBackup(path: string, lines: AsyncIterable<BackupLine>): Promise<void> {
  const part = `${path}.part`;
  try {
    const file = createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true });
    await pipeline(Readable.from(withChecksum(lines)), createGzip(), file);
    await rename(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(part, { force: true });
    throw error;
  }
}

async function* withChecksum(lines: AsyncIterable<BackupLine>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const line of lines) {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    count += 1;
    yield text;
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex'), lines: count })}\n`;
}

/**
 * The lines of a backup. Whether it is whole is known after the last one only: read it through once before anything
 * is done with it.
 * @throws {UnusableBackup}
 */
export async function* readBackup(path: string): AsyncGenerator<BackupLine> {
  const hash = createHash('sha256');
  let count = 0;
  let sum: v.InferOutput<typeof lastLine> | undefined;
  for await (const text of textLines(path)) {
    if (sum !== undefined) throw new UnusableBackup('there is something after its end.');
    const value = parsed(text);
    const line = v.safeParse(backupLine, value);
    if (line.success) {
      if (count === 0 && !('tiski' in line.output)) throw notABackup();
      hash.update(`${text}\n`);
      count += 1;
      yield line.output;
      continue;
    }
    const last = v.safeParse(lastLine, value);
    if (!last.success) throw count === 0 ? notABackup() : new UnusableBackup(`line ${count + 1} is broken.`);
    sum = last.output;
  }
  if (sum === undefined) throw new UnusableBackup('its end is missing.');
  if (sum.lines !== count || sum.sha256 !== hash.digest('hex')) {
    throw new UnusableBackup('its checksum is wrong.');
  }
}

const notABackup = () => new UnusableBackup('it is no backup of Tiski, or one of a newer version.');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lines as they were written; not Node's readline, which also breaks at U+2028 within a text. */
async function* textLines(path: string): AsyncGenerator<string> {
  const chunks = createReadStream(path)
    .on('error', (error) => chunks.destroy(error))
    .pipe(createGunzip());
  let rest = '';
  try {
    for await (const chunk of chunks.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    // zlib's errors: not gzip at all, cut off, or a bad block.
    if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) {
      throw new UnusableBackup('it is cut off or damaged.');
    }
    throw error;
  }
  if (rest !== '') throw new UnusableBackup('its end is missing.');
}
