import { calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose';
import * as v from 'valibot';
import { instant } from '$lib/documents/fields';
import { officeEncryption, officeKeyAlgorithm, type OfficePublicKey } from '$lib/documents/office-key';
import { parseJson } from '../couch/json';

/** A key pair with which the office opens what devices encrypt for it, as stored on the server's disk. */
export const officeKey = v.object({
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
export type OfficeKey = v.InferOutput<typeof officeKey>;

export async function makeOfficeKey(madeAt: Date): Promise<OfficeKey> {
  const { privateKey } = await generateKeyPair(officeKeyAlgorithm, { crv: 'P-256', extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, 11);
  return v.parse(officeKey, { kid, madeAt: madeAt.toISOString(), jwk });
}

export function publicPart({ jwk: { kty, crv, x, y } }: OfficeKey): OfficePublicKey {
  return { kty, crv, x, y };
}

/** The document that publishes a key. */
export const officeKeyDocumentOf = <const Type extends string>(type: Type, key: OfficeKey) => ({
  _id: `${type}:${key.kid}`,
  type,
  v: 1 as const,
  jwk: publicPart(key),
  madeAt: key.madeAt,
});

export type Opened =
  | { kind: 'opened'; content: unknown }
  /** Something else than what `typ` names. */
  | { kind: 'not-sealed' }
  /** For a key that isn't here. */
  | { kind: 'unknown-key'; kid: string }
  /** It was altered, or a part is missing. */
  | { kind: 'damaged' };

/** Decrypts what a device made for the office, with the key that it names. Never throws. */
export async function openSealed(text: string, typ: string, keys: readonly OfficeKey[]): Promise<Opened> {
  const told = v.safeParse(v.object({ typ: v.literal(typ), kid: v.string() }), headerOf(text));
  if (!told.success) return { kind: 'not-sealed' };
  const { kid } = told.output;
  const key = keys.find((each) => each.kid === kid);
  if (!key) return { kind: 'unknown-key', kid };
  try {
    const { plaintext } = await compactDecrypt(text, await importJWK(key.jwk, officeKeyAlgorithm), {
      keyManagementAlgorithms: [officeKeyAlgorithm],
      contentEncryptionAlgorithms: [officeEncryption],
    });
    return { kind: 'opened', content: parseJson(plaintext) };
  } catch {
    return { kind: 'damaged' };
  }
}

/** The protected header, even of a text whose end is missing. */
function headerOf(text: string): unknown {
  const [first = ''] = text.split('.', 1);
  try {
    return JSON.parse(Buffer.from(first, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
