import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import * as v from 'valibot';
import { instant } from '$lib/documents/fields';
import { CouchFailure } from '../couch/failure';
import { parseJson } from '../couch/json';
import { largestDocument } from '../couch/limits';
import { requireModestJson } from '../http/json-shape';
import { backupLines, longestLine, UnusableBackup } from './backup-lines';

/**
 * A backup is a gzip file of JSON lines (docs/operations.md): what it is, then every database with its documents,
 * and last the SHA-256 of all lines before. Read and written line by line, so its size doesn't matter.
 */
const backupLine = v.union([
  v.object({ tiski: v.literal('backup'), format: v.literal(1), version: v.string(), at: instant }),
  v.object({ database: v.string(), security: v.looseObject({}) }),
  v.object({ doc: v.looseObject({ _id: v.string() }) }),
  v.object({ end: v.string(), documents: v.number(), upTo: v.string() }),
]);
export type BackupLine = v.InferOutput<typeof backupLine>;

const lastLine = v.object({ sha256: v.string(), lines: v.number() });

/**
 * Writes a backup that only its owner may read; under its name it appears when it is whole and on the disk.
 * @throws {UnusableBackup} for a document that no restore would take
 */
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
    // It could never be restored.
    if (Buffer.byteLength(text) > longestLine) {
      throw new UnusableBackup(
        `${'doc' in line ? line.doc._id : 'a line'} is larger than a backup may hold.`,
      );
    }
    hash.update(text);
    count += 1;
    yield text;
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex'), lines: count })}\n`;
}

export interface NumberedLine {
  /** From 1 on. */
  number: number;
  /** Without its end. */
  bytes: number;
  line: BackupLine;
}

/**
 * The lines of a backup. Whether it is whole is known after the last one only: read it through once before anything
 * is done with it.
 * @throws {UnusableBackup} that names the line
 */
export async function* readBackup(path: string): AsyncGenerator<NumberedLine> {
  const hash = createHash('sha256');
  let number = 0;
  let count = 0;
  let sum: v.InferOutput<typeof lastLine> | undefined;
  for await (const bytes of backupLines(path)) {
    number += 1;
    if (sum !== undefined) throw new UnusableBackup(`there is something after its end, line ${number}.`);
    const value = await parsed(bytes, number);
    const line = v.safeParse(backupLine, value);
    if (line.success) {
      if (count === 0 && !('tiski' in line.output)) throw notABackup();
      hash.update(bytes).update('\n');
      count = number;
      yield { number, bytes: bytes.length, line: line.output };
      continue;
    }
    const last = v.safeParse(lastLine, value);
    if (!last.success) throw count === 0 ? notABackup() : new UnusableBackup(`line ${number} is broken.`);
    sum = last.output;
  }
  if (sum === undefined) throw new UnusableBackup(`its end is missing after line ${count}.`);
  if (sum.lines !== count) {
    throw new UnusableBackup(`it was written with ${sum.lines} lines and has ${count}.`);
  }
  if (sum.sha256 !== hash.digest('hex')) {
    throw new UnusableBackup('its checksum is wrong: some line of it is not as it was written.');
  }
}

const notABackup = () => new UnusableBackup('it is no backup of Tiski, or one of a newer version.');

/** undefined for what is no JSON. @throws {UnusableBackup} for JSON that the store would not take */
async function parsed(bytes: Uint8Array, number: number): Promise<unknown> {
  try {
    // A short line is parsed in no time, whatever is in it.
    if (bytes.length > largestDocument) await requireModestJson(bytes);
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof CouchFailure)) throw error;
    if (error.error === 'too_many_values') throw new UnusableBackup(`line ${number} has too many values.`);
    return undefined;
  }
}
