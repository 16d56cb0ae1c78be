import { addDays, type LocalDate } from '$lib/domain/time/day';
import { spanEnd } from '$lib/domain/visit/validity';
import type { Cap } from './cap';
import type { SchemeMode } from './case-action';

/** A text in every language of the product. */
export interface Translations {
  fi: string;
  sv: string;
  en: string;
}

interface Named {
  id: string;
  names: Translations;
}

/** What the form asks, and what kind of answer it takes. */
export type Question = { id: string; text: Translations; isRequired: boolean } & (
  { kind: 'yes-no' } | { kind: 'choice'; options: readonly Named[] } | { kind: 'text' }
);

/** A way to the card: social work, employment services, a workshop, health services, an association. */
export interface ServicePath extends Named {
  /** The organisations that may refer by it. */
  organisations: readonly string[];
}

/** For how long a grant is valid: so many months, or through the next such day ('MM-DD'). */
export type GrantValidity = { months: number } | { until: string };

/** One version of a scheme's criteria. A case is judged by the version of the day on which it came in. */
export interface Criteria {
  version: number;
  /** The first day on which it applies. */
  from: LocalDate;
  mode: SchemeMode;
  questions: readonly Question[];
  /** Kinds of proof that may be shown. */
  proofs: readonly Named[];
  servicePaths: readonly ServicePath[];
  validity: GrantValidity;
  cap?: Cap;
  whoQualifies: Translations;
  /** What to do instead, for those who don't. */
  whatElse: Translations;
}

/** B18: the newest version that has begun; undefined before the first. */
export function criteriaOn<T extends Pick<Criteria, 'version' | 'from'>>(
  versions: readonly T[],
  day: LocalDate,
): T | undefined {
  return versions
    .filter(({ from }) => from <= day)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.version - b.version))
    .at(-1);
}

/** B19: the last valid day of what is granted from a day on. */
export function validUntil(validity: GrantValidity, from: LocalDate): LocalDate {
  if ('months' in validity) return spanEnd(from, `P${validity.months}M`);
  const year = Number(from.slice(0, 4));
  const thisYear = dayInYear(year, validity.until);
  return thisYear >= from ? thisYear : dayInYear(year + 1, validity.until);
}

/** February 29 is the month's last day in every year. */
function dayInYear(year: number, monthAndDay: string): LocalDate {
  const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  return monthAndDay === '02-29' && !isLeap
    ? addDays(`${year}-03-01`, -1)
    : `${String(year).padStart(4, '0')}-${monthAndDay}`;
}

/** B20: whether an organisation may refer, by one path or by any. */
export const mayRefer = (
  { servicePaths }: Pick<Criteria, 'servicePaths'>,
  organisation: string,
  path?: string,
): boolean =>
  servicePaths.some(
    ({ id, organisations }) => (path === undefined || id === path) && organisations.includes(organisation),
  );
