import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { bytesOf } from '../bytes';
import { busy } from '../couch/failure';
import { deskIterations } from './desk-password';
import { FairQueue, noPlace } from './fair-queue';

const derive = promisify(pbkdf2);

/** CouchDB's own fields of a hashed password, so that an account can move to a CouchDB and back. */
export interface PasswordHash {
  password_scheme: 'pbkdf2';
  pbkdf2_prf: 'sha256' | 'sha';
  salt: string;
  iterations: number;
  derived_key: string;
}

/** Bytes of the derived key, as in CouchDB. */
const keyLength = { sha256: 32, sha: 20 } as const;
const digest = { sha256: 'sha256', sha: 'sha1' } as const;

/** Hashes run on the threads that also read the disk: no more than two at once. */
const slowHashes = new FairQueue({ atOnce: 2, most: 500, ofOneAddress: 250, ofOneName: 10 });
/**
 * A city's desks after a restart, all at once and maybe behind one address: not to wait behind guessed
 * passwords.
 */
const quickHashes = new FairQueue({ atOnce: 2, most: 5000, ofOneAddress: 2500, ofOneName: 10 });

/**
 * Whether such a hash is quick to check: a desk's own. More rounds are slow on purpose (docs/decisions/0009).
 */
export const isQuick = ({ iterations }: Pick<PasswordHash, 'iterations'>): boolean =>
  iterations <= deskIterations;

/** The queue that a check of such a hash waits in. */
export const queueFor = (hash: Pick<PasswordHash, 'iterations'>): FairQueue =>
  isQuick(hash) ? quickHashes : slowHashes;

function deriveKey(password: string, hash: Omit<PasswordHash, 'derived_key'>): Promise<Buffer> {
  const { salt, iterations, pbkdf2_prf: prf } = hash;
  return derive(password, salt, iterations, keyLength[prf], digest[prf]);
}

/** New hashes are made by the server itself, and for people who are signed in. */
const ownTurn = { address: 'server', name: 'new' };

/**
 * A salted hash of `password`.
 * @param salt a fresh one if absent; with the same one the account's sessions stay valid
 * @throws {CouchFailure} 503 if too many are being made
 */
export async function hashPassword(
  password: string,
  iterations: number,
  salt = randomBytes(16).toString('hex'),
): Promise<PasswordHash> {
  const hash = { password_scheme: 'pbkdf2', pbkdf2_prf: 'sha256', salt, iterations } as const;
  const derived = await queueFor(hash).run(ownTurn, () => deriveKey(password, hash));
  if (derived === noPlace) throw busy();
  return { ...hash, derived_key: derived.toString('hex') };
}

/** Whether `password` is the one that was hashed. Slow, so run it through a queue. */
export async function isPasswordOf(password: string, hash: PasswordHash): Promise<boolean> {
  const derived = await deriveKey(password, hash);
  const expected = Buffer.from(hash.derived_key, 'hex');
  return derived.length === expected.length && timingSafeEqual(bytesOf(derived), bytesOf(expected));
}
