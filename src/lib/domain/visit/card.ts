import type { ServiceRule } from '$lib/domain/catalogue/service';
import type { LocalDate } from '$lib/domain/time/day';

export const cardStatuses = ['active', 'suspended', 'lost', 'replaced', 'ended'] as const;
export type CardStatus = (typeof cardStatuses)[number];

/** Who may come along with the holder (R11). */
export interface Companions {
  /** At most this many children. */
  children: number;
  /** One assistant or interpreter. */
  assistant: boolean;
}

/** A card's own right to a service, in addition to its scheme's or instead of it (R6, R7). */
export interface CardRight {
  service: string;
  /** False takes the service away, whatever the scheme says. */
  isGiven: boolean;
  /** Instead of the service's rule; if absent, that one applies. */
  rule?: ServiceRule;
}

/** What a desk knows about a card: no name, no reason. */
export interface Card {
  /** Eight digits, the last a Damm check digit. */
  number: string;
  scheme: string;
  status: CardStatus;
  /** Last day of a suspension, if one is given. */
  statusUntil?: LocalDate;
  /** First and last valid day, both included, in the venue's time zone. */
  validFrom: LocalDate;
  validUntil: LocalDate;
  /** Its own rights, at most one per service. */
  rights?: readonly CardRight[];
  /** Instead of the scheme's, each part separately. */
  companions?: Partial<Companions>;
  /** A group's card admits up to this many members. */
  groupSize?: number;
  /** Initials or birth year, if the city wants identity checked. */
  hint?: string;
}

/** A kind of card (R16: its name is for the office, never for a counter). */
export interface Scheme {
  id: string;
  services: readonly string[];
  /** Days after the last valid day on which the card is still admitted (R4). */
  graceDays: number;
  /** R14: the span for which a card is valid from its first visit, ISO 8601: 'P6M', 'P30D', 'P1Y'. */
  startsOnFirstVisit?: string;
  companions?: Companions;
  /** R7: this scheme's own rule for a service, by service id. */
  rules?: Readonly<Record<string, ServiceRule>>;
  /** R9: a choice ends with its offering, and another may be chosen. */
  endedChoiceFrees?: boolean;
}
