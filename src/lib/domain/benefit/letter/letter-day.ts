import { weekday, type LocalDate } from '$lib/domain/time/day';

/** '30.11.2026', in Finnish and in Swedish alike. Not by Intl: a letter is the same wherever it is made. */
export function shortDay(day: LocalDate): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${date}.${month}.${year}`;
}

/** 'maanantai 30.11.2026'. @param weekdays from Monday on */
export const dayWithWeekday =
  (weekdays: readonly string[]) =>
  (day: LocalDate): string =>
    `${weekdays[weekday(day) - 1]} ${shortDay(day)}`;
