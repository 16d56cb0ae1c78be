import {
  schemeRule,
  type Limit,
  type LimitPeriod,
  type OpeningHours,
  type Service,
  type ServiceRule,
  type Venue,
} from '$lib/domain/catalogue/service';
import type { LocalDate } from '$lib/domain/time/day';
import type { Scheme } from '$lib/domain/visit/card';
import { validityDuration } from '$lib/domain/visit/validity';
import { m } from '$lib/paraglide/messages';
import { formatCount, formatDay } from './format';
import { intlLocale } from './locale.svelte';

/** What a rule means, in plain words. */
export interface Terms {
  service: Service;
  venue?: Venue;
  /** If given, the sentence says what this card gives; otherwise, what the service's own rule is. */
  scheme?: Scheme & { childrenUnder?: number };
}

/** One or more sentences: "Once a day, Mon–Fri 6–15, children under 18 allowed: 2." */
export function ruleSentence({ service, venue, scheme }: Terms): string {
  const rule = schemeRule(service, scheme);
  const clauses = [
    ...ruleClauses(rule),
    ...(service.hours ?? venue?.hours ?? []).map(hoursClause),
    ...(venue?.closedOnHolidays ? [m.rule_holidays_closed()] : []),
    ...companionClauses(scheme),
  ];
  // A Finnish date already ends in a full stop.
  const sentence = clauses.join(', ').replace(/\.?$/, '.');
  return [sentence, ...pauseSentence(service)].join(' ');
}

/** "Chosen once", "3 times a week", "over all services of the sector": to be joined with commas. */
export function ruleClauses(rule: ServiceRule): string[] {
  switch (rule.kind) {
    case 'unlimited':
      return [m.rule_unlimited()];
    case 'limit':
      return [limitClause(rule), ...limitDetails(rule)];
    case 'choice':
      return [rule.n === 1 ? m.rule_choice_one() : m.rule_choice_many({ n: formatCount(rule.n) })];
    case 'listed':
      return [m.rule_listed(), ...alsoLimited(rule.limit)];
    case 'portions':
      return [m.rule_portions({ n: formatCount(rule.perDay) }), ...alsoLimited(rule.limit)];
  }
}

const alsoLimited = (limit: Limit | undefined): string[] =>
  limit ? [lowered(limitClause(limit)), ...limitDetails(limit)] : [];

const lowered = (text: string) => text.charAt(0).toLocaleLowerCase(intlLocale()) + text.slice(1);

function limitDetails(limit: Limit): string[] {
  return [
    ...(limit.over === 'sector' ? [m.rule_over_sector()] : []),
    ...(limit.per === 'season'
      ? [m.rule_season_starts({ days: listed((limit.seasonStarts ?? ['01-01']).map(formatMonthDay)) })]
      : []),
  ];
}

const listed = (items: readonly string[]) => new Intl.ListFormat(intlLocale()).format(items);

const once: Record<LimitPeriod, () => string> = {
  day: m.rule_once_day,
  week: m.rule_once_week,
  month: m.rule_once_month,
  season: m.rule_once_season,
  validity: m.rule_once_validity,
};
const times: Record<LimitPeriod, (inputs: { n: string }) => string> = {
  day: m.rule_times_day,
  week: m.rule_times_week,
  month: m.rule_times_month,
  season: m.rule_times_season,
  validity: m.rule_times_validity,
};

const limitClause = ({ n, per }: Limit): string =>
  n === 1 ? once[per]() : times[per]({ n: formatCount(n) });

/** 'MM-DD' as the language writes it. */
export function formatMonthDay(monthDay: string): string {
  const locale = intlLocale();
  // "1.8." is one date to a Finn; "01/08" could be two to readers of English.
  const month = locale.startsWith('en') ? 'long' : 'numeric';
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month, timeZone: 'UTC' }).format(
    new Date(`2028-${monthDay}T12:00:00Z`),
  );
}

/** "Mon–Fri 6–15"; runs of weekdays are merged. */
export function hoursClause({ weekdays, from, to }: OpeningHours): string {
  const days = [...new Set(weekdays)].sort();
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const named = runs.map((run) => {
    const [first = 1, last = first] = [run[0], run.at(-1)];
    return first === last ? weekdayName(first) : `${weekdayName(first)}–${weekdayName(last)}`;
  });
  return `${named.join(', ')} ${spanText({ from, to })}`;
}

/** "6–15" */
export const spanText = ({ from, to }: Pick<OpeningHours, 'from' | 'to'>): string =>
  `${shortTime(from)}–${shortTime(to)}`;

/** From 1 for Monday to 7 for Sunday. */
export function weekdayName(weekday: number, style: 'short' | 'long' = 'short'): string {
  // 1 January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, weekday, 12));
  return new Intl.DateTimeFormat(intlLocale(), { weekday: style, timeZone: 'UTC' }).format(date);
}

/** "6" for "06:00", "6.30" for "06:30". */
function shortTime(time: string): string {
  const [hour = '', minute = ''] = time.split(':');
  const point = intlLocale().startsWith('en') ? ':' : '.';
  return minute === '00' ? String(Number(hour)) : `${Number(hour)}${point}${minute}`;
}

/** "children under 18 allowed: 2", "an assistant allowed"; empty if nobody may come along. */
export function companionClauses(
  scheme: Pick<NonNullable<Terms['scheme']>, 'companions' | 'childrenUnder'> | undefined,
): string[] {
  const { companions, childrenUnder = 18 } = scheme ?? {};
  if (!companions) return [];
  const age = formatCount(childrenUnder);
  return [
    ...(companions.children > 0 ? [m.rule_children({ age, n: formatCount(companions.children) })] : []),
    ...(companions.assistant ? [m.rule_assistant()] : []),
  ];
}

/** Empty for a service that isn't paused. */
export function pauseSentence({ paused }: Pick<Service, 'paused'>): string[] {
  if (!paused) return [];
  const day = (date: LocalDate) => formatDay(date);
  const since = day(paused.since);
  return [
    paused.until === undefined
      ? m.rule_paused({ since })
      : m.rule_paused_until({ since, until: day(paused.until) }),
  ];
}

/** What applies to a card whatever the service: R14's span and R4's grace; empty if there is neither. */
export function schemeSentence({
  startsOnFirstVisit,
  graceDays,
}: Pick<Scheme, 'startsOnFirstVisit' | 'graceDays'>): string {
  const grace =
    graceDays === 1 ? m.rule_grace_one() : graceDays > 1 ? m.rule_grace({ n: formatCount(graceDays) }) : '';
  return [firstVisitSentence(startsOnFirstVisit), grace].filter((text) => text !== '').join(' ');
}

function firstVisitSentence(duration = ''): string {
  const [, amount = '', unit] = validityDuration.exec(duration) ?? [];
  const n = formatCount(Number(amount));
  const isOne = Number(amount) === 1;
  switch (unit) {
    case 'Y':
      return isOne ? m.rule_first_visit_year_one() : m.rule_first_visit_years({ n });
    case 'M':
      return isOne ? m.rule_first_visit_month_one() : m.rule_first_visit_months({ n });
    case 'D':
      return isOne ? m.rule_first_visit_day_one() : m.rule_first_visit_days({ n });
    default:
      return '';
  }
}
