import type { ServiceRule } from '$lib/domain/catalogue/service';
import type { LocalDate } from '$lib/domain/time/day';

export const cardStatuses = ['active', 'suspended', 'lost', 'replaced', 'ended'] as const;
export type CardStatus = (typeof cardStatuses)[number];

/** Who may come along with the holder (R11). */
export interface Companions {
  /** At most so many children. */
  children: number;
  /** One assistant or interpreter. */
  assistant: boolean;
}

/** A single card's own right to a service, beside or instead of its scheme's (R6, R7). */
export interface CardRight {
  service: string;
  /** False takes the service away, whatever the scheme says. */
  isGiven: boolean;
  /** Instead of the service's rule; absent: the service's. */
  rule?: ServiceRule;
}

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
  /** Own rights, one a service at most. */
  rights?: readonly CardRight[];
  /** Instead of the scheme's, each part for itself. */
  companions?: Partial<Companions>;
  /** A group's card admits up to so many members. */
  groupSize?: number;
  /** Initials or birth year, where the city wants identity checked. */
  hint?: string;
}

/** A kind of card (R16: its name is for the office, never for a counter). */
export interface Scheme {
  id: string;
  services: readonly string[];
  /** Days after the last valid day on which the card is still admitted (R4). */
  graceDays: number;
  /** R14: the span for which a card is valid from its first visit on, ISO 8601: 'P6M', 'P30D', 'P1Y'. */
  startsOnFirstVisit?: string;
  companions?: Companions;
  /** R7: this scheme's own rule for a service, by the service's id. */
  rules?: Readonly<Record<string, ServiceRule>>;
  /** R9: a choice ends with its offering, and another may be chosen. */
  endedChoiceFrees?: boolean;
}
