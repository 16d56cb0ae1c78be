import type { TiskiDatabase } from './database';

/**
 * Whether the browser doesn't let us store anything: a live query doesn't report a database that can't be
 * opened.
 */
export async function isStorageRefused(db: TiskiDatabase): Promise<boolean> {
  try {
    await db.open();
    return false;
  } catch (error) {
    // Not refused: the page was put to sleep or left meanwhile.
    return !(error instanceof Error && error.name === 'DatabaseClosedError');
  }
}
