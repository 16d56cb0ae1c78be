import { addDays, dayOf, localDate, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { Card, Scheme } from './card';

/** ISO 8601 duration in whole years, months or days, one of them: 'P1Y', 'P6M', 'P30D'. */
export const validityDuration = /^P(\d{1,4})([YMD])$/;

/**
 * The last day of a span that begins with an event on `start`. Months and years end on the day of the same
 * number, or on the month's last day if there is none (3 § of laki säädettyjen määräaikain laskemisesta
 * 150/1930). A text that is not a duration gives `start`: a card is never valid longer by mistake.
 */
export function spanEnd(start: LocalDate, duration: string): LocalDate {
  const parsed = validityDuration.exec(duration);
  if (!parsed) return start;
  const amount = Number(parsed[1]);
  if (parsed[2] === 'D') return addDays(start, amount);
  const months = parsed[2] === 'Y' ? amount * 12 : amount;
  const [year = 0, month = 1, day = 1] = start.split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0));
  lastOfMonth.setUTCDate(Math.min(day, lastOfMonth.getUTCDate()));
  return dayOf(lastOfMonth);
}

/** First and last valid day, both included. */
export interface Validity {
  from: LocalDate;
  until: LocalDate;
}

/**
 * R4 R14: the card's own dates. If the scheme counts from the first visit, no longer than that span, and
 * never beyond the card's last day, so one more visit can only shorten a card.
 */
export function validityOf(
  card: Card,
  scheme: Scheme | undefined,
  firstVisit: Instant | undefined,
  zone: string,
): Validity {
  const { validFrom: from, validUntil } = card;
  if (scheme?.startsOnFirstVisit === undefined || firstVisit === undefined)
    return { from, until: validUntil };
  const end = spanEnd(localDate(firstVisit, zone), scheme.startsOnFirstVisit);
  return { from, until: end < validUntil ? end : validUntil };
}
