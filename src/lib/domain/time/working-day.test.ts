import { describe, expect, test } from 'vitest';
import { isPublicHoliday } from '$lib/domain/catalogue/holidays';
import { addDays } from './day';
import { isWorkingDay, workingDayFrom } from './working-day';

describe('working days', () => {
  // Easter Sunday, Ascension Day, Midsummer Eve and All Saints' Day, from the almanac.
  test.each([
    [2024, '03-31', '05-09', '06-21', '11-02'],
    [2025, '04-20', '05-29', '06-20', '11-01'],
    [2026, '04-05', '05-14', '06-19', '10-31'],
    [2027, '03-28', '05-06', '06-25', '11-06'],
    [2028, '04-16', '05-25', '06-23', '11-04'],
    [2029, '04-01', '05-10', '06-22', '11-03'],
    [2030, '04-21', '05-30', '06-21', '11-02'],
  ])('B16 in %i are not the movable holidays', (year, easter, ascension, midsummerEve, allSaints) => {
    const on = (day: string) => `${year}-${day}`;
    const expected = [
      ...['01-01', '01-06', '05-01', '12-06', '12-24', '12-25', '12-26'].map(on),
      ...[-2, 0, 1, 49].map((offset) => addDays(on(easter), offset)),
      on(ascension),
      on(midsummerEve),
      addDays(on(midsummerEve), 1),
      on(allSaints),
    ];
    const days = Array.from({ length: 366 }, (_, index) => addDays(on('01-01'), index)).filter((each) =>
      each.startsWith(String(year)),
    );
    expect(days.filter(isPublicHoliday)).toEqual([...new Set(expected)].sort());
    expect(expected.filter(isWorkingDay)).toEqual([]);
  });

  test('B16 a working day stays, and another moves to the next', () => {
    expect(workingDayFrom('2026-03-20')).toBe('2026-03-20');
    expect(workingDayFrom('2026-03-21')).toBe('2026-03-23');
    expect(workingDayFrom('2026-12-24')).toBe('2026-12-28');
  });
});
