import {
  isListedRule,
  limitOf,
  type Limit,
  type Service,
  type ServiceRule,
} from '$lib/domain/catalogue/service';
import { addDays, startOfDay, weekday, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { Card } from './card';
import type { Validity } from './validity';
import type { Refusal } from './verdict';

/** A card's visit that was logged and not undone. */
export interface PastVisit {
  at: Instant;
  service: string;
  offering?: string;
}

/** The first day of the period that `today` falls in, and the first day of the next one. */
export interface Period {
  from: LocalDate;
  /** Absent for 'validity': a used-up card doesn't refill. */
  next?: LocalDate;
}

function monthsAfter(date: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

/**
 * 'MM-DD' in a year; 29 February is 1 March in a year without it: browsers disagree on a date that doesn't
 * exist.
 */
function seasonStart(year: string, start: string): LocalDate {
  const [month = '01', day = '01'] = start.split('-');
  return addDays(`${year}-${month}-01`, Number(day) - 1);
}

function seasonAround(today: LocalDate, starts: readonly string[]): Period {
  const year = Number(today.slice(0, 4));
  const days = [year - 1, year, year + 1]
    .flatMap((each) => starts.map((start) => seasonStart(String(each).padStart(4, '0'), start)))
    .sort();
  const from = days.findLast((each) => each <= today) ?? today;
  const next = days.find((each) => each > today);
  return next === undefined ? { from } : { from, next };
}

/** R7: the period of a limit around a day. */
export function periodAround(today: LocalDate, limit: Limit, card: Card): Period {
  switch (limit.per) {
    case 'day':
      return { from: today, next: addDays(today, 1) };
    case 'week': {
      const monday = addDays(today, 1 - weekday(today));
      return { from: monday, next: addDays(monday, 7) };
    }
    case 'month':
      return { from: monthsAfter(today, 0), next: monthsAfter(today, 1) };
    case 'season':
      return seasonAround(today, limit.seasonStarts ?? ['01-01']);
    case 'validity':
      return { from: card.validFrom };
  }
}

/** The earliest instant whose visits can matter to a decision today; a store reads history from here. */
export function historyFrom(
  today: LocalDate,
  zone: string,
  rule: ServiceRule,
  repeatMs: number,
  now: Instant,
  card: Card,
): Instant {
  const limit = limitOf(rule);
  const earliest = [now - repeatMs];
  // R10: a performance counts once, however long ago it was that day.
  if (isListedRule(rule)) earliest.push(startOfDay(today, zone));
  if (limit) earliest.push(startOfDay(periodAround(today, limit, card).from, zone));
  return Math.min(...earliest);
}

/** R7: counts the period's visits; `frees` is the first day of the next period, if the card is valid then. */
export function refusalByLimit(
  rule: ServiceRule,
  service: Service,
  { card, validity, zone, today }: { card: Card; validity: Validity; zone: string; today: LocalDate },
  visits: readonly PastVisit[],
): Refusal | undefined {
  const limit = limitOf(rule);
  if (!limit) return undefined;
  const { from, next } = periodAround(today, limit, card);
  const counts = (visit: PastVisit) => limit.over === 'sector' || visit.service === service.id;
  // Comparing instants is faster than comparing days: a card may have a thousand visits.
  const begins = startOfDay(from, zone);
  const ends = next === undefined ? Infinity : startOfDay(next, zone);
  const used = visits.filter((visit) => visit.at >= begins && visit.at < ends && counts(visit)).length;
  if (used < limit.n) return undefined;
  return next !== undefined && next <= validity.until
    ? { reason: 'limit-reached', frees: next }
    : { reason: 'limit-reached' };
}
