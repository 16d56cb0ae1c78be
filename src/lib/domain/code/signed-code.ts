import type { LocalDate } from '$lib/domain/time/day';

/** What a signed code says of its card (R2): enough for a verdict where the register is too old. */
export interface SignedCard {
  number: string;
  scheme: string;
  validFrom: LocalDate;
  validUntil: LocalDate;
}

/** What came of looking at a code's signature. */
export type Signature =
  /** Signed by a key of the catalogue; `isKeyExpired`: one that the city has given up. */
  | { kind: 'genuine'; card: SignedCard; isKeyExpired: boolean }
  /** Forged, altered, of another city, or signed by a key that this device has not got. */
  | { kind: 'not-genuine' };
