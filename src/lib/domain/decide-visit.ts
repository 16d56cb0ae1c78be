import type { Card, Scheme } from './card';
import type { ClockReading } from './clock';
import { addDays, day, localDate, localDateTime, minute, weekday, type Instant, type LocalDate } from './day';
import { periodAround } from './limits';
import type { ScannedCode } from './scan-code';
import type { Service, Venue } from './service';
import type { Mark, Refusal, Verdict } from './verdict';

/** What is asked: may the holder of this code have this service, here? */
export interface VisitRequest {
  code: ScannedCode;
  service: Service;
  venue: Venue;
}

/** What the register on the device says about the code. */
export interface RegisterAnswer {
  /** Absent when no card carries the code. */
  found?: { card: Card; scheme?: Scheme };
  /** When the register was last known to be up to date; absent when it was never loaded. */
  asOf?: Instant;
}

/** A visit of this card for this service that was logged and not voided, by any desk of the sector. */
export interface PastVisit {
  at: Instant;
}

/**
 * Decides one visit by the rules of RULES.md, in their order of weight. Pure and total: every input gets
 * a verdict. `history` needs to hold the card's visits for the service since `historyFrom`; order is free.
 */
export function decideVisit(
  request: VisitRequest,
  register: RegisterAnswer,
  history: readonly PastVisit[],
  clock: ClockReading,
): Verdict {
  const { code, service, venue } = request;
  const found = register.found;
  if (!found) return refuse({ reason: code.kind === 'number' ? 'unknown-card' : 'not-a-card' });

  const { card, scheme } = found;
  const { date: today, time } = localDateTime(clock.now, venue.zone);
  const refusal =
    refusalByStatus(card, today) ??
    (scheme?.services.includes(service.id) ? undefined : ({ reason: 'not-included' } as const)) ??
    (isPaused(service, today) ? ({ reason: 'paused' } as const) : undefined);
  if (refusal) return refuse(refusal);

  if (!clock.isPlausible) return { outcome: 'ask', reason: 'clock-wrong' };

  const graceDays = scheme?.graceDays ?? 0;
  const calendarRefusal =
    refusalByDates(card, graceDays, today) ?? refusalByOpening(service, venue, today, time);
  if (calendarRefusal) return refuse(calendarRefusal);

  const repeated = latestWithin(history, service.repeatMinutes * minute, clock.now);
  if (repeated !== undefined) return { outcome: 'already-logged', reason: 'already-logged', at: repeated };

  const limited = refusalByLimit(service, card, venue.zone, today, history);
  if (limited) return refuse(limited);

  const marks: Mark[] = today > card.validUntil ? ['in-grace'] : [];
  return byRegisterAge(venue, register.asOf, clock.now, marks);
}

function refuse(refusal: Refusal): Verdict {
  return { outcome: 'refuse', ...refusal };
}

/** R3: the register's word on the card; a suspension ends after its last day. */
function refusalByStatus(card: Card, today: LocalDate): Refusal | undefined {
  switch (card.status) {
    case 'active':
      return undefined;
    case 'suspended':
      if (card.statusUntil === undefined) return { reason: 'suspended' };
      return today > card.statusUntil ? undefined : { reason: 'suspended', until: card.statusUntil };
    case 'lost':
    case 'replaced':
    case 'ended':
      return { reason: card.status };
  }
}

/** R4: days inclusive, in the venue's zone. */
function refusalByDates(card: Card, graceDays: number, today: LocalDate): Refusal | undefined {
  if (today < card.validFrom) return { reason: 'not-yet-valid', from: card.validFrom };
  if (today > addDays(card.validUntil, graceDays)) return { reason: 'expired', on: card.validUntil };
  return undefined;
}

function isPaused(service: Service, today: LocalDate): boolean {
  return service.paused !== undefined && service.paused.since <= today;
}

/** R5: closed days of the venue and the hours in which the card gives the service. */
function refusalByOpening(
  service: Service,
  venue: Venue,
  today: LocalDate,
  time: string,
): Refusal | undefined {
  if (venue.closedOn.includes(today)) return { reason: 'closed' };
  if (!service.hours) return undefined;
  const todays = service.hours.filter(({ weekdays }) => weekdays.includes(weekday(today)));
  if (todays.length === 0) return { reason: 'closed' };
  if (todays.some(({ from, to }) => from <= time && time < to)) return undefined;
  const opens = todays
    .map(({ from }) => from)
    .filter((from) => from > time)
    .sort()[0];
  return opens === undefined ? { reason: 'outside-hours' } : { reason: 'outside-hours', opens };
}

/** R8: the newest visit within the span; one logged by a faster clock counts as now. */
function latestWithin(history: readonly PastVisit[], spanMs: number, now: Instant): Instant | undefined {
  const recent = history.map(({ at }) => at).filter((at) => Math.abs(now - at) < spanMs);
  return recent.length > 0 ? Math.max(...recent) : undefined;
}

/** R7: counts the period's visits; `frees` is the first day of the next period, if the card is valid then. */
function refusalByLimit(
  service: Service,
  card: Card,
  zone: string,
  today: LocalDate,
  history: readonly PastVisit[],
): Refusal | undefined {
  const { rule } = service;
  if (rule.kind === 'unlimited') return undefined;
  const { from, next } = periodAround(today, rule, card);
  const used = history.filter(({ at }) => {
    const date = localDate(at, zone);
    return date >= from && (next === undefined || date < next);
  }).length;
  if (used < rule.n) return undefined;
  return next !== undefined && next <= card.validUntil
    ? { reason: 'limit-reached', frees: next }
    : { reason: 'limit-reached' };
}

/** R12: an old register is admitted, asked about or refused, as the venue says. */
function byRegisterAge(venue: Venue, asOf: Instant | undefined, now: Instant, marks: Mark[]): Verdict {
  const isStale = asOf === undefined || now - asOf > venue.stale.afterDays * day;
  if (!isStale) return { outcome: 'admit', marks };
  switch (venue.stale.then) {
    case 'admit':
      return { outcome: 'admit', marks: [...marks, 'stale-register'] };
    case 'ask':
      return asOf === undefined
        ? { outcome: 'ask', reason: 'stale-register' }
        : { outcome: 'ask', reason: 'stale-register', asOf };
    case 'refuse':
      return refuse({ reason: 'stale-register' });
  }
}
