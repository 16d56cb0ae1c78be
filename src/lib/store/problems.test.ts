import { describe, expect, it } from 'vitest';
import { minute } from '$lib/domain/time/day';
import { anUnpairedDatabase } from '../../../tests/paired-database';
import { listProblems, withNews, writeSyncState, type Problem, type ProblemKind } from './problems';
import { readSetting } from './settings';

/** The list after some news, each a minute apart. */
const after = (...news: (ProblemKind | 'well')[]) =>
  news.reduce<readonly Problem[]>((problems, each, index) => withNews(problems, each, index * minute), []);

describe('the log of problems', () => {
  it('S12 has one entry for an outage, however often it is reported, and when it ended', () => {
    expect(after('unreachable', 'unreachable', 'unreachable')).toEqual([
      { kind: 'unreachable', from: 0, times: 1 },
    ]);
    expect(after('unreachable', 'well', 'well')).toEqual([
      { kind: 'unreachable', from: 0, until: minute, times: 1 },
    ]);
  });

  it('S12 a flapping line is one problem that came back', () => {
    expect(after('unreachable', 'well', 'unreachable', 'well', 'unreachable')).toEqual([
      { kind: 'unreachable', from: 0, times: 3 },
    ]);
  });

  it('another problem ends the one before it; the last ten are kept', () => {
    expect(after('unreachable', 'server-error', 'well')).toEqual([
      { kind: 'server-error', from: minute, until: 2 * minute, times: 1 },
      { kind: 'unreachable', from: 0, until: minute, times: 1 },
    ]);
    const many = after(...Array.from({ length: 24 }, (_, index) => (index % 2 ? 'busy' : 'device')));
    expect(many).toHaveLength(10);
    expect(many[0]).toMatchObject({ kind: 'busy', from: 23 * minute });
  });

  it('S14 is written with the state; a state that proves nothing changes nothing', async () => {
    const db = anUnpairedDatabase();
    await writeSyncState(db, { phase: 'offline' }, 'unreachable', 1);
    await writeSyncState(db, { phase: 'starting' }, undefined, 2);
    expect(await listProblems(db)).toEqual([{ kind: 'unreachable', from: 1, times: 1 }]);
    expect(await readSetting(db, 'sync-state')).toEqual({ phase: 'starting' });
  });
});
