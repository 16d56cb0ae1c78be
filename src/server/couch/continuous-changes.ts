import { changesPage, sizeOfPiece } from './changes-page';
import type { ChangesQuery } from './changes-query';
import { changeOrTimeout, requireStillReading, watchRights, type Asker } from './changes-waiting';
import type { Database } from './database';
import { CouchFailure } from './failure';
import { sequenceText } from './sequence';

/**
 * Every feed ends eventually, however much happens: a reader that continues comes back with its `last_seq`,
 * and is authenticated again. CouchDB's replicator does that by itself.
 */
const longestFeedMs = 10 * 60_000;

/**
 * The changes after `since` and those to come, one per line. It ends with a line that says how far it got: at
 * the limit; after `timeout` without a change, unless a heartbeat is asked for; after ten minutes; when
 * rights are lost (S11); when the server stops. A heartbeat is an empty line.
 */
export async function* continuousChanges(
  database: Database,
  wanted: ChangesQuery,
  asker: Asker,
  left: AbortSignal,
): AsyncGenerator<string> {
  const size = sizeOfPiece(wanted);
  const end = Date.now() + longestFeedMs;
  const { signal, stop } = watchRights(database, asker, left);
  let { since, limit } = wanted;
  let pending = 0;
  let lastNews = Date.now();
  try {
    // The status and headers go out with it.
    yield '\n';
    while (limit > 0 && (await isStillReading(database, asker))) {
      const page = await changesPage(database, { ...wanted, since, limit: Math.min(limit, size) });
      since = page.reached;
      pending = page.pending;
      limit -= page.results.length;
      if (page.results.length > 0) {
        yield page.results.map((row) => `${JSON.stringify(row)}\n`).join('');
        lastNews = Date.now();
      }
      if (signal.aborted || Date.now() >= end) break;
      if (page.pending > 0 && page.results.length > 0) continue;
      if (!(yield* quiet(database, { ...wanted, since, limit }, lastNews, end, signal))) break;
    }
  } finally {
    stop();
  }
  yield `${JSON.stringify({ last_seq: sequenceText(since, database), pending })}\n`;
}

/** Heartbeats until there is something new; false if the feed's time is up, or its reader is gone. */
async function* quiet(
  database: Database,
  { since, limit, timeoutMs, heartbeatMs }: ChangesQuery,
  lastNews: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<string, boolean> {
  if (limit === 0) return false;
  const until = heartbeatMs === undefined ? Math.min(lastNews + timeoutMs, end) : end;
  for (let ms = until - Date.now(); ms > 0; ms = until - Date.now()) {
    const isOver = await changeOrTimeout(database, since, Math.min(ms, heartbeatMs ?? ms), signal);
    if (signal.aborted) return false;
    if (isOver) return true;
    if (heartbeatMs !== undefined) yield '\n';
  }
  return false;
}

/** The status has already been sent: lost rights end the feed. */
async function isStillReading(database: Database, asker: Asker): Promise<boolean> {
  try {
    await requireStillReading(database, asker);
    return true;
  } catch (error) {
    if (error instanceof CouchFailure) return false;
    throw error;
  }
}
