import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from 'jose';
import * as v from 'valibot';
import { parseJson } from '../couch/json';
import { storePrivateKey, readSigningKeys, type KeyStore } from './key-store';
import { officeKey } from './office-key';
import { fileNameOf, readOfficeKeys, rescueKeys, submissionKeys } from './office-key-store';
import { signingKey } from './signing-key';

/** A passphrase becomes a key by PBES2 (RFC 7518, 4.8), with as many rounds as passwords have here. */
const algorithm = 'PBES2-HS512+A256KW';
const encryption = 'A256GCM';
const rounds = 600_000;
const fileType = 'tiski-keys';

export const shortestPassphrase = 15;

const contents = v.object({
  signing: v.array(signingKey),
  rescue: v.array(officeKey),
  /** Absent in files of versions that had no submissions. */
  submissions: v.optional(v.array(officeKey), []),
});

/** The private keys of a server as one text that only the passphrase opens: a JWE in compact form (RFC 7516). */
export async function sealKeys(store: KeyStore, passphrase: string): Promise<{ text: string; keys: number }> {
  const signing = await readSigningKeys(store);
  const rescue = await readOfficeKeys(store, rescueKeys);
  const submissions = await readOfficeKeys(store, submissionKeys);
  const plain = new TextEncoder().encode(JSON.stringify({ signing, rescue, submissions }));
  const text = await new CompactEncrypt(plain)
    .setProtectedHeader({ alg: algorithm, enc: encryption, typ: fileType })
    .setKeyManagementParameters({ p2c: rounds })
    .encrypt(new TextEncoder().encode(passphrase));
  return { text, keys: signing.length + rescue.length + submissions.length };
}

export type Unsealed =
  | { kind: 'unsealed'; added: number; present: number }
  /** Something other than sealed keys. */
  | { kind: 'not-keys' }
  /** The wrong passphrase, or a damaged file. */
  | { kind: 'not-opened' };

/** Adds the keys of a sealed text to the existing ones; none is overwritten. */
export async function unsealKeys(store: KeyStore, text: string, passphrase: string): Promise<Unsealed> {
  if (!isSealed(text.trim())) return { kind: 'not-keys' };
  const plain = await compactDecrypt(text.trim(), new TextEncoder().encode(passphrase), {
    keyManagementAlgorithms: [algorithm],
    contentEncryptionAlgorithms: [encryption],
    maxPBES2Count: rounds,
  }).catch(() => undefined);
  if (plain === undefined) return { kind: 'not-opened' };
  const { signing, rescue, submissions } = v.parse(contents, parseJson(plain.plaintext));
  const files = [
    ...signing.map((key) => [`${key.kid}.json`, key] as const),
    ...rescue.map((key) => [fileNameOf(rescueKeys, key.kid), key] as const),
    ...submissions.map((key) => [fileNameOf(submissionKeys, key.kid), key] as const),
  ];
  let added = 0;
  for (const [name, key] of files) {
    if (await isStoredAnew(store, name, key)) added += 1;
  }
  return { kind: 'unsealed', added, present: files.length - added };
}

function isSealed(text: string): boolean {
  try {
    return decodeProtectedHeader(text).typ === fileType;
  } catch {
    return false;
  }
}

async function isStoredAnew(store: KeyStore, name: string, key: object): Promise<boolean> {
  try {
    await storePrivateKey(store, name, key);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
