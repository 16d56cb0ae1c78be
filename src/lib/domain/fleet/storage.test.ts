import { expect, it } from 'vitest';
import { isRoomLow } from './storage';

const gigabyte = 1_000_000_000;

it.each([
  ['plenty of room', { used: gigabyte, available: 9 * gigabyte }, false],
  ['more than four fifths used', { used: 81 * gigabyte, available: 19 * gigabyte }, true],
  ['just four fifths used', { used: 80 * gigabyte, available: 20 * gigabyte }, false],
  ['an empty database on a full disk', { used: 0, available: 49_000_000 }, true],
  ['nothing left', { used: gigabyte, available: 0 }, true],
])('S15 %s', (_, room, isLow) => {
  expect(isRoomLow(room)).toBe(isLow);
});
