import * as v from 'valibot';
import { localDate } from '$lib/documents/fields';
import { addDays, type LocalDate } from '$lib/domain/time/day';
import { bad, good, shortened, type Cell } from './import-cell';

/**
 * "2026-02-01", or as Finns and Swedes write it, "1.2.2026"; each also with the midnight that programs add to
 * a date.
 */
export function dayCell(text: string): Cell<LocalDate> {
  const [, beforeTime, time] = withTime.exec(text) ?? [];
  const day = beforeTime ?? text;
  const [, d = '', m = '', year = ''] = finnishDay.exec(day) ?? [];
  const iso = year.length === 4 ? `${year}-${m.padStart(2, '0')}-${d.padStart(2, '0')}` : day;
  const parsed = v.safeParse(localDate, iso, { abortPipeEarly: true });
  if (!parsed.success) return bad(whyNoDay(day, year.length === 2 ? `${d}.${m}.20${year}` : undefined));
  if (time !== undefined && /[1-9]/.test(time)) {
    return bad(`"${shortened(text)}" has a time of day: leave the day alone, as in ${day}`);
  }
  return good(parsed.output);
}

const finnishDay = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$/;
/** `1.9.2026 0.00`, `31.8.2027 0:00:00`, `2026-09-01T00:00:00.000Z` */
const withTime = /^(.+?)(?:T|\s+)(\d{1,2}[.:]\d{2}(?:[.:]\d{2}(?:[.,]\d+)?)?)Z?$/;

/** Excel's day numbers from 1954 to 2119: any other five-digit number is not a date. */
const serialDay = /^([2-7]\d{4})(?:[.,]\d+)?$/;
/** Excel's day 0, for every day after its 29 February 1900, which never existed. */
const dayZero = '1899-12-30';

function whyNoDay(text: string, inFull: string | undefined): string {
  const serial = serialDay.exec(text)?.[1];
  if (serial !== undefined) {
    const day = addDays(dayZero, Number(serial));
    return `"${text}" is how a spreadsheet counts days, here ${day}: format the column as a date or as text, and save again`;
  }
  if (inFull !== undefined) {
    return `"${text}" has a year of two digits: write all four, as in ${inFull}`;
  }
  return `"${shortened(text)}" is not a day like 2026-02-01 or 1.2.2026`;
}
