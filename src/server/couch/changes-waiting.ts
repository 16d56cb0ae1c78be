import { requireMember } from './access';
import type { Database } from './database';
import type { UserContext } from './exchange';
import { noDatabase } from './failure';

/** Who asks, for requests that wait: a long poll outlives a change of rights. */
export interface Asker {
  /** Looked up anew. */
  user(): Promise<UserContext>;
  /** Calls back when accounts have changed; gives the stop. */
  onChange(listener: () => void): () => void;
}

/** @throws {CouchFailure} 404 */
export function requirePresent(database: Database): void {
  if (database.isGone) throw noDatabase();
}

/** @throws {CouchFailure} for whoever may not read the database any more, and where it is gone */
export async function requireStillReading(database: Database, asker: Asker): Promise<void> {
  requireMember(await asker.user(), database);
  requirePresent(database);
}

/**
 * S11: a signal for when whoever waits has left, or may not read the database any more: then they hear of it at once.
 */
export function watchRights(database: Database, asker: Asker, left: AbortSignal) {
  const lost = new AbortController();
  const look = async () => {
    try {
      requireMember(await asker.user(), database);
    } catch {
      // Of whatever kind: it comes out when the poll ends and they are looked up once more.
      lost.abort();
    }
  };
  const stop = asker.onChange(() => void look());
  // They may have been lost between the request's own check and now.
  void look();
  return { signal: AbortSignal.any([left, lost.signal]), stop };
}

/** Waits until there is something after `since`, or the client has left. Answers false when the time is up. */
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
