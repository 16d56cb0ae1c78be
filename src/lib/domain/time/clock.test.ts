import { describe, expect, test } from 'vitest';
import { readClock } from './clock';
import { day, minute } from './day';

const builtAt = Date.parse('2026-11-01T00:00:00Z');
const now = Date.parse('2026-11-22T08:00:00Z');

describe('the clock', () => {
  test('R13 a small skew is left alone', () => {
    expect(readClock(now, { builtAt, skewMs: 5 * minute })).toEqual({ now, isPlausible: true });
  });

  test('R13 a clock a day behind is corrected', () => {
    expect(readClock(now - day, { builtAt, skewMs: day, lastContact: now - minute })).toEqual({
      now,
      isPlausible: true,
      correctedByMs: day,
    });
  });

  test('R13 a clock an hour ahead is corrected', () => {
    const hour = 60 * minute;
    expect(readClock(now + hour, { builtAt, skewMs: -hour })).toMatchObject({ now, correctedByMs: -hour });
  });

  test('R13 a clock before the build is implausible', () => {
    expect(readClock(Date.parse('2001-01-01T00:00:00Z'), { builtAt }).isPlausible).toBe(false);
  });

  test('R13 a clock set back behind the last contact is implausible', () => {
    expect(readClock(now - day, { builtAt, skewMs: 0, lastContact: now }).isPlausible).toBe(false);
  });
});
