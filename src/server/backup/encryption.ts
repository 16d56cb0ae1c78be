import { open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { Decrypter, Encrypter, type Identity, type Recipient } from 'age-encryption';
import { UnusableBackup } from './unusable-backup';

/**
 * Encrypted backups are age files (https://age-encryption.org/v1): ChaCha20-Poly1305 in chunks of 64 KiB with the number
 * of each and a mark of the last, so that one that is changed, moved or missing is noticed.
 */
const firstLine = 'age-encryption.org/v1\n';

/** Bytes of what comes before the chunks; a recipient takes some hundred, a post-quantum one two thousand. */
const largestHeader = 1024 * 1024;

/** What opens a backup: the text of an age identity (`AGE-SECRET-KEY-1…`), or one that is in memory only. */
export type BackupIdentity = string | Identity;

/** A text that is no public key of age. It is not in the message: it may be a private one. */
export class NoRecipient extends Error {
  constructor() {
    super('that is no public key of age: it must be like age1…');
    this.name = 'NoRecipient';
  }
}

/** Encrypted bytes that are not as they were written, or not all there. */
export class DamagedEncryption extends Error {
  override readonly name = 'DamagedEncryption';
}

export interface Encryption {
  encrypt: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** Opens what was encrypted here, in this process: to read it back where the private key is not. */
  identity: Identity;
}

/** Encryption for everybody who has one of the private keys. @throws {NoRecipient} */
export function encryptionFor(recipients: readonly string[]): Encryption {
  const encrypter = new Encrypter();
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient);
  } catch {
    throw new NoRecipient();
  }
  const own = fileKeyInMemory();
  encrypter.addRecipient(own);
  return {
    identity: own,
    async *encrypt(content) {
      yield* Readable.fromWeb(asNode(await encrypter.encrypt(asWeb(Readable.from(content)))));
    },
  };
}

/** A recipient that leaves nothing in the file, and remembers the key of its content. */
function fileKeyInMemory(): Recipient & Identity {
  let fileKey: Uint8Array | null = null;
  return {
    wrapFileKey(key) {
      fileKey = key;
      return [];
    },
    unwrapFileKey: () => fileKey,
  };
}

export async function isEncrypted(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const start = new Uint8Array(firstLine.length);
    await file.read(start, 0, start.length, 0);
    return new TextDecoder().decode(start) === firstLine;
  } finally {
    await file.close();
  }
}

/**
 * The content of an encrypted file, each chunk after it was found to be as it was written.
 * @throws {UnusableBackup} when no identity opens it
 * @throws {DamagedEncryption}
 */
export async function* decrypted(
  path: string,
  identities: readonly BackupIdentity[],
): AsyncGenerator<Uint8Array> {
  if (identities.length === 0) {
    throw new UnusableBackup('it is encrypted. Name the file of its private key with --identity.');
  }
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  let isForOthers = false;
  // Asked last, when no other one has opened it.
  decrypter.addIdentity({
    unwrapFileKey() {
      isForOthers = true;
      return null;
    },
  });
  const header = { isRead: false };
  try {
    const content = await decrypter.decrypt(asWeb(Readable.from(bytesOfFile(path, header))));
    header.isRead = true;
    yield* Readable.fromWeb(asNode(content));
  } catch (error) {
    if (isForOthers) throw new UnusableBackup('it is encrypted for other keys than that of --identity.');
    // Of the disk, not of the library: that has no kinds of errors.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new DamagedEncryption('not as it was written', { cause: error });
  }
}

/** @throws {DamagedEncryption} for a header without end: it would be held whole */
async function* bytesOfFile(path: string, header: { isRead: boolean }): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (!header.isRead && size > largestHeader) throw new DamagedEncryption('its header has no end');
    yield chunk;
  }
}

// Node and the DOM declare the same streams, each on its own.
const asWeb = (content: Readable) => Readable.toWeb(content) as unknown as ReadableStream<Uint8Array>;
const asNode = (content: ReadableStream<Uint8Array>) => content as unknown as NodeStream<Uint8Array>;
