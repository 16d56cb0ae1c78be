import { open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { Decrypter, Encrypter, type Identity, type Recipient } from 'age-encryption';
import { UnusableBackup } from './unusable-backup';

/**
 * Encrypted backups are age files (https://age-encryption.org/v1): ChaCha20-Poly1305 in chunks of 64 KiB,
 * each with its number and the last with a mark, so that a changed, moved or missing chunk is noticed.
 */
const firstLine = 'age-encryption.org/v1\n';

/** Bytes before the chunks; a recipient takes some hundred, a post-quantum one two thousand. */
const largestHeader = 1024 * 1024;

/** What opens a backup: the text of an age identity (`AGE-SECRET-KEY-1…`), or one that is only in memory. */
export type BackupIdentity = string | Identity;

/** A text that is not an age public key. It is not in the message: it may be a private one. */
export class NoRecipient extends Error {
  constructor() {
    super('that is not an age public key: it must be like age1…');
    this.name = 'NoRecipient';
  }
}

/** Encrypted bytes that were changed, or are incomplete. */
export class DamagedEncryption extends Error {
  override readonly name = 'DamagedEncryption';
}

export interface Encryption {
  encrypt: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** Opens what this process has encrypted: to read it back where the private key is not available. */
  identity: Identity;
}

/** Encrypts for everybody who has one of the private keys. @throws {NoRecipient} */
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
 * The content of an encrypted file; each chunk is verified before it is passed on.
 * @throws {UnusableBackup} if no identity opens it
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
  // Asked last, if no other one has opened it.
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
    // An error of the disk, not of the library, whose errors have no kinds.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new DamagedEncryption('not as it was written', { cause: error });
  }
}

/** @throws {DamagedEncryption} for an endless header: it would be held in memory completely */
async function* bytesOfFile(path: string, header: { isRead: boolean }): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (!header.isRead && size > largestHeader) throw new DamagedEncryption('its header has no end');
    yield chunk;
  }
}

// Node.js and the DOM each declare the same streams.
const asWeb = (content: Readable) => Readable.toWeb(content) as unknown as ReadableStream<Uint8Array>;
const asNode = (content: ReadableStream<Uint8Array>) => content as unknown as NodeStream<Uint8Array>;
