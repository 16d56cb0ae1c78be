import { encryptionFor, NoRecipient, type Encryption } from '../backup/encryption';
import { makeIdentityFile, NoIdentityFile, readIdentityFile } from '../backup/identity-file';
import { CommandError } from './command-error';
import type { LineOutput } from './import-report';

/** For the public keys of `--recipient`, separated by commas; undefined without them. @throws {CommandError} */
export function encryptionOf(recipient: string | undefined): Encryption | undefined {
  if (recipient === undefined) return undefined;
  try {
    return encryptionFor(recipient.split(',').map((each) => each.trim()));
  } catch (error) {
    if (error instanceof NoRecipient) throw new CommandError(`--recipient: ${error.message}`, 2);
    throw error;
  }
}

/** The private keys in the file of `--identity`; empty without it. @throws {CommandError} */
export async function identitiesOf(file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  try {
    return await readIdentityFile(file);
  } catch (error) {
    if (error instanceof NoIdentityFile) {
      throw new CommandError(`${file} holds no age private key: it must have lines like AGE-SECRET-KEY-1…`);
    }
    throw new CommandError(`${file} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** `tiski backup keygen FILE`. @throws {CommandError} if the file exists, or can't be written */
export async function runBackupKeygen(file: string, out: LineOutput, now = new Date()): Promise<void> {
  const recipient = await makeIdentityFile(file, now).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} can't be written (${error.code}).`);
  });
  out.write(
    `Public key: ${recipient}\n` +
      `Give it to backups with --recipient or TISKI_BACKUP_RECIPIENT. The private key is in ${file}: without it nobody ` +
      'opens them. Keep it in two safe places, and not on the server.\n',
  );
}
