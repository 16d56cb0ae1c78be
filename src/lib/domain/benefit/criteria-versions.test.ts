import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '$lib/domain/time/day';
import { criteriaOn } from './criteria';
import { mostVersions, placeVersion, sortVersions } from './criteria-versions';

const today = '2026-11-22';
const inForce = { version: 1, from: '2026-01-01' };
const coming = { version: 3, from: '2027-01-01' };
const versions = [inForce, coming];
const place = (changes: object) => placeVersion(versions, { from: '2027-06-01', base: 3, ...changes }, today);

describe('another version of the criteria', () => {
  test('B33 begins today or later, and is numbered after the newest', () => {
    expect(place({})).toEqual({ ok: true, version: 4, kept: versions });
    expect(place({ from: today })).toMatchObject({ ok: true, version: 4 });
    expect(place({ from: '2026-11-21' })).toEqual({ ok: false, reason: 'too-early' });
  });

  test('B34 takes the place of one that has not begun, whose number is not used again', () => {
    expect(place({ replaces: 3, from: '2027-01-01' })).toEqual({ ok: true, version: 4, kept: [inForce] });
  });

  test('B33 never takes the place of one that has begun', () => {
    expect(place({ replaces: 1 })).toEqual({ ok: false, reason: 'begun' });
  });

  test('B34 does not begin on the day of another that is to come, but corrects one of the same day', () => {
    expect(place({ from: '2027-01-01' })).toEqual({ ok: false, reason: 'same-day' });
    const corrected = placeVersion([{ version: 1, from: today }], { from: today, base: 1 }, today);
    expect(corrected).toMatchObject({ ok: true, version: 2 });
  });

  test.each([{ base: 1 }, { base: 4 }, { replaces: 2 }])(
    'is refused if its author has not seen the newest: %j',
    (seen) => {
      expect(place(seen)).toEqual({ ok: false, reason: 'changed' });
    },
  );

  test('is one of a hundred at most', () => {
    const many = Array.from({ length: mostVersions }, (_, index) => ({ version: index + 1, from: today }));
    expect(placeVersion(many, { from: today, base: mostVersions }, today)).toEqual({
      ok: false,
      reason: 'too-many',
    });
  });

  test('B33 whatever is added on whichever day, what applied on a day that has passed stays the same', () => {
    const someStep = fc.record({
      passing: fc.nat({ max: 30 }),
      ahead: fc.integer({ min: -3, max: 60 }),
      replacesLast: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(someStep, { maxLength: 12 }), (steps) => {
        let day = today;
        let all: readonly { version: number; from: string }[] = [];
        const applied = new Map<string, number | undefined>();
        for (const { passing, ahead, replacesLast } of steps) {
          for (let passed = 0; passed < passing; passed += 1) {
            applied.set(day, criteriaOn(all, day)?.version);
            day = addDays(day, 1);
          }
          const base = Math.max(0, ...all.map(({ version }) => version));
          const from = addDays(day, ahead);
          const replaces = replacesLast && base > 0 ? base : undefined;
          const placed = placeVersion(all, { from, base, replaces }, day);
          if (placed.ok) all = [...placed.kept, { version: placed.version, from }];
        }
        for (const [past, version] of applied) expect(criteriaOn(all, past)?.version).toBe(version);
        expect(new Set(all.map(({ version }) => version)).size).toBe(all.length);
      }),
    );
  });
});

test('versions are those in force, to come, and before', () => {
  const before = { version: 2, from: '2025-01-01' };
  expect(sortVersions([coming, before, inForce], today)).toEqual({
    inForce,
    coming: [coming],
    before: [before],
  });
  expect(sortVersions([], today)).toEqual({ inForce: undefined, coming: [], before: [] });
});
