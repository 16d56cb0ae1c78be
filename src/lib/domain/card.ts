import type { LocalDate } from './day';

export const cardStatuses = ['active', 'suspended', 'lost', 'replaced', 'ended'] as const;
export type CardStatus = (typeof cardStatuses)[number];

/** What a desk knows of a card: no name, no reason. */
export interface Card {
  /** Eight digits, the last a Damm check digit. */
  number: string;
  scheme: string;
  status: CardStatus;
  /** Last day of a suspension, where one was given. */
  statusUntil?: LocalDate;
  /** First and last valid day, both included, in the venue's time zone. */
  validFrom: LocalDate;
  validUntil: LocalDate;
  /** Initials or birth year, where the city wants identity checked. */
  hint?: string;
}

/** A kind of card (R16: its name is for the office, never for a counter). */
export interface Scheme {
  id: string;
  services: readonly string[];
  /** Days after the last valid day on which the card is still admitted (R4). */
  graceDays: number;
}
