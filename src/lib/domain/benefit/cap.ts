import type { LocalDate } from '$lib/domain/time/day';

/** How many a scheme may have granted: in a calendar year, or in a pilot's period. */
export type Cap =
  { kind: 'yearly'; most: number } | { kind: 'pilot'; most: number; from: LocalDate; until: LocalDate };

/** A place under the cap, reserved when the case is decided. */
export interface GrantedDecision {
  /** The day of the decision. */
  on: LocalDate;
  /** The day on which another decision took its place, and gave nothing. */
  overturnedOn?: LocalDate;
}

/** B7: how many may still be granted on this day; none outside a pilot's period. */
export function capLeft(cap: Cap, granted: readonly GrantedDecision[], day: LocalDate): number {
  const { from, until } = periodOf(cap, day);
  if (day < from || day > until) return 0;
  const taken = granted.filter(
    ({ on, overturnedOn }) =>
      from <= on && on <= until && !(overturnedOn !== undefined && overturnedOn <= day),
  );
  return Math.max(0, cap.most - taken.length);
}

function periodOf(cap: Cap, day: LocalDate): { from: LocalDate; until: LocalDate } {
  if (cap.kind === 'pilot') return cap;
  const year = day.slice(0, 4);
  return { from: `${year}-01-01`, until: `${year}-12-31` };
}
