import { casesOfMine, unassignedCases } from '$lib/office/cases/waiting-cases';
import { waitingDesks } from '$lib/office/desks/waiting-desks';
import { waitingReviews } from '$lib/office/reviews/waiting-reviews';
import type { Waiting } from '$lib/office/session/waiting';

/** What may wait for somebody, in the order of the home: an area adds itself by a line. */
export const everythingWaiting: readonly Waiting[] = [
  casesOfMine,
  unassignedCases,
  waitingReviews,
  waitingDesks,
];
