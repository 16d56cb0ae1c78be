import { CompactSign, importJWK } from 'jose';
import type { SignedCard } from '../src/lib/domain/code/signed-code';
import type { SigningKey } from '../src/server/keys/signing-key';

/** R2: a card's code as the first cards have it, a JSON Web Signature. The server makes none any more. */
export async function signLandedCode(card: SignedCard, { kid, jwk }: SigningKey): Promise<string> {
  const { number: n, scheme: s, validFrom: f, validUntil: u } = card;
  const claims = new TextEncoder().encode(JSON.stringify({ n, s, f, u }));
  return new CompactSign(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .sign(await importJWK(jwk, 'EdDSA'));
}
