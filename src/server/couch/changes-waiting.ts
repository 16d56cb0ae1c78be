import { requireMember } from './access';
import type { Database } from './database';
import type { UserContext } from './exchange';
import { noDatabase } from './failure';

/** The user of a waiting request: a long poll outlives a change of rights. */
export interface Asker {
  /** Looked up again. */
  user(): Promise<UserContext>;
  /** Calls back when accounts have changed; returns a function that stops it. */
  onChange(listener: () => void): () => void;
}

/** @throws {CouchFailure} 404 */
export function requirePresent(database: Database): void {
  if (database.isGone) throw noDatabase();
}

/** @throws {CouchFailure} for anybody who may no longer read the database, or if it is gone */
export async function requireStillReading(database: Database, asker: Asker): Promise<void> {
  requireMember(await asker.user(), database);
  requirePresent(database);
}

/**
 * S11: a signal that aborts when the waiting client has left, or may no longer read the database, so that it
 * is told at once.
 */
export function watchRights(database: Database, asker: Asker, left: AbortSignal) {
  const lost = new AbortController();
  const look = async () => {
    try {
      requireMember(await asker.user(), database);
    } catch {
      // Whatever the error: it surfaces when the poll ends and the user is looked up once more.
      lost.abort();
    }
  };
  const stop = asker.onChange(() => void look());
  // The rights may have been lost between the request's own check and now.
  void look();
  return { signal: AbortSignal.any([left, lost.signal]), stop };
}

/** Waits until there is something after `since`, or the client has left. Returns false if the time is up. */
export function changeOrTimeout(
  database: Database,
  since: number,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isNews: boolean) => {
      clearTimeout(timer);
      leave();
      signal.removeEventListener('abort', quit);
      resolve(isNews);
    };
    const quit = () => end(true);
    const timer = setTimeout(() => end(false), ms);
    const leave = database.wakeUps.join(since, quit);
    signal.addEventListener('abort', quit);
    if (signal.aborted) quit();
  });
}
