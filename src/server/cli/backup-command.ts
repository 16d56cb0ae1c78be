import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { backUp } from '../backup/back-up';
import { writeBackup } from '../backup/backup-file';
import { UnusableBackup } from '../backup/backup-lines';
import { HalfRestored, requireWhole } from '../backup/half-restored';
import { tiskiVersion } from '../main';
import { CommandError } from './command-error';
import { failureText } from './import-command';
import { importPlace, openRegister, type ImportOptions } from './import-place';
import { grouped, type LineOutput } from './import-report';

/**
 * `tiski backup FILE|FOLDER`: of a running server, a CouchDB, or the folder of a server that is stopped.
 * @returns the backup's path
 * @throws {CommandError}
 */
export async function runBackup(
  target: string,
  options: ImportOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
  now = new Date(),
): Promise<string> {
  const path = await backupPath(target, now);
  const place = importPlace(options, environment);
  const opened = await openRegister(place);
  if (typeof opened === 'string') throw new CommandError(opened);
  const counts = new Map<string, number>();
  try {
    // Over a part of a restored store no server runs.
    if (place.kind !== 'server') await requireWhole(opened.client);
    const about = { version: await tiskiVersion(), at: now.toISOString() };
    const lines = backUp(opened.client, about, ({ database, documents }) => counts.set(database, documents));
    await writeBackup(path, lines);
  } catch (error) {
    throw new CommandError(fileFailure(error, path) ?? failureText(error, place, opened));
  } finally {
    await opened.close();
  }
  for (const [database, documents] of counts) out.write(`${database}: ${grouped(documents)} documents\n`);
  out.write(
    `${path} is written. It holds accounts and what the office knows: only this account may read it.\n` +
      'The private signing keys are not in it: they are files in the folder keys.\n',
  );
  return path;
}

/** A folder gets a file with the time in its name. */
async function backupPath(target: string, now: Date): Promise<string> {
  const isFolder = await stat(target).then(
    (found) => found.isDirectory(),
    () => target.endsWith('/'),
  );
  const time = now.toISOString().slice(0, 19).replaceAll(':', '');
  return isFolder ? join(target, `tiski-${time}Z.backup.gz`) : target;
}

function fileFailure(error: unknown, path: string): string | undefined {
  if (error instanceof HalfRestored) return error.message;
  if (error instanceof UnusableBackup) return `${path} can't be written: ${error.message}`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return `${path}.part is there: another backup runs, or was cut off. Remove it then.`;
  if (code === 'ENOSPC') return `there is no room for ${path}.`;
  return syscall === undefined ? undefined : `${path} can't be written (${code}).`;
}
