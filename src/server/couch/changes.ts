import { setTimeout as delay } from 'node:timers/promises';
import { requireMember } from './access';
import type { Database } from './database';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import { changesQuery, type ChangesQuery } from './changes-query';
import { CouchFailure, noDatabase } from './failure';
import type { JsonObject } from './json';
import { sequenceText } from './sequence';

/** Who asks, looked up anew: a long poll outlives a change of rights. */
export type CurrentUser = () => Promise<UserContext>;

/** GET and POST _changes, `feed` normal or longpoll. */
export async function changes(
  database: Database,
  request: CouchRequest,
  currentUser: CurrentUser,
): Promise<CouchResponse> {
  const wanted = changesQuery(database, request, await lastSequence(database));
  const first = await page(database, wanted);
  if (!wanted.waits || first.results.length > 0) return jsonResponse(200, first);
  const { heartbeatMs } = wanted;
  if (heartbeatMs !== undefined) {
    const chunks = poll(database, wanted, heartbeatMs, currentUser, request.signal);
    return { status: 200, body: { kind: 'stream', chunks } };
  }
  await changeOrTimeout(database, wanted, wanted.timeoutMs, request.signal);
  requireMember(await currentUser(), database);
  return jsonResponse(200, await page(database, wanted));
}

/** Line breaks while nothing changes, then the page. The status is out already: rights lost end in no rows. */
async function* poll(
  database: Database,
  wanted: ChangesQuery,
  heartbeatMs: number,
  currentUser: CurrentUser,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const deadline = Date.now() + wanted.timeoutMs;
  yield '\n';
  for (let left = wanted.timeoutMs; left > 0 && !signal.aborted; left = deadline - Date.now()) {
    if (await changeOrTimeout(database, wanted, Math.min(left, heartbeatMs), signal)) break;
    yield '\n';
  }
  try {
    requireMember(await currentUser(), database);
    yield JSON.stringify(await page(database, wanted));
  } catch (error) {
    if (!(error instanceof CouchFailure)) throw error;
    yield JSON.stringify({ results: [], last_seq: sequenceText(wanted.since, database) });
  }
}

/** Waits for a change after `since`. Answers whether there was one. */
async function changeOrTimeout(
  database: Database,
  { since }: ChangesQuery,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  const stop = new AbortController();
  const quiet = AbortSignal.any([stop.signal, signal]);
  const release = database.onChange(() => stop.abort());
  try {
    // A change may have come between the page and this listener.
    if ((await lastSequence(database)) > since) return true;
    await delay(ms, undefined, { signal: quiet });
    return false;
  } catch (error) {
    if (!quiet.aborted) throw error;
    return true;
  } finally {
    release();
  }
}

async function lastSequence(database: Database): Promise<number> {
  if (database.isGone) throw noDatabase();
  return Number((await database.pouch.info()).update_seq);
}

interface Page {
  results: JsonObject[];
  last_seq: string;
  pending: number;
}

/** One page of changes after `since`. A page that isn't full ends at the database's last change. */
async function page(database: Database, { since, limit, descending, read }: ChangesQuery): Promise<Page> {
  const last = await lastSequence(database);
  if (limit === 0) return { results: [], last_seq: sequenceText(since, database), pending: last - since };
  const { results } = await database.pouch.changes({
    ...read,
    since,
    descending,
    ...(limit < Number.MAX_SAFE_INTEGER ? { limit } : {}),
  });
  const reached = Number(results.at(-1)?.seq ?? since);
  const isFull = results.length >= limit;
  const end = descending || !isFull ? Math.max(last, reached) : reached;
  return {
    results: results.map((change) => ({ ...change, seq: sequenceText(Number(change.seq), database) })),
    last_seq: sequenceText(end, database),
    pending: Math.max(0, last - end),
  };
}
