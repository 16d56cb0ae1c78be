import type { Logged } from './logged';

export const personStates = ['active', 'merged-into', 'erased'] as const;
export type PersonState = (typeof personStates)[number];

export type PersonEvent = Logged &
  ({ kind: 'registered'; person: string } | { kind: 'merged'; into: string } | { kind: 'erased' });

/** What is known of a person's record itself. The id stays whatever happens, so that figures don't move. */
export type PersonLife = { person: string } & (
  { state: 'active' } | { state: 'merged-into'; into: string } | { state: 'erased'; into?: string }
);

/** The fold of a person's log. Total; undefined until registered. */
export function foldPerson(events: readonly PersonEvent[]): PersonLife | undefined {
  return events.reduce<PersonLife | undefined>(applyPersonEvent, undefined);
}

/** One step of the fold. B30 B31: a record is merged once, and nothing follows its erasure. */
export function applyPersonEvent(life: PersonLife | undefined, event: PersonEvent): PersonLife | undefined {
  if (!life) return event.kind === 'registered' ? { person: event.person, state: 'active' } : undefined;
  switch (event.kind) {
    case 'registered':
      return life;
    case 'merged':
      return life.state === 'active' && event.into !== life.person
        ? { person: life.person, state: 'merged-into', into: event.into }
        : life;
    case 'erased':
      return life.state === 'merged-into'
        ? { person: life.person, state: 'erased', into: life.into }
        : { ...life, state: 'erased' };
  }
}

/** Why two records can't become one. */
export type MergeRefusal = 'same-record' | 'not-active' | 'target-not-active';

/** B30: only an active record is merged, and only into another active one: so there are no circles. */
export function refusalOfMerge(record: PersonLife, target: PersonLife): MergeRefusal | undefined {
  if (record.person === target.person) return 'same-record';
  if (record.state !== 'active') return 'not-active';
  return target.state === 'active' ? undefined : 'target-not-active';
}

/** B32: whose figures a record's are: its own, or those of the record at the end of its merges. */
export function survivorOf(person: string, lifeOf: (person: string) => PersonLife | undefined): string {
  const seen = new Set([person]);
  let last = person;
  for (;;) {
    const life = lifeOf(last);
    const into = life && 'into' in life ? life.into : undefined;
    if (into === undefined || seen.has(into)) return last;
    seen.add(into);
    last = into;
  }
}
