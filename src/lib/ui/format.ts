import { addDays, localDate, type Instant, type LocalDate } from '$lib/domain/day';
import { m } from '$lib/paraglide/messages';
import { intlLocale } from './locale.svelte';

/** A calendar day, e.g. "30.11.2026" or "30/11/2026". */
export function formatDay(date: LocalDate): string {
  return new Intl.DateTimeFormat(intlLocale(), { dateStyle: 'short', timeZone: 'UTC' }).format(
    new Date(`${date}T12:00:00Z`),
  );
}

/** A time of day in a zone, e.g. "10.42" or "10:42". */
export function formatTime(at: Instant, zone: string): string {
  return new Intl.DateTimeFormat(intlLocale(), { timeStyle: 'short', timeZone: zone }).format(at);
}

/** "today at 10:42", "yesterday at 18:05" or a day with its time. */
export function formatWhen(at: Instant, now: Instant, zone: string): string {
  const date = localDate(at, zone);
  const today = localDate(now, zone);
  const time = formatTime(at, zone);
  if (date === today) return m.today_at({ time });
  if (date === addDays(today, -1)) return m.yesterday_at({ time });
  return m.day_at({ date: formatDay(date), time });
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat(intlLocale()).format(count);
}
