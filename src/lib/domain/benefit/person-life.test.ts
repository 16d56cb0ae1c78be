import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyPersonEvent,
  foldPerson,
  personStates,
  refusalOfMerge,
  survivorOf,
  type PersonEvent,
  type PersonLife,
} from './person-life';

const by = { by: 'receiver', role: 'receive', at: 0 } as const;
const registered = (person: string): PersonEvent => ({ ...by, kind: 'registered', person });
const merged = (into: string): PersonEvent => ({ ...by, kind: 'merged', into });
const erased: PersonEvent = { ...by, kind: 'erased' };
const active = (person: string): PersonLife => ({ person, state: 'active' });

describe('a person', () => {
  test('B30 is merged into another once, and never into itself', () => {
    expect(foldPerson([registered('a'), merged('b'), merged('c')])).toEqual({
      person: 'a',
      state: 'merged-into',
      into: 'b',
    });
    expect(foldPerson([registered('a'), merged('a')])).toEqual(active('a'));
  });

  test('B30 is merged only while both records are active', () => {
    const gone: PersonLife = { person: 'b', state: 'erased' };
    const other: PersonLife = { person: 'c', state: 'merged-into', into: 'd' };
    expect(refusalOfMerge(active('a'), active('b'))).toBeUndefined();
    expect(refusalOfMerge(active('a'), active('a'))).toBe('same-record');
    expect(refusalOfMerge(other, active('a'))).toBe('not-active');
    expect(refusalOfMerge(active('a'), gone)).toBe('target-not-active');
    expect(refusalOfMerge(active('a'), other)).toBe('target-not-active');
  });

  test('B31 stays erased, under its id, and still says what it was merged into', () => {
    expect(foldPerson([registered('a'), erased, merged('b')])).toEqual({ person: 'a', state: 'erased' });
    expect(foldPerson([registered('a'), merged('b'), erased])).toEqual({
      person: 'a',
      state: 'erased',
      into: 'b',
    });
  });

  test('B32 figures go to the record at the end of the merges, also after an erasure', () => {
    const lives: Record<string, PersonLife> = {
      a: { person: 'a', state: 'erased', into: 'b' },
      b: { person: 'b', state: 'merged-into', into: 'c' },
      c: active('c'),
    };
    expect(['a', 'b', 'c', 'unknown'].map((id) => survivorOf(id, (person) => lives[person]))).toEqual([
      'c',
      'c',
      'c',
      'unknown',
    ]);
  });
});

const ids = ['a', 'b', 'c', 'd'];
const someEvent = fc.oneof(
  fc.constantFrom(...ids).map(registered),
  fc.constantFrom(...ids).map(merged),
  fc.constant(erased),
);
const someLog = fc.array(someEvent, { maxLength: 8 });

describe('for any log of a person', () => {
  test('B30 B31 its state is on the list, it keeps its id, and what is erased stays so', () => {
    fc.assert(
      fc.property(someLog, someLog, (log, more) => {
        const life = foldPerson(log);
        if (!life) return;
        const later = foldPerson([...log, ...more]);
        expect(personStates).toContain(life.state);
        expect(later?.person).toBe(life.person);
        if (life.state === 'erased') expect(later).toEqual(life);
      }),
    );
  });

  test('B30 it is rebuilt from its log, whole or piece by piece, and through JSON', () => {
    fc.assert(
      fc.property(someLog, fc.nat(), (log, place) => {
        const cut = place % (log.length + 1);
        const half = foldPerson(log.slice(0, cut));
        const stored = half && (JSON.parse(JSON.stringify(half)) as PersonLife);
        expect(log.slice(cut).reduce(applyPersonEvent, stored)).toEqual(foldPerson(log));
      }),
    );
  });

  test('B32 every record has a survivor, even if merges go in a circle', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...ids), someLog), { maxLength: 6 }), (logs) => {
        const lives = new Map(logs.map(([id, log]) => [id, foldPerson([registered(id), ...log])]));
        for (const id of ids) expect(ids).toContain(survivorOf(id, (person) => lives.get(person)));
      }),
    );
  });

  test('B30 B32 merges that were admitted make no circle: the survivor is merged into nobody', () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 12 });
    fc.assert(
      fc.property(pairs, (merges) => {
        const lives = new Map(ids.map((id) => [id, active(id)]));
        for (const [one, other] of merges) {
          const [record, target] = [lives.get(one), lives.get(other)];
          if (!record || !target || refusalOfMerge(record, target)) continue;
          lives.set(one, applyPersonEvent(record, merged(other)) ?? record);
        }
        for (const id of ids)
          expect(lives.get(survivorOf(id, (person) => lives.get(person)))?.state).toBe('active');
      }),
    );
  });
});
