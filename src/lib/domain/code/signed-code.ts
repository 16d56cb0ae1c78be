import type { LocalDate } from '$lib/domain/time/day';

/** What a signed code says about its card (R2): enough for a verdict when the register is too old. */
export interface SignedCard {
  number: string;
  scheme: string;
  validFrom: LocalDate;
  validUntil: LocalDate;
}

/** Result of verifying a code's signature. */
export type Signature =
  /** Signed by a key in the catalogue; `isKeyExpired`: by one that the city has retired. */
  | { kind: 'genuine'; card: SignedCard; isKeyExpired: boolean }
  /** Forged, altered, from another city, or signed by a key that this device doesn't have. */
  | { kind: 'not-genuine' };
