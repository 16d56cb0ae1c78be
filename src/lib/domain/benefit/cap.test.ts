import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '$lib/domain/time/day';
import { capLeft, type Cap, type GrantedDecision } from './cap';

const yearly: Cap = { kind: 'yearly', most: 3 };
const pilot: Cap = { kind: 'pilot', most: 2, from: '2026-09-01', until: '2027-05-31' };

describe('a cap', () => {
  test('B7 of a year counts the decisions of that year', () => {
    const granted = [{ on: '2025-12-31' }, { on: '2026-01-01' }, { on: '2026-12-31' }];
    expect(capLeft(yearly, granted, '2026-06-01')).toBe(1);
    expect(capLeft(yearly, granted, '2027-01-01')).toBe(3);
  });

  test('B7 of a pilot counts its whole period, and leaves nothing outside of it', () => {
    const granted = [{ on: '2026-12-31' }];
    expect(
      ['2026-08-31', '2026-09-01', '2027-05-31', '2027-06-01'].map((day) => capLeft(pilot, granted, day)),
    ).toEqual([0, 1, 1, 0]);
  });

  test('B7 gets a place back on the day on which a decision is overturned', () => {
    const granted = [{ on: '2026-02-01', overturnedOn: '2026-03-01' }];
    expect(capLeft(yearly, granted, '2026-02-28')).toBe(2);
    expect(capLeft(yearly, granted, '2026-03-01')).toBe(3);
  });

  test('B7 that is passed, because it was lowered, leaves nothing', () => {
    expect(capLeft({ kind: 'yearly', most: 0 }, [{ on: '2026-02-01' }], '2026-02-02')).toBe(0);
  });

  const someDay = fc.nat({ max: 800 }).map((offset) => addDays('2026-01-01', offset));
  const someDecision: fc.Arbitrary<GrantedDecision> = fc.record(
    { on: someDay, overturnedOn: someDay },
    { requiredKeys: ['on'] },
  );

  test('B7 one more decision takes one place at most, and overturning it gives that back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(yearly, pilot),
        fc.array(someDecision, { maxLength: 6 }),
        someDay,
        someDay,
        (cap, granted, on, day) => {
          const left = capLeft(cap, granted, day);
          const after = capLeft(cap, [...granted, { on }], day);
          expect(left >= after && after >= left - 1 && after >= 0).toBe(true);
          expect(capLeft(cap, [...granted, { on, overturnedOn: day }], day)).toBe(left);
        },
      ),
    );
  });
});
