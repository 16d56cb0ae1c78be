import { isPublicHoliday } from '$lib/domain/catalogue/holidays';
import { addDays, weekday, type LocalDate } from './day';

/**
 * Whether an authority's time limit can end on this day: not on a Saturday, a Sunday, a public holiday,
 * Independence Day, May Day, Midsummer Eve or Christmas Eve (laki säädettyjen määräaikain laskemisesta
 * 150/1930, 5 §).
 */
export const isWorkingDay = (date: LocalDate): boolean => weekday(date) < 6 && !isPublicHoliday(date);

/** The day itself, or the first working day after it. */
export function workingDayFrom(date: LocalDate): LocalDate {
  let each = date;
  while (!isWorkingDay(each)) each = addDays(each, 1);
  return each;
}
