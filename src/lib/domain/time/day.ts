/**
 * Calendar rules in the venue's time zone. Instants are milliseconds since 1970 in UTC; days are
 * 'YYYY-MM-DD' and compare as text. Zones are IANA names; daylight saving comes from Intl.
 */

/** A calendar day, 'YYYY-MM-DD'. */
export type LocalDate = string;
/** A time of day, 'HH:MM'. */
export type LocalTime = string;
/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, made);
  return made;
}

/** The calendar day and time of day at an instant in a zone. */
export function localDateTime(at: Instant, zone: string): { date: LocalDate; time: LocalTime } {
  const part = new Map(
    formatFor(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${part.get('year')}-${part.get('month')}-${part.get('day')}`,
    time: `${part.get('hour')}:${part.get('minute')}`,
  };
}

export function localDate(at: Instant, zone: string): LocalDate {
  return localDateTime(at, zone).date;
}

/** How other registers write "no end"; no day is later, or days could not be compared as text. */
const lastDay: LocalDate = '9999-12-31';

/** The UTC day of an instant, at most the last possible day. */
export const dayOf = (date: Date): LocalDate =>
  date.getUTCFullYear() > 9999 ? lastDay : date.toISOString().slice(0, 10);

/** The day `days` after `date` (before it when negative). */
export function addDays(date: LocalDate, days: number): LocalDate {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return dayOf(moved);
}

/** Monday 1 … Sunday 7 (ISO 8601). */
export function weekday(date: LocalDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

/** A counter asks for the same few days all day long. */
const knownStarts = new Map<string, Instant>();
const mostKnownStarts = 500;

/** The first instant of a local day: 00:00, or the first one after a gap at midnight. */
export function startOfDay(date: LocalDate, zone: string): Instant {
  const key = `${zone} ${date}`;
  const known = knownStarts.get(key);
  if (known !== undefined) return known;
  if (knownStarts.size >= mostKnownStarts) knownStarts.clear();
  const start = findStartOfDay(date, zone);
  knownStarts.set(key, start);
  return start;
}

function findStartOfDay(date: LocalDate, zone: string): Instant {
  // A local day begins within 14 hours of the same UTC day; bisect by the day that Intl gives.
  let before = Date.parse(`${date}T00:00:00Z`) - 15 * 60 * minute;
  let after = before + 30 * 60 * minute;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDate(middle, zone) < date) before = middle;
    else after = middle;
  }
  return after;
}
