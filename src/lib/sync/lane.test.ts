import { afterEach, describe, expect, it } from 'vitest';
import { FakeTime } from '../../../tests/fake-time';
import { pauseAfter } from './backoff';
import { startLane, type Lane, type LaneState } from './lane';
import type { Outcome, RemoteFailure } from './ports';

const fine: Outcome<unknown> = { ok: true, value: undefined };
const failed = (failure: RemoteFailure): Outcome<unknown> => ({ ok: false, failure });
const unreachable = failed({ kind: 'unreachable' });

let lane: Lane | undefined;
afterEach(async () => {
  await lane?.stop();
});

/** A lane whose work has these outcomes in turn, and then succeeds. */
function aLane(outcomes: Outcome<unknown>[], rests: Outcome<unknown>[] = []) {
  const time = new FakeTime();
  const states: LaneState[] = [];
  const attempts: number[] = [];
  lane = startLane({
    timing: time,
    async work() {
      attempts.push(time.now());
      return outcomes.shift() ?? fine;
    },
    async rest(signal) {
      const next = rests.shift();
      if (next) return next;
      await time.sleep(Infinity, signal);
      return fine;
    },
    onState: (state) => states.push(state),
  });
  return { time, states, attempts, lane };
}

describe('backoff', () => {
  it('S12 doubles up to a minute, and anything below it is as likely', () => {
    const span = (attempt: number) => pauseAfter({ kind: 'unreachable' }, attempt, 1);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 60].map(span)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
    expect(pauseAfter({ kind: 'unreachable' }, 5, 0)).toBe(0);
    expect(pauseAfter({ kind: 'unreachable' }, 5, 0.5)).toBe(16_000);
  });

  it('S12 Retry-After is the minimum', () => {
    expect(pauseAfter({ kind: 'busy', retryAfterMs: 30_000 }, 0, 0)).toBe(30_000);
    expect(pauseAfter({ kind: 'busy', retryAfterMs: 30_000 }, 0, 0.5)).toBe(30_500);
  });

  it('S11 an account that is not let in knocks less and less often', () => {
    expect(pauseAfter({ kind: 'signed-out' }, 20, 1)).toBe(300_000);
  });
});

describe('a lane', () => {
  it('S12 tries again after each failure, later and later', async () => {
    const { time, attempts } = aLane([unreachable, unreachable, unreachable]);
    await time.pass(60_000);
    // Random is 0.5: half of 1, 2 and 4 seconds.
    expect(attempts).toEqual([0, 500, 1_500, 3_500]);
  });

  it('S12 a wake hurries the attempt', async () => {
    const { time, attempts, lane } = aLane([unreachable, unreachable]);
    await time.pass(100);
    lane.wake();
    await time.pass(100);
    expect(attempts).toEqual([0, 100]);
  });

  it('S12 a wake does not shorten a pause that the server asked for', async () => {
    const { time, attempts, lane } = aLane([failed({ kind: 'busy', retryAfterMs: 10_000 })]);
    await time.pass(100);
    lane.wake();
    await time.pass(5_000);
    expect(attempts).toEqual([0]);
    await time.pass(60_000);
    expect(attempts).toEqual([0, 10_500]);
  });

  it('S12 a wake during the work is heeded after it', async () => {
    const { time, attempts, lane } = aLane([]);
    lane.wake();
    await time.pass(1);
    expect(attempts).toEqual([0, 0]);
  });

  it('S12 a success resets the backoff', async () => {
    const { time, attempts, lane } = aLane([unreachable, unreachable, fine, unreachable]);
    await time.pass(20_000);
    lane.wake();
    await time.pass(20_000);
    expect(attempts).toEqual([0, 500, 1_500, 20_000, 20_500]);
  });

  it('S12 waits that break at once don’t make it run in circles, and alarm nobody', async () => {
    const { time, attempts, states } = aLane([], [unreachable, unreachable, unreachable]);
    await time.pass(60_000);
    expect(attempts).toEqual([0, 500, 1_500, 3_500]);
    expect(states.every(({ failure }) => failure === undefined)).toBe(true);
  });

  it('S14 a failure is reported until a success, also during attempts', async () => {
    const { time, states } = aLane([unreachable, unreachable]);
    await time.pass(60_000);
    expect(states.map(({ isWorking, failure }) => [isWorking, failure?.kind])).toEqual([
      [true, undefined],
      [false, 'unreachable'],
      [true, 'unreachable'],
      [false, 'unreachable'],
      [true, 'unreachable'],
      [false, undefined],
    ]);
    expect(states[1]?.nextAttemptAt).toBe(500);
  });

  it('S5 trouble of the device itself does not end it', async () => {
    const time = new FakeTime();
    let attempts = 0;
    const states: LaneState[] = [];
    lane = startLane({
      timing: time,
      async work() {
        if (++attempts === 1) throw new DOMException('The disk is full.', 'QuotaExceededError');
        return fine;
      },
      rest: (signal) => time.sleep(Infinity, signal).then(() => fine),
      onState: (state) => states.push(state),
    });
    await time.pass(60_000);
    expect(attempts).toBe(2);
    expect(states[1]?.failure).toEqual({
      kind: 'device',
      reason: expect.stringContaining('The disk is full.'),
    });
  });

  it('S10 stops: nothing is tried after it', async () => {
    const { time, attempts, lane } = aLane([unreachable]);
    await time.pass(1);
    await lane.stop();
    lane.wake();
    await time.pass(60_000);
    expect(attempts).toEqual([0]);
  });
});
