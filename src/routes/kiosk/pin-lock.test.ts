import { expect, test } from 'vitest';
import { afterWrongTry, secondsToWait, type PinTries } from './pin-lock';

const now = Date.UTC(2026, 10, 22, 8);

function wrong(times: number, tries: PinTries = {}): PinTries {
  return times === 0 ? tries : wrong(times - 1, { ...tries, ...afterWrongTry(tries, now) });
}

test('four wrong PINs cost nothing, the fifth and the tenth half a minute', () => {
  expect(secondsToWait(wrong(4), now)).toBe(0);
  expect(secondsToWait(wrong(5), now)).toBe(30);
  expect(secondsToWait(wrong(6), now + 30_000)).toBe(0);
  expect(secondsToWait(wrong(10), now)).toBe(30);
});

test('the pause ends by the clock, and a clock set back does not lengthen it', () => {
  expect(secondsToWait(wrong(5), now + 29_001)).toBe(1);
  expect(secondsToWait(wrong(5), now + 30_000)).toBe(0);
  expect(secondsToWait(wrong(5), now - 86_400_000)).toBe(30);
});
