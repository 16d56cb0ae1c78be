import type { LocalDate, LocalTime } from '$lib/domain/time/day';

export const offeringKinds = ['course', 'performance', 'meal'] as const;
export type OfferingKind = (typeof offeringKinds)[number];

/** Something that a service offers for a time: a course, a performance, a day's meal. */
export interface Offering {
  id: string;
  kind: OfferingKind;
  service: string;
  venue: string;
  /** First and last day, both included; one and the same for a performance or a meal. */
  from: LocalDate;
  until: LocalDate;
  /** Last day on which it can be chosen (R9); absent: its last day. */
  choosableUntil?: LocalDate;
  /** When it begins on its day. */
  startsAt?: LocalTime;
  /** Places for card holders; absent: as many as come. */
  seats?: number;
  isCancelled: boolean;
}

/** A card's standing choice (R9): not released. */
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

/** R9: over, or called off. */
export const hasEnded = (offering: Offering, today: LocalDate): boolean =>
  offering.isCancelled || today > offering.until;

/** Places left as far as the device knows; undefined where there is no number. Never below 0. */
export function seatsLeft(
  offering: Pick<Offering, 'id' | 'seats'>,
  taken: ReadonlyMap<string, number>,
): number | undefined {
  if (offering.seats === undefined) return undefined;
  return Math.max(0, offering.seats - (taken.get(offering.id) ?? 0));
}
