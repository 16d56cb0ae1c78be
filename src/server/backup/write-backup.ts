import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { contentsOf, type BackupContents } from './backup-contents';
import type { BackupLine } from './backup-file';
import { longestLine } from './backup-lines';
import type { Encryption } from './encryption';
import { UnusableBackup } from './unusable-backup';

/**
 * Writes a backup that only its owner may read; it gets its name once it is on the disk and was read back
 * completely.
 * @returns what was read back
 * @throws {UnusableBackup} for a document that no restore would accept
 */
export async function writeBackup(
  path: string,
  lines: AsyncIterable<BackupLine>,
  encryption?: Encryption,
): Promise<BackupContents> {
  const part = `${path}.part`;
  try {
    const file = createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true });
    const content = Readable.from(withChecksum(lines));
    if (encryption === undefined) await pipeline(content, createGzip(), file);
    else await pipeline(content, createGzip(), encryption.encrypt, file);
    const contents = await contentsOf(part, encryption === undefined ? [] : [encryption.identity]);
    await rename(part, path);
    return contents;
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
