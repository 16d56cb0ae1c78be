import { readFile, stat, writeFile } from 'node:fs/promises';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';

/** A file with a few private keys has some hundred bytes, even with a post-quantum one. */
const largestFile = 100_000;

/** A file without an age private key, or with something else besides. */
export class NoIdentityFile extends Error {
  override readonly name = 'NoIdentityFile';
}

/**
 * Makes a private key in a file that only its owner may read, as `age-keygen -o` does.
 * @returns its public key, `age1…`
 */
export async function makeIdentityFile(path: string, at: Date): Promise<string> {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  const text = `# created: ${at.toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  await writeFile(path, text, { mode: 0o600, flag: 'wx', flush: true });
  return recipient;
}

/**
 * The private keys in a file in age's form: one per line, and comments that begin with #. @throws
 * {NoIdentityFile}
 */
export async function readIdentityFile(path: string): Promise<string[]> {
  if ((await stat(path)).size > largestFile) throw new NoIdentityFile();
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0 || !identities.every(isIdentity)) throw new NoIdentityFile();
  return identities;
}

function isIdentity(text: string): boolean {
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}
