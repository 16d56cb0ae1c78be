import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '$lib/domain/time/day';
import { spanEnd } from '$lib/domain/visit/validity';
import { isPublicHoliday } from './holidays';

const daysOf = (year: number) =>
  Array.from({ length: 366 }, (_, index) => addDays(`${year}-01-01`, index)).filter((date) =>
    date.startsWith(String(year)),
  );

describe('R5 public holidays', () => {
  it.each([
    [
      2024,
      [
        '2024-03-29',
        '2024-03-31',
        '2024-04-01',
        '2024-05-09',
        '2024-05-19',
        '2024-06-21',
        '2024-06-22',
        '2024-11-02',
      ],
    ],
    [
      2026,
      [
        '2026-04-03',
        '2026-04-05',
        '2026-04-06',
        '2026-05-14',
        '2026-05-24',
        '2026-06-19',
        '2026-06-20',
        '2026-10-31',
      ],
    ],
    [
      2027,
      [
        '2027-03-26',
        '2027-03-28',
        '2027-03-29',
        '2027-05-06',
        '2027-05-16',
        '2027-06-25',
        '2027-06-26',
        '2027-11-06',
      ],
    ],
  ])('of %i are the fixed and the movable ones', (year, movable) => {
    const fixed = ['01-01', '01-06', '05-01', '12-06', '12-24', '12-25', '12-26'].map(
      (day) => `${year}-${day}`,
    );
    expect(daysOf(year).filter(isPublicHoliday)).toEqual([...movable, ...fixed].sort());
  });
});

describe('R14 the last day of a span', () => {
  it.each([
    ['2026-01-15', 'P6M', '2026-07-15'],
    ['2026-08-31', 'P6M', '2027-02-28'],
    ['2027-08-31', 'P6M', '2028-02-29'],
    ['2028-02-29', 'P1Y', '2029-02-28'],
    ['2026-12-31', 'P2M', '2027-02-28'],
    ['2026-11-22', 'P30D', '2026-12-22'],
    ['2026-11-22', 'six months', '2026-11-22'],
  ])('that begins on %s and lasts %s is %s', (start, duration, end) => {
    expect(spanEnd(start, duration)).toBe(end);
  });

  it('never comes before its first, and a longer span never ends sooner', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40_000 }), fc.nat({ max: 60 }), (offset, months) => {
        const start = addDays('1990-01-01', offset);
        expect(spanEnd(start, `P${months}M`) >= start).toBe(true);
        expect(spanEnd(start, `P${months + 1}M`) > spanEnd(start, `P${months}M`)).toBe(true);
      }),
    );
  });
});

describe('a card without an end', () => {
  it.each([
    ['grace days', addDays('9999-12-31', 14)],
    ['a span in years', spanEnd('2026-11-22', 'P9999Y')],
    ['a span in days', spanEnd('9999-12-01', 'P90D')],
  ])('R4 R14 9999-12-31 is the last possible day: %s', (_name, date) => {
    expect(date).toBe('9999-12-31');
  });
});
