import * as v from 'valibot';
import { cardNumber, identifier, localDate } from '$lib/documents/fields';
import type { SignedCard } from '$lib/domain/code/signed-code';

/** Signature algorithm of card codes: EdDSA with Ed25519 (RFC 8037). */
export const codeAlgorithm = 'EdDSA';

/**
 * What a signed card code says (R2), with one-letter names so that its QR code stays coarse enough for a
 * cheap camera: number, scheme, first and last valid day. No name, no right, nothing personal.
 */
const cardClaims = v.strictObject({ n: cardNumber, s: identifier, f: localDate, u: localDate });
export type CardClaims = v.InferOutput<typeof cardClaims>;

export const claimsFromCard = ({ number, scheme, validFrom, validUntil }: SignedCard): CardClaims => ({
  n: number,
  s: scheme,
  f: validFrom,
  u: validUntil,
});

/** The card that the claims describe; undefined if they aren't ours. */
export function cardFromClaims(claims: unknown): SignedCard | undefined {
  const parsed = v.safeParse(cardClaims, claims);
  if (!parsed.success) return undefined;
  const { n, s, f, u } = parsed.output;
  return { number: n, scheme: s, validFrom: f, validUntil: u };
}
