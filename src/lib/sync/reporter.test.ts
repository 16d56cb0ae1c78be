import { afterEach, describe, expect, it } from 'vitest';
import { minute } from '$lib/domain/time/day';
import { FakeTime } from '../../../tests/fake-time';
import { startReporter, type Reporter } from './reporter';

let reporter: Reporter;
afterEach(() => reporter.stop());

function aReporter(
  send: (news: { waiting: number; number: number }) => Promise<void> = async () => undefined,
) {
  const time = new FakeTime();
  const desk = { waiting: 0, number: 1 };
  const sent: { at: number; waiting: number }[] = [];
  reporter = startReporter({
    timing: time,
    read: async () => ({ ...desk }),
    materialOf: ({ waiting }) => waiting > 0,
    async send(report) {
      sent.push({ at: time.now(), waiting: report.waiting });
      await send(report);
    },
  });
  return { time, desk, sent };
}

describe('the reporter', () => {
  it('S15 reports after the start, and every few minutes', async () => {
    const { time, sent } = aReporter();
    await time.pass(21 * minute);
    expect(sent.map(({ at }) => at)).toEqual([0, 5, 10, 15, 20].map((each) => each * minute + 5_000));
  });

  it('S15 reports earlier what somebody may act on, but not more often than once a minute', async () => {
    const { time, desk, sent } = aReporter();
    await time.pass(2 * minute);
    desk.waiting = 1;
    reporter.nudge();
    await time.pass(1);
    expect(sent).toHaveLength(2);
    desk.waiting = 0;
    reporter.nudge();
    await time.pass(minute - 2);
    expect(sent).toHaveLength(2);
    await time.pass(2);
    expect(sent.at(-1)).toEqual({ at: 3 * minute, waiting: 0 });
  });

  it('S15 one more visit is not news', async () => {
    const { time, desk, sent } = aReporter();
    await time.pass(2 * minute);
    desk.number = 2;
    reporter.nudge();
    await time.pass(minute);
    expect(sent).toHaveLength(1);
  });

  it('S15 a report that fails is not repeated before its time', async () => {
    const { time, sent } = aReporter(() => Promise.reject(new Error('no line')));
    await time.pass(6 * minute);
    expect(sent.map(({ at }) => at)).toEqual([5_000, 5 * minute + 5_000]);
  });

  it('S15 reports nothing once it is stopped', async () => {
    const { time, sent } = aReporter();
    await reporter.stop();
    await time.pass(10 * minute);
    expect(sent).toEqual([]);
  });
});
