import { contentsOf, documentsOf, ownDatabases } from '../backup/backup-contents';
import { isEncrypted } from '../backup/encryption';
import { identitiesOf } from './backup-keys';
import { backupFailure, leftOutLines } from './backup-report';
import { CommandError } from './command-error';
import { grouped, type LineOutput } from './import-report';

/** `tiski backup verify FILE`: reads a backup to its end and says what is in it. @throws {CommandError} */
export async function runVerify(file: string, identity: string | undefined, out: LineOutput): Promise<void> {
  const identities = await identitiesOf(identity);
  try {
    const contents = await contentsOf(file, identities);
    const own = ownDatabases(contents);
    for (const { database, documents } of own) out.write(`${database}: ${grouped(documents)} documents\n`);
    for (const line of leftOutLines(contents)) out.write(line);
    const kind = (await isEncrypted(file)) ? 'an encrypted backup' : 'a backup';
    out.write(
      `${file} is whole: ${kind} of ${contents.at}, ` +
        `${grouped(documentsOf(contents))} documents in ${own.length} databases.\n`,
    );
  } catch (error) {
    const line = backupFailure(error, file);
    throw line === undefined ? error : new CommandError(line);
  }
}
