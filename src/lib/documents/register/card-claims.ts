import * as v from 'valibot';
import { cardNumber, identifier, localDate } from '$lib/documents/fields';
import type { SignedCard } from '$lib/domain/code/signed-code';

/** Algorithm of the keys that sign card codes: EdDSA with Ed25519 (RFC 8037). */
export const codeAlgorithm = 'EdDSA';

/**
 * What a signed card code says (R2), with one-letter names as the first cards have it: number, scheme, first
 * and last valid day. No name, no right, nothing personal. `compact-code.ts` is how it is written today.
 */
const cardClaims = v.strictObject({ n: cardNumber, s: identifier, f: localDate, u: localDate });

/** The card that the claims describe; undefined if they aren't ours. */
export function cardFromClaims(claims: unknown): SignedCard | undefined {
  const parsed = v.safeParse(cardClaims, claims);
  if (!parsed.success) return undefined;
  const { n, s, f, u } = parsed.output;
  return { number: n, scheme: s, validFrom: f, validUntil: u };
}
