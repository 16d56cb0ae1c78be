import { UnusableBackup } from '../backup/backup-file';
import { restore, type Restored } from '../backup/restore';
import { CommandError } from './command-error';
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
  out.write(
    `The backup of ${restored.at} is restored${replace ? ' in place of what was there' : ''}: ` +
      `${grouped(restored.documents)} documents.\n` +
      'Start the server: desks bring back by themselves what they have logged since.\n',
  );
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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new CommandError(`there is no ${file}.`);
    throw error;
  }
}
