import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { bytesOf } from '../bytes';

const derive = promisify(pbkdf2);

/** CouchDB's own fields of a hashed password, so that an account can move to a CouchDB and back. */
export interface PasswordHash {
  password_scheme: 'pbkdf2';
  pbkdf2_prf: 'sha256' | 'sha';
  salt: string;
  iterations: number;
  derived_key: string;
}

/** Bytes of the derived key, as CouchDB has them. */
const keyLength = { sha256: 32, sha: 20 } as const;
const digest = { sha256: 'sha256', sha: 'sha1' } as const;

/** Hashes run on the threads that also read the disk: no more than these at once. */
const atOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs `work`, which makes a hash, when its turn has come: one after another in the order of asking. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function deriveKey(password: string, hash: Omit<PasswordHash, 'derived_key'>): Promise<Buffer> {
  const { salt, iterations, pbkdf2_prf: prf } = hash;
  return derive(password, salt, iterations, keyLength[prf], digest[prf]);
}

/** A fresh salted hash of `password`. */
export async function hashPassword(password: string, iterations: number): Promise<PasswordHash> {
  const salt = randomBytes(16).toString('hex');
  const hash = { password_scheme: 'pbkdf2', pbkdf2_prf: 'sha256', salt, iterations } as const;
  return { ...hash, derived_key: (await inTurn(() => deriveKey(password, hash))).toString('hex') };
}

/** Whether `password` is the one that was hashed. Slow, and so to be called in turn. */
export async function isPasswordOf(password: string, hash: PasswordHash): Promise<boolean> {
  const derived = await deriveKey(password, hash);
  const expected = Buffer.from(hash.derived_key, 'hex');
  return derived.length === expected.length && timingSafeEqual(bytesOf(derived), bytesOf(expected));
}
