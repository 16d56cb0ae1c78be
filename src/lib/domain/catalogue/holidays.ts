import { addDays, weekday, type LocalDate } from '$lib/domain/time/day';

/**
 * Finland's public holidays, so that nobody has to enter them by hand: church holidays, New Year's Day, May
 * Day, Midsummer Eve and Day, Independence Day, Christmas Eve to Boxing Day (kirkkolaki 652/2023, laki
 * vapunpäivän järjestämisestä 272/1944 and laki itsenäisyyspäivän viettämisestä 388/1937).
 */
export function isPublicHoliday(date: LocalDate): boolean {
  const year = Number(date.slice(0, 4));
  if (fixed.has(date.slice(5))) return true;
  const easter = easterSunday(year);
  const movable = [
    ...[-2, 0, 1, 39, 49].map((offset) => addDays(easter, offset)),
    saturdayFrom(`${date.slice(0, 4)}-06-20`),
    addDays(saturdayFrom(`${date.slice(0, 4)}-06-20`), -1),
    saturdayFrom(`${date.slice(0, 4)}-10-31`),
  ];
  return movable.includes(date);
}

const fixed = new Set(['01-01', '01-06', '05-01', '12-06', '12-24', '12-25', '12-26']);

/** The first Saturday on or after a day. */
const saturdayFrom = (date: LocalDate): LocalDate => addDays(date, (6 - weekday(date) + 7) % 7);

/** Gregorian Easter (Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): LocalDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  const pad = (value: number, length: number) => String(value).padStart(length, '0');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}
