import { describe, expect, it } from 'vitest';
import { IdleTime, isStale } from './idle-time';

const minute = 60_000;
const limit = 15 * minute;

describe('idle time', () => {
  const start = () => {
    const at = { wall: Date.parse('2026-11-22T08:00:00Z'), steady: 0 };
    const idle = new IdleTime({ wall: () => at.wall, steady: () => at.steady });
    /** As a timer does: a look every five seconds. */
    const pass = (ms: number) => {
      let isOver = false;
      for (let passed = 0; passed < ms; passed += 5_000) {
        at.wall += 5_000;
        at.steady += 5_000;
        isOver = idle.isOver(limit) || isOver;
      }
      return isOver;
    };
    return { at, idle, pass };
  };

  it('is over after the limit, counted from the last touch', () => {
    const { idle, pass } = start();
    expect(pass(14 * minute)).toBe(false);
    idle.touch();
    expect([pass(14 * minute), pass(minute)]).toEqual([false, true]);
  });

  it('is over when a machine wakes, even from a short sleep in which one clock stood still', () => {
    const { at, idle } = start();
    at.wall += 5 * minute;
    expect(idle.isOver(limit)).toBe(true);
  });

  it('is not shortened by a clock that goes back', () => {
    const { at, pass } = start();
    at.wall -= 3 * 60 * minute;
    expect([pass(14 * minute), pass(minute)]).toEqual([false, true]);
  });
});

it.each([
  [null, false],
  [String(14 * minute), false],
  ['0', true],
  [String(60 * minute), true],
  ['rubbish', true],
])('a last touch stored as %j is stale: %j', (stored, expected) => {
  expect(isStale(stored, 28 * minute, limit)).toBe(expected);
});
