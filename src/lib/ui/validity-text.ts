import type { GrantValidity } from '$lib/domain/benefit/criteria';
import { m } from '$lib/paraglide/messages';
import { formatCount } from './format';
import { intlLocale } from './locale.svelte';

/** A day of any year, e.g. "31. joulukuuta". @param day 'MM-DD' */
export const formatDayOfYear = (day: string): string =>
  new Intl.DateTimeFormat(intlLocale(), { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`2024-${day}T12:00:00Z`),
  );

/** A month's name. @param month 1–12 */
export const formatMonth = (month: number): string =>
  new Intl.DateTimeFormat(intlLocale(), { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, month - 1, 15),
  );

/** B19 in a sentence. */
export const validityText = (validity: GrantValidity): string =>
  'months' in validity
    ? m.criteria_says_months({ count: formatCount(validity.months) })
    : m.criteria_says_until({ day: formatDayOfYear(validity.until) });
