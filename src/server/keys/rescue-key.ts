import { calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose';
import * as v from 'valibot';
import type { RescueKeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { instant } from '$lib/documents/fields';
import { rescueAlgorithm, rescueEncryption, rescueFileType } from '$lib/documents/fleet/rescue-file';
import { parseJson } from '../couch/json';

/** A key pair for rescue files (S16), as stored on the server's disk. */
export const rescueKey = v.object({
  kid: v.pipe(v.string(), v.regex(/^[\w-]{11}$/)),
  madeAt: instant,
  jwk: v.object({
    kty: v.literal('EC'),
    crv: v.literal('P-256'),
    x: v.string(),
    y: v.string(),
    d: v.string(),
  }),
});
export type RescueKey = v.InferOutput<typeof rescueKey>;

export async function makeRescueKey(madeAt: Date): Promise<RescueKey> {
  const { privateKey } = await generateKeyPair(rescueAlgorithm, { crv: 'P-256', extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, 11);
  return v.parse(rescueKey, { kid, madeAt: madeAt.toISOString(), jwk });
}

/** The public part, as the catalogue has it. */
export function rescueKeyDocumentOf({ kid, madeAt, jwk }: RescueKey): RescueKeyDocument {
  const { kty, crv, x, y } = jwk;
  return { _id: `rescue-key:${kid}`, type: 'rescue-key', v: 1, jwk: { kty, crv, x, y }, madeAt };
}

export type OpenedFile =
  | { kind: 'opened'; content: unknown }
  /** Something other than a rescue file. */
  | { kind: 'not-rescue' }
  /** A rescue file for a key that isn't here. */
  | { kind: 'unknown-key'; kid: string }
  /** It was altered, or a part is missing. */
  | { kind: 'damaged' };

const header = v.object({ typ: v.literal(rescueFileType), kid: v.string() });

/** Decrypts a rescue file with the key that it names. Never throws. */
export async function openRescueFile(text: string, keys: readonly RescueKey[]): Promise<OpenedFile> {
  const file = text.trim();
  const told = v.safeParse(header, headerOf(file));
  if (!told.success) return { kind: 'not-rescue' };
  const { kid } = told.output;
  const key = keys.find((each) => each.kid === kid);
  if (!key) return { kind: 'unknown-key', kid };
  try {
    const { plaintext } = await compactDecrypt(file, await importJWK(key.jwk, rescueAlgorithm), {
      keyManagementAlgorithms: [rescueAlgorithm],
      contentEncryptionAlgorithms: [rescueEncryption],
    });
    return { kind: 'opened', content: parseJson(plaintext) };
  } catch {
    return { kind: 'damaged' };
  }
}

/** The protected header, even of a file whose end is missing. */
function headerOf(file: string): unknown {
  const [first = ''] = file.split('.', 1);
  try {
    return JSON.parse(Buffer.from(first, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
