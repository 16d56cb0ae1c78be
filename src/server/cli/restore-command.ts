import { restore, RestoreFailed, type Restored } from '../backup/restore';
import { identitiesOf } from './backup-keys';
import { backupFailure, leftOutLines } from './backup-report';
import { CommandError, startFailureLine } from './command-error';
import { grouped, type LineOutput } from './import-report';
import type { StoreOptions } from './start-options';
import { withStore } from './provision';

export interface RestoreCommandOptions extends StoreOptions {
  replace: boolean;
  /** `--identity`: the file with the private key. */
  identity?: string | undefined;
}

/**
 * `tiski restore FILE`: into the data folder of a stopped server, or into the CouchDB of COUCHDB_URL.
 * @throws {CommandError}
 */
export async function runRestore(
  file: string,
  options: RestoreCommandOptions,
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
  const { contents, documents, databases } = restored;
  for (const line of leftOutLines(contents)) out.write(line);
  out.write(
    `The backup of ${contents.at} is restored${replace ? ' in place of what was there' : ''}: ` +
      `${grouped(documents)} documents in ${databases} databases, counted again: the same.\n` +
      'Start the server: desks bring back by themselves what they have logged since.\n',
  );
}

async function restoreOrExplain(
  file: string,
  options: RestoreCommandOptions,
  onDatabase: (database: string, documents: number) => void,
): Promise<Restored> {
  const identities = await identitiesOf(options.identity);
  try {
    return await withStore(options, ({ client }) =>
      restore(client, file, {
        replace: options.replace,
        identities,
        onProgress: ({ database, documents }) => onDatabase(database, documents),
      }),
    );
  } catch (error) {
    if (error instanceof RestoreFailed) {
      throw new CommandError(
        'the restore failed in the middle, what is there now is not whole, and no server starts over it. ' +
          `Repeat it with --replace. ${reasonText(error.reason, options.data)}`,
      );
    }
    const line = backupFailure(error, file);
    throw line === undefined ? error : new CommandError(line);
  }
}

function reasonText(reason: unknown, folder: string): string {
  const text =
    startFailureLine(reason, folder, 0) ?? (reason instanceof Error ? reason.message : String(reason));
  return `Why: ${text}`;
}
