import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '$lib/domain/time/day';
import {
  applyRightEvent,
  endReasons,
  rightOf,
  rightStateOn,
  rightStates,
  suspensionReasons,
  type Right,
  type RightEvent,
} from './right';

const by = { by: 'decider', role: 'decide', at: 0 } as const;
const granted: RightEvent = {
  ...by,
  kind: 'granted',
  scheme: 'kulttuuri',
  from: '2026-03-01',
  until: '2026-08-31',
};
const renewed = (until: string): RightEvent => ({ ...by, kind: 'renewed', until });
const suspended = (from: string, until?: string): RightEvent => ({
  ...by,
  kind: 'suspended',
  from,
  ...(until !== undefined && { until }),
  reason: 'misuse',
});
const unsuspended = (on: string): RightEvent => ({ ...by, kind: 'unsuspended', on });
const ended = (on: string): RightEvent => ({ ...by, kind: 'ended', on, reason: 'moved-away' });

const graceDays = 14;
const on = (day: string, ...events: RightEvent[]) => rightStateOn([granted, ...events], day, graceDays);

describe('a right', () => {
  test.each([
    ['2026-02-28', 'upcoming'],
    ['2026-03-01', 'active'],
    ['2026-08-31', 'active'],
    ['2026-09-01', 'grace'],
    ['2026-09-14', 'grace'],
    ['2026-09-15', 'expired'],
  ])('B22 on %s is %s', (day, state) => {
    expect(on(day)).toBe(state);
  });

  test('B22 is granted once, and there is none before', () => {
    expect(rightStateOn([renewed('2027-01-01')], '2026-05-01', graceDays)).toBeUndefined();
    expect(rightOf([granted, { ...granted, until: '2030-01-01' }])?.until).toBe('2026-08-31');
  });

  test('B23 becomes longer by a renewal, and never shorter', () => {
    expect(on('2026-10-01', renewed('2027-08-31'))).toBe('active');
    expect(on('2026-08-31', renewed('2026-04-01'))).toBe('active');
  });

  test('B24 ends on the earliest day that was said, whatever else is said', () => {
    const events = [ended('2026-06-01'), ended('2026-07-01'), renewed('2028-01-01')];
    expect(on('2026-05-31', ...events)).toBe('active');
    expect(on('2026-06-01', ...events)).toBe('ended');
    expect(on('2026-05-20', ended('2026-06-01'), ended('2026-05-15'))).toBe('ended');
  });

  test('B25 is suspended through the last day', () => {
    const events = [suspended('2026-04-01', '2026-04-10')];
    expect(['2026-03-31', '2026-04-01', '2026-04-10', '2026-04-11'].map((day) => on(day, ...events))).toEqual(
      ['active', 'suspended', 'suspended', 'active'],
    );
  });

  test('B25 is suspended until that is lifted, and was so before', () => {
    const events = [suspended('2026-04-01'), unsuspended('2026-05-01')];
    expect(on('2026-04-30', ...events)).toBe('suspended');
    expect(on('2026-05-01', ...events)).toBe('active');
    expect(on('2026-07-01', suspended('2026-06-01'), unsuspended('2026-05-01'))).toBe('active');
  });

  test('B25 expires while it is suspended', () => {
    expect(on('2026-09-15', suspended('2026-04-01'))).toBe('expired');
  });
});

const someDay = fc.nat({ max: 500 }).map((offset) => addDays('2026-01-01', offset));
const someEvent = fc
  .oneof(
    fc.record({ kind: fc.constant('granted'), scheme: fc.constant('a'), from: someDay, until: someDay }),
    fc.record({ kind: fc.constant('renewed'), until: someDay }),
    fc.record(
      {
        kind: fc.constant('suspended'),
        from: someDay,
        until: someDay,
        reason: fc.constantFrom(...suspensionReasons),
      },
      { requiredKeys: ['kind', 'from', 'reason'] },
    ),
    fc.record({ kind: fc.constant('unsuspended'), on: someDay }),
    fc.record({ kind: fc.constant('ended'), on: someDay, reason: fc.constantFrom(...endReasons) }),
  )
  .map((body) => ({ ...body, ...by }) as RightEvent);
const someLog = fc.array(someEvent, { maxLength: 12 });

describe('for any log of a right', () => {
  test('B22 there is a state that exists, or nothing was granted', () => {
    fc.assert(
      fc.property(someLog, someDay, (log, day) => {
        const state = rightStateOn(log, day, graceDays);
        if (state === undefined) expect(rightOf(log)).toBeUndefined();
        else expect(rightStates).toContain(state);
      }),
    );
  });

  test('B24 what has ended stays ended, on every later day and whatever is logged', () => {
    fc.assert(
      fc.property(someLog, someEvent, someDay, fc.nat({ max: 400 }), (log, more, day, later) => {
        const all = [granted, ...log, ended(day)];
        expect(rightStateOn([...all, more], addDays(day, later), graceDays)).toBe('ended');
      }),
    );
  });

  test('B22 it is rebuilt from its log, whole or piece by piece, and through JSON', () => {
    fc.assert(
      fc.property(someLog, fc.nat(), (log, place) => {
        const cut = place % (log.length + 1);
        const half = rightOf(log.slice(0, cut));
        const stored = half && (JSON.parse(JSON.stringify(half)) as Right);
        expect(log.slice(cut).reduce(applyRightEvent, stored)).toEqual(rightOf(log));
      }),
    );
  });
});
