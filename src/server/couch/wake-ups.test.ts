import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WakeUps } from './wake-ups';

describe('long polls that wait for a database', () => {
  let sequence = 0;
  let wakeUps: WakeUps;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    sequence = 10;
    wakeUps = new WakeUps(() => sequence);
  });
  afterEach(() => vi.useRealTimers());

  function change(): void {
    sequence += 1;
    wakeUps.ring();
  }
  /** Desks that wait, are woken, and wait again from what they know by then. */
  function desks(count: number) {
    let woken = 0;
    const wait = () => {
      wakeUps.join(sequence, () => {
        woken += 1;
        wait();
      });
    };
    for (let index = 0; index < count; index += 1) wait();
    return { woken: () => woken };
  }

  it('the first change after a quiet time wakes all of them at once', () => {
    const { woken } = desks(200);
    change();
    vi.advanceTimersByTime(0);
    expect(woken()).toBe(200);
  });

  it('what follows within a second waits for the next round, together', () => {
    const { woken } = desks(200);
    for (let each = 0; each < 100; each += 1) {
      change();
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1000);
    expect(woken()).toBe(400);
  });

  it('a few of them are hardly delayed', () => {
    const { woken } = desks(2);
    for (let each = 0; each < 10; each += 1) {
      change();
      vi.advanceTimersByTime(20);
    }
    expect(woken()).toBe(20);
  });

  it('one that already knows the last change sleeps on', () => {
    const woken = vi.fn();
    wakeUps.join(sequence + 1, woken);
    change();
    vi.advanceTimersByTime(10_000);
    expect(woken).not.toHaveBeenCalled();
    expect(wakeUps.size).toBe(1);
  });

  it('one that asks behind the last change is answered in the next round', () => {
    const woken = vi.fn();
    wakeUps.join(3, woken);
    vi.advanceTimersByTime(0);
    expect(woken).toHaveBeenCalledOnce();
    expect(wakeUps.size).toBe(0);
  });

  it('one that has left is not called', () => {
    const woken = vi.fn();
    const leave = wakeUps.join(sequence, woken);
    leave();
    change();
    wakeUps.ringAll();
    vi.advanceTimersByTime(10_000);
    expect(woken).not.toHaveBeenCalled();
    expect(wakeUps.size).toBe(0);
  });
});
