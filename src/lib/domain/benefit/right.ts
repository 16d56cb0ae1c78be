import { addDays, type LocalDate } from '$lib/domain/time/day';
import type { Logged } from './logged';

/** What a decision or a hand-out gives. Its state follows from days, and is never stored. */
export const rightStates = ['upcoming', 'active', 'grace', 'suspended', 'expired', 'ended'] as const;
export type RightState = (typeof rightStates)[number];

/** Closed lists, so that no names are typed. */
export const suspensionReasons = ['misuse', 'under-review', 'holder-asked'] as const;
export type SuspensionReason = (typeof suspensionReasons)[number];
export const endReasons = [
  'decision-overturned',
  'no-longer-qualifies',
  'moved-away',
  'holder-asked',
  'misuse',
  'died',
] as const;
export type EndReason = (typeof endReasons)[number];

/** All days are inclusive: `from` is the first, `until` the last. */
export type RightEvent = Logged &
  (
    | { kind: 'granted'; scheme: string; from: LocalDate; until: LocalDate }
    | { kind: 'renewed'; until: LocalDate }
    | { kind: 'suspended'; from: LocalDate; until?: LocalDate; reason: SuspensionReason }
    /** `on` is the first day on which the right is usable again. */
    | { kind: 'unsuspended'; on: LocalDate }
    /** `on` is the first day without the right. */
    | { kind: 'ended'; on: LocalDate; reason: EndReason }
  );

export interface Suspension {
  from: LocalDate;
  until?: LocalDate;
  reason: SuspensionReason;
}

export interface Right {
  scheme: string;
  from: LocalDate;
  until: LocalDate;
  suspensions: readonly Suspension[];
  ended?: { on: LocalDate; reason: EndReason };
}

/** The fold of a right's log. Total; undefined until something is granted. */
export function rightOf(events: readonly RightEvent[]): Right | undefined {
  return events.reduce<Right | undefined>(applyRightEvent, undefined);
}

/** One step of the fold. B22: one right is granted once; a grant after its end is another right. */
export function applyRightEvent(right: Right | undefined, event: RightEvent): Right | undefined {
  if (!right) {
    if (event.kind !== 'granted' || event.until < event.from) return undefined;
    const { scheme, from, until } = event;
    return { scheme, from, until, suspensions: [] };
  }
  switch (event.kind) {
    case 'granted':
      return right;
    case 'renewed':
      // B23: a renewal never shortens; ending a right is said as such, with its reason.
      return event.until > right.until ? { ...right, until: event.until } : right;
    case 'suspended': {
      const { from, until, reason } = event;
      const suspension = { from, ...(until !== undefined && { until }), reason };
      return { ...right, suspensions: [...right.suspensions, suspension] };
    }
    case 'unsuspended':
      return { ...right, suspensions: right.suspensions.flatMap((each) => cutAt(each, event.on)) };
    case 'ended': {
      const { on, reason } = event;
      // B24: the earliest end holds.
      return right.ended && right.ended.on <= on ? right : { ...right, ended: { on, reason } };
    }
  }
}

/** What is left of a suspension that is lifted on a day: the days before it. */
function cutAt(suspension: Suspension, on: LocalDate): Suspension[] {
  if (suspension.from >= on) return [];
  const last = addDays(on, -1);
  const isOver = suspension.until !== undefined && suspension.until <= last;
  return [isOver ? suspension : { ...suspension, until: last }];
}

/** B22–B25: the state on a day; undefined if nothing was granted. */
export function rightStateOn(
  events: readonly RightEvent[],
  day: LocalDate,
  graceDays: number,
): RightState | undefined {
  const right = rightOf(events);
  if (!right) return undefined;
  const { from, until, suspensions, ended } = right;
  if (ended && ended.on <= day) return 'ended';
  if (day < from) return 'upcoming';
  if (day > addDays(until, graceDays)) return 'expired';
  if (suspensions.some((each) => covers(each, day))) return 'suspended';
  return day > until ? 'grace' : 'active';
}

const covers = ({ from, until }: Suspension, day: LocalDate): boolean =>
  from <= day && !(until !== undefined && day > until);
