import { weekday, type LocalDate, type LocalTime } from '$lib/domain/time/day';
import type { Refusal } from '$lib/domain/visit/verdict';
import { isPublicHoliday } from './holidays';
import type { OpeningHours, Service, TimeSpan, Venue } from './service';

const onWeekday = (hours: readonly OpeningHours[], date: LocalDate): readonly TimeSpan[] =>
  hours.filter(({ weekdays }) => weekdays.includes(weekday(date)));

/**
 * When the venue is open on a day; undefined if it doesn't say. An exception beats a holiday, which beats the
 * week.
 */
export function venueHoursOn(venue: Venue, date: LocalDate): readonly TimeSpan[] | undefined {
  const exception = venue.exceptions.find(({ from, to }) => from <= date && date <= to);
  if (exception) return exception.hours;
  if (venue.closedOnHolidays && isPublicHoliday(date)) return [];
  return venue.hours && onWeekday(venue.hours, date);
}

const later = (a: LocalTime, b: LocalTime) => (a > b ? a : b);
const earlier = (a: LocalTime, b: LocalTime) => (a < b ? a : b);

/** The spans when the venue is open and the card gives the service; undefined: all day. */
function spansOn(service: Service, venue: Venue, date: LocalDate): readonly TimeSpan[] | undefined {
  const venueSpans = venueHoursOn(venue, date);
  if (!service.hours) return venueSpans;
  const serviceSpans = onWeekday(service.hours, date);
  if (!venueSpans) return serviceSpans;
  return serviceSpans
    .flatMap((given) =>
      venueSpans.map((open) => ({ from: later(given.from, open.from), to: earlier(given.to, open.to) })),
    )
    .filter(({ from, to }) => from < to);
}

/** R5: closed today, or not at this time; `opens` is the next opening on the same day. */
export function refusalByOpening(
  service: Service,
  venue: Venue,
  today: LocalDate,
  time: LocalTime,
): Refusal | undefined {
  const spans = spansOn(service, venue, today);
  if (!spans) return undefined;
  if (spans.length === 0) return { reason: 'closed' };
  if (spans.some(({ from, to }) => from <= time && time < to)) return undefined;
  const opens = spans
    .map(({ from }) => from)
    .filter((from) => from > time)
    .sort()[0];
  return opens === undefined ? { reason: 'outside-hours' } : { reason: 'outside-hours', opens };
}
