import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bytesOf } from '../bytes';
import { DamagedEncryption, decrypted, isEncrypted, type BackupIdentity } from './encryption';
import { UnusableBackup } from './unusable-backup';

/**
 * Bytes of a line: a document of the maximum size (1 MiB, limits.ts) with attachments of 47 MB. What is
 * written must be readable, so a backup isn't written with a longer one either.
 */
export const longestLine = 64 * 1024 * 1024;

const newline = '\n'.charCodeAt(0);

/**
 * The bytes of each line, as they were written; not Node.js's readline, which also breaks at U+2028 within a
 * text. Holds one line at a time, and gives up on one that doesn't end.
 * @throws {UnusableBackup}
 */
export async function* backupLines(
  path: string,
  {
    identities = [],
    longest = longestLine,
  }: { identities?: readonly BackupIdentity[]; longest?: number } = {},
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let count = 0;
  try {
    for await (const chunk of unzipped(path, identities)) {
      let from = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
        parts.push(chunk.subarray(from, end));
        count += 1;
        yield bytesOf(Buffer.concat(parts));
        [parts, size, from] = [[], 0, end + 1];
      }
      parts.push(chunk.subarray(from));
      size += chunk.length - from;
      if (size > longest) throw new UnusableBackup(`line ${count + 1} is longer than a backup's lines are.`);
    }
  } catch (error) {
    // zlib's errors: not gzip at all, cut off, or a bad block.
    const isZlibs = /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
    if (!isZlibs && !(error instanceof DamagedEncryption)) throw error;
    throw new UnusableBackup(`it is cut off or damaged in line ${count + 1}.`);
  }
  if (size > 0) throw new UnusableBackup(`it ends in the middle of line ${count + 1}.`);
}

async function* unzipped(path: string, identities: readonly BackupIdentity[]): AsyncGenerator<Uint8Array> {
  const content = (await isEncrypted(path)) ? decrypted(path, identities) : createReadStream(path);
  // Errors surface where it is read.
  yield* pipeline(content, createGunzip(), () => undefined) as AsyncIterable<Uint8Array>;
}
