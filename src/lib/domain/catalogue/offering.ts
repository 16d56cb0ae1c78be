import type { LocalDate, LocalTime } from '$lib/domain/time/day';

export const offeringKinds = ['course', 'performance', 'meal'] as const;
export type OfferingKind = (typeof offeringKinds)[number];

/** Something that a service offers for a time: a course, a performance, a day's meal. */
export interface Offering {
  id: string;
  kind: OfferingKind;
  service: string;
  venue: string;
  /** First and last day, both included; the same day for a performance or a meal. */
  from: LocalDate;
  until: LocalDate;
  /** Last day on which it can be chosen (R9); absent: its last day. */
  choosableUntil?: LocalDate;
  /** Time of day when it begins. */
  startsAt?: LocalTime;
  /** Places for card holders; absent: unlimited. */
  seats?: number;
  isCancelled: boolean;
}

/** A card's standing choice (R9): one that was not released. */
export interface Choice {
  /** `_id` of the choice's document. */
  id: string;
  offering: string;
  at: number;
}

/** R10: on today's list. */
export const isListed = (offering: Offering, today: LocalDate): boolean =>
  !offering.isCancelled && offering.from <= today && today <= offering.until;

/** R9: can be chosen today; it may begin later. */
export const isChoosable = (offering: Offering, today: LocalDate): boolean =>
  !offering.isCancelled && today <= (offering.choosableUntil ?? offering.until);

/** R9: over, or cancelled. */
export const hasEnded = (offering: Offering, today: LocalDate): boolean =>
  offering.isCancelled || today > offering.until;

/** Places left as far as the device knows, at least 0; undefined if unlimited. */
export function seatsLeft(
  offering: Pick<Offering, 'id' | 'seats'>,
  taken: ReadonlyMap<string, number>,
): number | undefined {
  if (offering.seats === undefined) return undefined;
  return Math.max(0, offering.seats - (taken.get(offering.id) ?? 0));
}
