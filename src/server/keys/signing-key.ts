import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { createPrivateKey, sign } from 'node:crypto';
import * as v from 'valibot';
import type { KeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { localDate as day } from '$lib/documents/fields';
import { codeAlgorithm } from '$lib/documents/register/card-claims';
import { compactClaims, compactCodeOf, signedBytes } from '$lib/documents/register/compact-code';
import type { SignedCard } from '$lib/domain/code/signed-code';
import type { LocalDate } from '$lib/domain/time/day';
import { bytesOf } from '../bytes';

/** A key pair as stored on the server's disk. */
export const signingKey = v.object({
  kid: v.pipe(v.string(), v.regex(/^[\w-]{11}$/)),
  /** First day on which it signs: by then every desk has its public part. */
  from: day,
  jwk: v.object({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: v.string(), d: v.string() }),
});
export type SigningKey = v.InferOutput<typeof signingKey>;

/** Characters of the thumbprint (RFC 7638) that name a key: 66 bits. */
const kidLength = 11;

export async function makeSigningKey(from: LocalDate): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(codeAlgorithm, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = (await calculateJwkThumbprint(jwk)).slice(0, kidLength);
  return v.parse(signingKey, { kid, from, jwk });
}

/** The public part, as the catalogue has it. */
export function keyDocumentOf({ kid, from, jwk }: SigningKey): KeyDocument {
  const { kty, crv, x } = jwk;
  return { _id: `key:${kid}`, type: 'key', v: 1, jwk: { kty, crv, x }, from };
}

/** R2: the code of a card, in the compact form. */
export function signCode(card: SignedCard, { kid, jwk }: SigningKey): string {
  const claims = compactClaims(card, kid);
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return compactCodeOf(claims, bytesOf(sign(null, signedBytes(claims), key)));
}
