import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceRule } from '$lib/domain/catalogue/service';
import { addDays, localDate, minute, startOfDay } from '$lib/domain/time/day';
import type { Card } from './card';
import { historyFrom, periodAround } from './limits';

const card: Card = {
  number: '12345671',
  scheme: 'vihrea',
  status: 'active',
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
};
const zone = fc.constantFrom('Europe/Helsinki', 'UTC', 'Asia/Tokyo', 'America/Los_Angeles', 'Africa/Cairo');
const date = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1990-01-01', days));
const limit = fc.constantFrom<ServiceRule & { kind: 'limit' }>(
  { kind: 'limit', n: 1, per: 'day' },
  { kind: 'limit', n: 1, per: 'week' },
  { kind: 'limit', n: 1, per: 'month' },
  { kind: 'limit', n: 1, per: 'season', seasonStarts: ['02-29', '08-15'] },
);

describe('calendar', () => {
  test('a day starts at its first instant, daylight saving or not', () => {
    fc.assert(
      fc.property(date, zone, (day, where) => {
        const start = startOfDay(day, where);
        expect(localDate(start, where)).toBe(day);
        expect(localDate(start - 1, where)).toBe(addDays(day, -1));
      }),
    );
  });

  test('R7 a season from 29 February begins on 1 March in other years, as browsers disagree on it', () => {
    const rule = { kind: 'limit', n: 1, per: 'season', seasonStarts: ['02-29'] } as const;
    expect(periodAround('2026-05-01', rule, card)).toEqual({ from: '2026-03-01', next: '2027-03-01' });
    expect(periodAround('2028-02-29', rule, card).from).toBe('2028-02-29');
  });

  test('R7 a period holds its day, and the next one starts right after it', () => {
    fc.assert(
      fc.property(date, limit, (today, rule) => {
        const { from, next = '9999' } = periodAround(today, rule, card);
        expect(from <= today && today < next).toBe(true);
        expect(periodAround(addDays(next, -1), rule, card).from).toBe(from);
        expect(periodAround(next, rule, card).from).toBe(next);
      }),
    );
  });

  test('R7 R8 history is read from the start of the period, or of the repeat time if that is earlier', () => {
    const now = Date.parse('2026-11-22T08:00:00Z');
    const read = (rule: ServiceRule) =>
      historyFrom('2026-11-22', 'Europe/Helsinki', rule, 120 * minute, now, card);
    expect(read({ kind: 'unlimited' })).toBe(now - 120 * minute);
    expect(read({ kind: 'limit', n: 1, per: 'day' })).toBe(Date.parse('2026-11-21T22:00:00Z'));
    expect(read({ kind: 'limit', n: 1, per: 'validity' })).toBe(Date.parse('2025-12-31T22:00:00Z'));
  });
});
