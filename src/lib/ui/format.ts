import {
  addDays,
  localDate,
  minute,
  type Instant,
  type LocalDate,
  type LocalTime,
} from '$lib/domain/time/day';
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

/** A time of day on its own, e.g. from opening hours: "18.30" or "18:30". */
export function formatTimeOfDay(time: LocalTime): string {
  return formatTime(Date.parse(`1970-01-01T${time}:00Z`), 'UTC');
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

/** An amount as people type and read it, e.g. "12,50". @param cents euro cents */
export function formatMoney(cents: number): string {
  return (cents / 100).toFixed(2).replace('.', ',');
}

/** A size for people, in whole megabytes or tenths of gigabytes. */
export function formatBytes(bytes: number): string {
  const isLarge = bytes >= 1e9;
  return new Intl.NumberFormat(intlLocale(), {
    style: 'unit',
    unit: isLarge ? 'gigabyte' : 'megabyte',
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(bytes / (isLarge ? 1e9 : 1e6));
}

/**
 * A span in its two largest units, e.g. "1 day 2 hours" or "12 minutes"; from ten of a unit on, only that
 * unit.
 */
export function formatSpan(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / minute);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  const parts =
    days > 0
      ? [formatUnit(days, 'day'), ...(days < 10 && hours > 0 ? [formatUnit(hours, 'hour')] : [])]
      : hours > 0
        ? [formatUnit(hours, 'hour'), ...(minutes % 60 > 0 ? [formatUnit(minutes % 60, 'minute')] : [])]
        : [formatUnit(minutes, 'minute')];
  return parts.join(' ');
}

const formatUnit = (count: number, unit: 'day' | 'hour' | 'minute') =>
  new Intl.NumberFormat(intlLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/** A difference with its sign, e.g. "+2 s" or "−1 day 2 hours". */
export function formatDifference(ms: number): string {
  if (Math.abs(ms) >= 2 * minute) return `${ms < 0 ? '−' : '+'}${formatSpan(ms)}`;
  return new Intl.NumberFormat(intlLocale(), {
    style: 'unit',
    unit: 'second',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 0,
  }).format(ms / 1000);
}
