import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { instant } from '$lib/documents/fields';
import { CouchFailure } from '../couch/failure';
import { parseJson } from '../couch/json';
import { largestDocument } from '../couch/limits';
import { requireModestJson } from '../http/json-shape';
import { backupLines } from './backup-lines';
import type { BackupIdentity } from './encryption';
import { UnusableBackup } from './unusable-backup';

/**
 * A backup is a gzip file of JSON lines (docs/operations/backup.md): a header, then every database with its
 * documents, and finally the SHA-256 of all lines before; if encrypted, that inside an age file. It is read
 * and written line by line, so its size doesn't matter.
 */
const backupLine = v.union([
  v.object({ tiski: v.literal('backup'), format: v.literal(1), version: v.string(), at: instant }),
  v.object({ database: v.string(), security: v.looseObject({}) }),
  v.object({ doc: v.looseObject({ _id: v.string() }) }),
  v.object({ end: v.string(), documents: v.number(), upTo: v.string() }),
]);
export type BackupLine = v.InferOutput<typeof backupLine>;

const lastLine = v.object({ sha256: v.string(), lines: v.number() });

export interface NumberedLine {
  /** From 1 on. */
  number: number;
  /** Without its line break. */
  bytes: number;
  line: BackupLine;
}

/**
 * The lines of a backup. Only after the last one is it known to be complete: read it through once before
 * acting on it.
 * @throws {UnusableBackup} that names the line
 */
export async function* readBackup(
  path: string,
  identities: readonly BackupIdentity[] = [],
): AsyncGenerator<NumberedLine> {
  const hash = createHash('sha256');
  let number = 0;
  let count = 0;
  let sum: v.InferOutput<typeof lastLine> | undefined;
  for await (const bytes of backupLines(path, { identities })) {
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

/** undefined if it is not JSON. @throws {UnusableBackup} for JSON that the store would not accept */
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
