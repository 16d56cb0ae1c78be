import { setTimeout as delay } from 'node:timers/promises';
import { requireMember } from './access';
import type { Database } from './database';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import { badRequest, CouchFailure, noDatabase } from './failure';
import { isJsonObject, type JsonObject } from './json';
import { booleanParameter, countParameter } from './query';
import { sequenceFrom, sequenceText } from './sequence';

const longestWaitMs = 60_000;
const shortestHeartbeatMs = 100;

interface ChangesQuery {
  since: number;
  limit: number;
  waits: boolean;
  timeoutMs: number;
  heartbeatMs?: number;
  descending: boolean;
  read: object;
}

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

function changesQuery(database: Database, request: CouchRequest, last: number): ChangesQuery {
  const { query } = request;
  const feed = query.get('feed') ?? 'normal';
  if (feed !== 'normal' && feed !== 'longpoll') {
    throw badRequest('Supported `feed` types: normal, longpoll');
  }
  const style = query.get('style') ?? 'main_only';
  if (style !== 'main_only' && style !== 'all_docs') {
    throw badRequest('Supported `style`s: main_only, all_docs');
  }
  const heartbeatMs = heartbeat(query);
  const docIds = filteredIds(request);
  return {
    since: sequenceFrom(query.get('since') ?? '0', database, last),
    limit: countParameter(query, 'limit') ?? Number.MAX_SAFE_INTEGER,
    waits: feed === 'longpoll',
    timeoutMs: Math.min(countParameter(query, 'timeout') ?? longestWaitMs, longestWaitMs),
    descending: booleanParameter(query, 'descending'),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    read: {
      style,
      include_docs: booleanParameter(query, 'include_docs'),
      conflicts: booleanParameter(query, 'conflicts'),
      ...(docIds === undefined ? {} : { doc_ids: docIds }),
    },
  };
}

function heartbeat(query: URLSearchParams): number | undefined {
  const text = query.get('heartbeat');
  if (text === null || text === 'false') return undefined;
  const ms = text === 'true' ? longestWaitMs : countParameter(query, 'heartbeat');
  return ms === undefined ? undefined : Math.max(ms, shortestHeartbeatMs);
}

/** `filter=_doc_ids`, the one filter there is. */
function filteredIds(request: CouchRequest): string[] | undefined {
  const filter = request.query.get('filter');
  if (filter === null) return undefined;
  if (filter !== '_doc_ids') throw badRequest('The only `filter` is `_doc_ids`.');
  const body: unknown = request.method === 'POST' ? request.json() : undefined;
  const ids: unknown = isJsonObject(body) ? body['doc_ids'] : undefined;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('`doc_ids` filter parameter is not a list.');
  }
  return ids as string[];
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
