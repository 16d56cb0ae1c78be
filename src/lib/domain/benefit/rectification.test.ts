import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, weekday } from '$lib/domain/time/day';
import { letterWays, type CaseAction } from './case-action';
import { foldCase } from './fold-case';
import { isFinalFrom, lastDayOfLetter, lastDayToRequest, noticeDay } from './rectification';

const by = { by: 'decider', role: 'decide', at: 0 } as const;
const received: CaseAction = {
  ...by,
  kind: 'received',
  source: 'paper',
  mode: 'decision',
  isIncomplete: false,
};
const refused: CaseAction = {
  ...by,
  kind: 'decided',
  outcome: 'refused',
  on: '2026-03-02',
  reasons: ['lives-elsewhere'],
  text: '',
};
const letter = (on: string): CaseAction => ({ ...by, kind: 'letter-sent', way: 'post', on });
const requested: CaseAction = { ...by, kind: 'rectification-requested', on: '2026-03-10' };
const finalFrom = (...actions: CaseAction[]) => {
  const status = foldCase([received, ...actions]);
  return status && isFinalFrom(status);
};

describe('notice', () => {
  test.each([
    ['post', '2026-03-02', '2026-03-09'],
    ['post', '2026-12-18', '2026-12-25'],
    ['e-message', '2026-03-02', '2026-03-05'],
    ['in-hand', '2026-03-02', '2026-03-02'],
  ] as const)('B15 by %s on %s is on %s', (way, on, notice) => {
    expect(noticeDay({ way, on })).toBe(notice);
  });
});

describe('the last day to request a rectification', () => {
  test.each([
    ['2026-03-09', '2026-03-23', 'a Monday'],
    ['2026-03-06', '2026-03-20', 'a Friday'],
    ['2026-03-07', '2026-03-23', 'not a Saturday'],
    ['2026-03-08', '2026-03-23', 'not a Sunday'],
    ['2025-12-18', '2026-01-02', 'not New Year’s Day, a Thursday'],
    ['2025-12-23', '2026-01-07', 'not Epiphany, a Tuesday'],
    ['2026-03-20', '2026-04-07', 'not Good Friday, nor Easter through Monday'],
    ['2026-04-17', '2026-05-04', 'not May Day, a Friday'],
    ['2026-04-30', '2026-05-15', 'not Ascension Day, a Thursday'],
    ['2026-06-05', '2026-06-22', 'not Midsummer Eve, nor the days after it'],
    ['2024-11-22', '2024-12-09', 'not Independence Day, a Friday'],
    ['2026-10-17', '2026-11-02', 'not All Saints’ Day, a Saturday'],
    ['2026-12-10', '2026-12-28', 'not Christmas Eve, nor the days through Sunday'],
    ['2027-12-10', '2027-12-27', 'not Christmas Eve, a Friday'],
  ])('B16 after notice on %s is %s: %s', (notice, last) => {
    expect(lastDayToRequest(notice)).toBe(last);
  });

  test('B15 B16 is a weekday, from the 14th to the 19th day after notice', () => {
    fc.assert(
      fc.property(fc.nat({ max: 20_000 }), fc.constantFrom(...letterWays), (offset, way) => {
        const on = addDays('2020-01-01', offset);
        const last = lastDayOfLetter({ way, on });
        const notice = noticeDay({ way, on });
        expect(weekday(last)).toBeLessThan(6);
        expect(last >= addDays(notice, 14) && last <= addDays(notice, 19)).toBe(true);
        expect(lastDayOfLetter({ way, on: addDays(on, 1) }) >= last).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a decision is final', () => {
  test('B17 from the day after the last one', () => {
    expect(finalFrom(refused, letter('2026-03-02'))).toBe('2026-03-24');
  });

  test('B17 later if its letter was sent again', () => {
    expect(finalFrom(refused, letter('2026-03-02'), letter('2026-03-16'))).toBe('2026-04-08');
  });

  test('B17 not while nothing was sent, nor while a rectification is requested', () => {
    expect(finalFrom(refused)).toBeUndefined();
    expect(finalFrom(refused, letter('2026-03-02'), requested)).toBeUndefined();
  });

  test('B17 as before if the request is withdrawn', () => {
    const withdrawn: CaseAction = { ...by, kind: 'withdrawn', on: '2026-03-11' };
    expect(finalFrom(refused, letter('2026-03-02'), requested, withdrawn)).toBe('2026-03-24');
  });
});
