import { beforeEach, describe, expect, it } from 'vitest';
import { day, hour, minute } from '$lib/domain/time/day';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { formatDifference, formatSpan } from './format';

beforeEach(() => overwriteGetLocale(() => 'en'));

describe('a span of time', () => {
  it.each([
    [20_000, '0 minutes'],
    [minute, '1 minute'],
    [-59 * minute, '59 minutes'],
    [hour + 5 * minute, '1 hour 5 minutes'],
    [-26 * hour, '1 day 2 hours'],
    [2 * day, '2 days'],
    [10 * day + 5 * hour, '10 days'],
    [29_930_250 * minute, '20,784 days'],
  ])('R13 of %s ms is %s', (ms, told) => {
    expect(formatSpan(ms)).toBe(told);
  });

  it.each([
    [1_600, '+2 secs'],
    [-100, '0 secs'],
    [-26 * hour, '−1 day 2 hours'],
  ])('R13 of %s ms has a sign as a difference: %s', (ms, told) => {
    expect(formatDifference(ms).replaceAll('\u00a0', ' ')).toBe(told);
  });

  it.each([
    ['fi', '1 päivä 2 tuntia'],
    ['sv', '1 dygn 2 timmar'],
  ] as const)('R13 is written in the reader’s language: %s', (language, told) => {
    overwriteGetLocale(() => language);
    expect(formatSpan(26 * hour).replaceAll('\u00a0', ' ')).toBe(told);
  });
});
