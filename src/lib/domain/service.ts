import type { LocalDate, LocalTime } from './day';

/** The span over which a limit counts. A season begins on each of the rule's `seasonStarts`. */
export type LimitPeriod = 'day' | 'week' | 'month' | 'season' | 'validity';

/** How often a card may use a service. */
export type ServiceRule =
  | { kind: 'unlimited' }
  | {
      kind: 'limit';
      n: number;
      per: LimitPeriod;
      /** 'MM-DD' of each season's first day, for `per: 'season'`; default one season a year from 01-01. */
      seasonStarts?: readonly string[];
    };

/** Opening on some weekdays (1 Monday … 7 Sunday), from inclusive, to exclusive. */
export interface OpeningHours {
  weekdays: readonly number[];
  from: LocalTime;
  to: LocalTime;
}

export interface Service {
  id: string;
  /** The field of work whose desks share visits, e.g. 'liikunta'. */
  sector: string;
  venues: readonly string[];
  rule: ServiceRule;
  paused?: { since: LocalDate };
  /** When the card gives this service; absent: always. */
  hours?: readonly OpeningHours[];
  /** A second scan within this many minutes is the same visit (R8). */
  repeatMinutes: number;
}

export interface Venue {
  id: string;
  /** IANA zone, e.g. 'Europe/Helsinki'. */
  zone: string;
  /** Days on which the venue is closed (R5). */
  closedOn: readonly LocalDate[];
  /** What to do when the register on the device is old (R12). */
  stale: { afterDays: number; then: 'admit' | 'ask' | 'refuse' };
}
