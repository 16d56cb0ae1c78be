import { describe, expect, test } from 'vitest';
import { readPause } from './read-pace';

/** When frames are read, with a camera of 30 frames a second; a code is in view from `codeAt` on. */
function readings(from: number, until: number, codeAt: number): number[] {
  const read: number[] = [];
  let startedAt = -Infinity;
  let lastCodeAt = 0;
  for (let now = from; now < until; now += 1000 / 30) {
    if (now - startedAt < readPause(lastCodeAt, now)) continue;
    startedAt = now;
    read.push(now);
    if (now >= codeAt) lastCodeAt = now;
  }
  return read;
}

describe('the pace of reading', () => {
  test('is about ten frames a second at work', () => {
    expect(readings(0, 10_000, Infinity).length).toBeCloseTo(100, -1);
  });

  test('drops to about four or five frames a second after a minute without a code', () => {
    const seldom = readings(60_000, 70_000, Infinity).length;
    expect(seldom).toBeGreaterThanOrEqual(40);
    expect(seldom).toBeLessThanOrEqual(50);
  });

  test('then reads a new code within 250 ms at any time, and is fast again at once', () => {
    for (let codeAt = 90_000; codeAt < 90_300; codeAt += 7) {
      const [first = Infinity, second = Infinity] = readings(80_000, 100_000, codeAt).filter(
        (at) => at >= codeAt,
      );
      expect(first - codeAt).toBeLessThanOrEqual(250);
      expect(second - first).toBeLessThanOrEqual(110);
    }
  });
});
