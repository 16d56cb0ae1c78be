import type { LocalDate, LocalTime } from '$lib/domain/time/day';
import type { Card, Scheme } from '$lib/domain/visit/card';

/** The span over which a limit counts. A season begins on each of the rule's `seasonStarts`. */
export const limitPeriods = ['day', 'week', 'month', 'season', 'validity'] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

/** R7: at most `n` visits per period. */
export interface Limit {
  n: number;
  per: LimitPeriod;
  /** 'MM-DD' of each season's first day, for `per: 'season'`; default one season a year from 01-01. */
  seasonStarts?: readonly string[];
  /** What counts: visits for this service (the default), or for any service of its sector. */
  over?: 'service' | 'sector';
}

/** How a card may use a service. */
export type ServiceRule =
  | { kind: 'unlimited' }
  | ({ kind: 'limit' } & Limit)
  /** R9: up to `n` offerings that the holder chooses, e.g. one course. */
  | { kind: 'choice'; n: number }
  /** R10: today's listed offerings, e.g. certain performances, within the limit if there is one. */
  | { kind: 'listed'; limit?: Limit }
  /** R10: so many portions a day at each venue, within the limit if there is one. */
  | { kind: 'portions'; perDay: number; limit?: Limit };

/** Open from (inclusive) to (exclusive), within one day; '24:00' is the end of the day. */
export interface TimeSpan {
  from: LocalTime;
  to: LocalTime;
}

/** Opening on some weekdays (1 Monday … 7 Sunday). */
export interface OpeningHours extends TimeSpan {
  weekdays: readonly number[];
}

export interface Service {
  id: string;
  /** The field of work whose desks share visits, e.g. 'liikunta'. */
  sector: string;
  venues: readonly string[];
  rule: ServiceRule;
  /** Not given from `since` on, through `until` if a day is given (R5). */
  paused?: { since: LocalDate; until?: LocalDate };
  /** When the card gives this service; absent: whenever the venue is open. */
  hours?: readonly OpeningHours[];
  /** A second scan within this many minutes is the same visit (R8). */
  repeatMinutes: number;
}

/** Hours that differ from the week's on some days; closed if `hours` is empty. */
export interface OpeningException {
  from: LocalDate;
  to: LocalDate;
  hours: readonly TimeSpan[];
}

export interface Venue {
  id: string;
  /** IANA zone, e.g. 'Europe/Helsinki'. */
  zone: string;
  /** The week's hours; absent: the venue doesn't say, and counts as open. */
  hours?: readonly OpeningHours[];
  /** R5: what applies instead on some days; the first entry that fits counts. */
  exceptions: readonly OpeningException[];
  /** R5: whether the venue is closed on Finland's public holidays. */
  closedOnHolidays: boolean;
  /** What to do when the device's register is old (R12). */
  stale: { afterDays: number; then: 'admit' | 'ask' | 'refuse' };
}

/**
 * R6 R7: the rule by which a card uses a service: its own, its scheme's, or the service's; undefined if not
 * given.
 */
export function ruleFor(service: Service, card: Card, scheme: Scheme | undefined): ServiceRule | undefined {
  const own = card.rights?.find((right) => right.service === service.id);
  if (own) return own.isGiven ? (own.rule ?? schemeRule(service, scheme)) : undefined;
  return scheme?.services.includes(service.id) ? schemeRule(service, scheme) : undefined;
}

/** R7: the scheme's rule for a service, or the service's own. */
export function schemeRule(service: Service, scheme: Scheme | undefined): ServiceRule {
  const { rules } = scheme ?? {};
  return (rules && Object.hasOwn(rules, service.id) ? rules[service.id] : undefined) ?? service.rule;
}

/** R7: the rule's limit, if it has one. */
export function limitOf(rule: ServiceRule): Limit | undefined {
  switch (rule.kind) {
    case 'limit':
      return rule;
    case 'listed':
    case 'portions':
      return rule.limit;
    case 'unlimited':
    case 'choice':
      return undefined;
  }
}

/** R9: how many offerings the holder may choose; undefined if there is no choice. */
export function choicesAllowed(rule: ServiceRule | undefined): number | undefined {
  switch (rule?.kind) {
    case 'choice':
      return rule.n;
    case 'unlimited':
    case 'limit':
    case 'listed':
    case 'portions':
    case undefined:
      return undefined;
  }
}

/** R10: how many portions a day a venue gives; undefined if they aren't counted. */
export function portionsPerDay(rule: ServiceRule | undefined): number | undefined {
  switch (rule?.kind) {
    case 'portions':
      return rule.perDay;
    case 'unlimited':
    case 'limit':
    case 'choice':
    case 'listed':
    case undefined:
      return undefined;
  }
}

/** R10: whether each visit is for one of the day's listed offerings. */
export function isListedRule(rule: ServiceRule | undefined): boolean {
  switch (rule?.kind) {
    case 'listed':
      return true;
    case 'unlimited':
    case 'limit':
    case 'choice':
    case 'portions':
    case undefined:
      return false;
  }
}
