/** Conflicts older than this many days are history. */
export const daysReviewed = 40;
