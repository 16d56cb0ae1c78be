import { describe, expect, it } from 'vitest';
import { day, hour, minute } from '$lib/domain/time/day';
import { problemsOf, toneOfDesk, type DeskCondition } from './desk-problems';

const now = Date.parse('2026-11-22T10:00:00Z');
const well: DeskCondition = {
  lastHeard: now - minute,
  registerAsOf: now - minute,
  waiting: 0,
  refused: 0,
  quarantined: 0,
  clockSkewMs: 20_000,
  version: '1700000000000',
  storage: { used: 1_000_000, available: 900_000_000 },
  isPersistent: true,
  lost: [],
  usedTwice: [],
  broken: [],
  conflicting: 0,
};
const serverVersion = '1700000000000';
const kinds = (changes: Partial<DeskCondition>) =>
  problemsOf({ ...well, ...changes }, now, serverVersion).map(({ kind }) => kind);

describe('a desk as the office sees it', () => {
  it.each<[string, Partial<DeskCondition>, string[]]>([
    ['all is well', {}, []],
    ['visits that nothing explains', { lost: [{ from: 41, to: 43 }] }, ['lost-visits']],
    ['a number used twice', { usedTwice: [7] }, ['cloned']],
    ['a visit that does not fit its successor', { broken: [8] }, ['changed-visits']],
    ['an entry in two versions', { conflicting: 1 }, ['conflicting']],
    ['something refused', { refused: 1 }, ['refused']],
    ['visits that wait a moment', { waiting: 2, waitingSince: now - minute }, []],
    ['visits that wait for hours', { waiting: 2, waitingSince: now - 2 * hour }, ['waiting-long']],
    [
      'silent with visits',
      { waiting: 2, waitingSince: now - 3 * hour, lastHeard: now - 2 * hour },
      ['silent-with-visits'],
    ],
    ['closed overnight', { lastHeard: now - 14 * hour, registerAsOf: now - 14 * hour }, []],
    ['silent for days', { lastHeard: now - 4 * day, registerAsOf: now - 4 * day }, ['silent']],
    ['old cards on a desk that answers', { registerAsOf: now - 2 * day }, ['old-cards']],
    ['little room', { storage: { used: 0, available: 1 } }, ['room-low']],
    ['a clock an hour off', { clockSkewMs: -hour }, ['clock-off']],
    ['unreadable documents', { quarantined: 3 }, ['unreadable']],
    ['an older build', { version: '1600000000000' }, ['old-version']],
    ['a newer build, and one of another name', { version: '1800000000000' }, []],
    ['a build of another name', { version: 'abc' }, []],
    ['data that the browser may clear', { isPersistent: false }, ['not-persistent']],
  ])('S15 %s', (_, changes, expected) => {
    expect(kinds(changes)).toEqual(expected);
  });

  it('S15 a desk that was never heard from', () => {
    const unheard = {
      waiting: 0,
      refused: 0,
      quarantined: 0,
      lost: [],
      usedTwice: [],
      broken: [],
      conflicting: 0,
    };
    expect(problemsOf(unheard, now, serverVersion)).toEqual([{ kind: 'never-heard' }]);
  });

  it('S15 the most urgent comes first and sets the tone', () => {
    const problems = problemsOf(
      { ...well, isPersistent: false, quarantined: 1, refused: 2 },
      now,
      serverVersion,
    );
    expect(problems.map(({ kind }) => kind)).toEqual(['refused', 'unreadable', 'not-persistent']);
    expect(toneOfDesk(problems)).toBe('urgent');
    expect(toneOfDesk(problems.slice(1))).toBe('attention');
    expect(toneOfDesk([])).toBe('fine');
  });
});
