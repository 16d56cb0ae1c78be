import type { TiskiDatabase } from './database';

/** How many conflicts wait for a decision. */
export const countReviews = (db: TiskiDatabase): Promise<number> => db.reviews.count();
