import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { backUp } from '../backup/back-up';
import type { BackupContents } from '../backup/backup-contents';
import { HalfRestored, requireWhole } from '../backup/half-restored';
import { backupName, removeOlder } from '../backup/retention';
import { UnusableBackup } from '../backup/unusable-backup';
import { writeBackup } from '../backup/write-backup';
import { tiskiVersion } from '../tiski-version';
import { encryptionOf } from './backup-keys';
import { CommandError } from './command-error';
import { failureText } from './place-failure';
import { importPlace, openRegister, type ImportOptions } from './import-place';
import { grouped, type LineOutput } from './import-report';

export interface BackupOptions extends ImportOptions {
  /** `--recipient`: age public keys to encrypt it for, separated by commas. */
  recipient?: string | undefined;
  /** `--keep`: how many backups stay in the folder. */
  keep?: number | undefined;
}

/**
 * `tiski backup FILE|FOLDER`: of a running server, a CouchDB, or the folder of a stopped server.
 * @returns the backup's path
 * @throws {CommandError}
 */
export async function runBackup(
  target: string,
  options: BackupOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
  now = new Date(),
): Promise<string> {
  const { recipient, keep } = options;
  const encryption = encryptionOf(recipient);
  const intoFolder = await isFolder(target);
  if (keep !== undefined && !intoFolder) {
    throw new CommandError(`--keep goes with a folder of backups, and ${target} is none.`, 2);
  }
  const path = intoFolder ? join(target, backupName(now, encryption !== undefined)) : target;
  const place = importPlace(options, environment);
  const opened = await openRegister(place);
  if (typeof opened === 'string') throw new CommandError(opened);
  let contents: BackupContents;
  try {
    // No server runs over a partly restored store.
    if (place.kind !== 'server') await requireWhole(opened.client);
    const about = { version: await tiskiVersion(), at: now.toISOString() };
    contents = await writeBackup(path, backUp(opened.client, about), encryption);
  } catch (error) {
    throw new CommandError(fileFailure(error, path) ?? failureText(error, place, opened));
  } finally {
    await opened.close();
  }
  for (const { database, documents, leftOut } of contents.databases) {
    out.write(`${database}: ${grouped(documents + leftOut)} documents\n`);
  }
  out.write(
    `${path} is written, and was read back whole. ` +
      `It holds accounts and what the office knows: ${readersOf(recipient)}.\n` +
      'The private signing keys are not in it: they are files in the folder keys.\n',
  );
  if (keep !== undefined) await keepNewest(path, keep, out);
  return path;
}

const readersOf = (recipient: string | undefined) =>
  recipient === undefined
    ? 'only this account may read it'
    : `only the holder of the private key of ${recipient} can read it`;

/** @throws {CommandError} the new one is written all the same */
async function keepNewest(path: string, keep: number, out: LineOutput): Promise<void> {
  try {
    for (const name of await removeOlder(path, keep)) out.write(`${name} is deleted, as older.\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`older backups can't be deleted (${code}). The new one is written.`);
  }
}

const isFolder = (target: string): Promise<boolean> =>
  stat(target).then(
    (found) => found.isDirectory(),
    () => target.endsWith('/'),
  );

function fileFailure(error: unknown, path: string): string | undefined {
  if (error instanceof HalfRestored) return error.message;
  if (error instanceof UnusableBackup) return `${path} can't be written: ${error.message}`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return `${path}.part is there: another backup runs, or was cut off. Remove it then.`;
  if (code === 'ENOSPC') return `there is no room for ${path}.`;
  return syscall === undefined ? undefined : `${path} can't be written (${code}).`;
}
