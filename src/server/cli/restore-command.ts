import { UnusableBackup } from '../backup/backup-lines';
import { restore, RestoreFailed, type LeftOut, type Restored } from '../backup/restore';
import { CommandError, startFailureLine } from './command-error';
import { grouped, type LineOutput } from './import-report';
import type { StoreOptions } from './options';
import { withStore } from './provision';

/**
 * `tiski restore FILE`: into the data folder of a server that is stopped, or into the CouchDB of COUCHDB_URL.
 * @throws {CommandError}
 */
export async function runRestore(
  file: string,
  options: StoreOptions & { replace: boolean },
  out: LineOutput,
): Promise<void> {
  const { replace } = options;
  const restored = await restoreOrExplain(file, options, (database, documents) =>
    out.write(`${database}: ${grouped(documents)} documents\n`),
  );
  if (restored.kind === 'not-empty') {
    throw new CommandError(
      `${restored.database} has documents already: nothing was restored. --replace deletes what is there.`,
    );
  }
  for (const left of restored.leftOut) out.write(leftOutLine(left));
  out.write(
    `The backup of ${restored.at} is restored${replace ? ' in place of what was there' : ''}: ` +
      `${grouped(restored.documents)} documents.\n` +
      'Start the server: desks bring back by themselves what they have logged since.\n',
  );
}

/** Its name comes from the file. */
function leftOutLine({ database, documents, isWhole }: LeftOut): string {
  const name = JSON.stringify(database.slice(0, 80));
  return isWhole
    ? `Left out: ${name}, ${grouped(documents)} documents. It is no database of this version.\n`
    : `Left out: ${grouped(documents)} documents in ${name}, rules or of another kind. This version brings its own rules.\n`;
}

async function restoreOrExplain(
  file: string,
  options: StoreOptions & { replace: boolean },
  onDatabase: (database: string, documents: number) => void,
): Promise<Restored> {
  try {
    return await withStore(options, ({ client }) =>
      restore(client, file, {
        replace: options.replace,
        onProgress: ({ database, documents }) => onDatabase(database, documents),
      }),
    );
  } catch (error) {
    if (error instanceof UnusableBackup) throw new CommandError(`${file} can't be used: ${error.message}`);
    if (error instanceof RestoreFailed) {
      throw new CommandError(
        'the restore failed in the middle, what is there now is not whole, and no server starts over it. ' +
          `Repeat it with --replace. ${reasonText(error.reason, options.data)}`,
      );
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new CommandError(`there is no ${file}.`);
    throw error;
  }
}

function reasonText(reason: unknown, folder: string): string {
  const text =
    startFailureLine(reason, folder, 0) ?? (reason instanceof Error ? reason.message : String(reason));
  return `Why: ${text}`;
}
