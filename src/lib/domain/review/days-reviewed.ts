/** Conflicts older than this are history, days. */
export const daysReviewed = 40;
