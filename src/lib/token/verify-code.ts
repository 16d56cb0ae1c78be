import { compactVerify, importJWK } from 'jose';
import { cardFromClaims, codeAlgorithm } from '$lib/documents/register/card-claims';
import type { Signature } from '$lib/domain/code/signed-code';
import type { LocalDate } from '$lib/domain/time/day';

/** A key of the catalogue, as `publicKeyFromDocument` returns it. */
export interface PublicKey {
  kid: string;
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string };
  /** Last day on which its signatures are trusted. */
  until?: LocalDate;
}

const notGenuine: Signature = { kind: 'not-genuine' };

/**
 * R2: whether the city signed a code, checked with what the device holds. Never throws: what can't be
 * verified, here or by this browser (Ed25519 in Web Crypto: Chromium from 137, Firefox 129, Safari 17), isn't
 * genuine.
 * @param token a JSON Web Signature in compact form (RFC 7515)
 */
export async function verifyCode(
  token: string,
  keys: readonly PublicKey[],
  today: LocalDate,
): Promise<Signature> {
  try {
    let signedWith: PublicKey | undefined;
    const { payload } = await compactVerify(
      token,
      ({ kid }) => {
        signedWith = keys.find((key) => key.kid === kid);
        if (!signedWith) throw new Error('No such key.');
        return importJWK(signedWith.jwk, codeAlgorithm);
      },
      { algorithms: [codeAlgorithm] },
    );
    const card = cardFromClaims(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
    if (!card || !signedWith) return notGenuine;
    const { until } = signedWith;
    return { kind: 'genuine', card, isKeyExpired: until !== undefined && until < today };
  } catch {
    // A wrong signature, an unknown key, another algorithm, no JSON: all the same to a counter.
    return notGenuine;
  }
}
