import { compactVerify, importJWK } from 'jose';
import { cardFromClaims, codeAlgorithm } from '$lib/documents/register/card-claims';
import type { PublicKey, VerifiedCode } from './verify-code';

/**
 * R2: a signed code as the first cards have it, a JSON Web Signature in compact form (RFC 7515).
 * @throws unless one of the keys signed it: a wrong signature, another algorithm and no JSON are all the same
 *   to a counter
 */
export async function verifyJws(
  token: string,
  keys: readonly PublicKey[],
): Promise<VerifiedCode | undefined> {
  let key: PublicKey | undefined;
  const { payload } = await compactVerify(
    token,
    ({ kid }) => {
      key = keys.find((each) => each.kid === kid);
      if (!key) throw new Error('No such key.');
      return importJWK(key.jwk, codeAlgorithm);
    },
    { algorithms: [codeAlgorithm] },
  );
  const card = cardFromClaims(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  return card && key && { card, key };
}
