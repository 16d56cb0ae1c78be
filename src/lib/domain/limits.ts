import { addDays, startOfDay, weekday, type Instant, type LocalDate } from './day';
import type { Card } from './card';
import type { ServiceRule } from './service';

type Limit = Extract<ServiceRule, { kind: 'limit' }>;

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

function seasonAround(today: LocalDate, starts: readonly string[]): Period {
  const year = Number(today.slice(0, 4));
  const days = [year - 1, year, year + 1]
    .flatMap((each) => starts.map((start) => `${String(each).padStart(4, '0')}-${start}`))
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

/** The earliest instant whose visits can matter for a decision today; a store reads history from here. */
export function historyFrom(
  today: LocalDate,
  zone: string,
  rule: ServiceRule,
  repeatMs: number,
  now: Instant,
  card: Card,
): Instant {
  const repeatFrom = now - repeatMs;
  if (rule.kind === 'unlimited') return repeatFrom;
  return Math.min(repeatFrom, startOfDay(periodAround(today, rule, card).from, zone));
}
