import { requireMember } from './access';
import type { Database } from './database';
import type { CouchRequest, CouchResponse, UserContext } from './exchange';
import { changesQuery, type ChangesQuery } from './changes-query';
import { CouchFailure, noDatabase } from './failure';
import type { JsonObject } from './json';
import { sequenceText } from './sequence';

/** Who asks, for requests that wait: a long poll outlives a change of rights. */
export interface Asker {
  /** Looked up anew. */
  user(): Promise<UserContext>;
  /** Calls back when accounts have changed; gives the stop. */
  onChange(listener: () => void): () => void;
}

/** Changes read at once, without documents and with them: an answer goes out in such pieces, so that memory holds one. */
const pieceSize = 1000;
const pieceWithDocuments = 100;

/** Characters of a page that is kept for others: a thousand visits have some 600,000. */
const longestShared = 2 * 1024 * 1024;

/** GET and POST _changes, `feed` normal or longpoll. */
export async function changes(
  database: Database,
  request: CouchRequest,
  asker: Asker,
): Promise<CouchResponse> {
  requirePresent(database);
  const wanted = changesQuery(database, request, database.sequence);
  if (!wanted.waits) return answer(database, wanted);
  const { heartbeatMs } = wanted;
  if (heartbeatMs !== undefined) {
    const chunks = poll(database, wanted, heartbeatMs, asker, request.signal);
    return { status: 200, body: { kind: 'stream', chunks } };
  }
  const rights = watchRights(database, asker, request.signal);
  await changeOrTimeout(database, wanted, wanted.timeoutMs, rights.signal);
  rights.stop();
  requireMember(await asker.user(), database);
  requirePresent(database);
  return answer(database, wanted);
}

function requirePresent(database: Database): void {
  if (database.isGone) throw noDatabase();
}

/** Line breaks while nothing changes, then the page. The status is out already: rights lost end in no rows. */
async function* poll(
  database: Database,
  wanted: ChangesQuery,
  heartbeatMs: number,
  asker: Asker,
  left: AbortSignal,
): AsyncGenerator<string> {
  const { signal, stop } = watchRights(database, asker, left);
  const deadline = Date.now() + wanted.timeoutMs;
  try {
    yield '\n';
    for (let ms = wanted.timeoutMs; ms > 0 && !signal.aborted; ms = deadline - Date.now()) {
      if (await changeOrTimeout(database, wanted, Math.min(ms, heartbeatMs), signal)) break;
      yield '\n';
    }
  } finally {
    stop();
  }
  try {
    requireMember(await asker.user(), database);
    requirePresent(database);
  } catch (error) {
    if (!(error instanceof CouchFailure)) throw error;
    yield JSON.stringify({ results: [], last_seq: sequenceText(wanted.since, database) });
    return;
  }
  yield* pieces(database, wanted);
}

/**
 * S11: a signal for when whoever waits has left, or may not read the database any more: then they hear of it at once.
 */
function watchRights(database: Database, asker: Asker, left: AbortSignal) {
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
function changeOrTimeout(
  database: Database,
  { since }: ChangesQuery,
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

/** A page of ordinary size is read once for all who ask for it; more goes out piece by piece. */
async function answer(database: Database, wanted: ChangesQuery): Promise<CouchResponse> {
  const { since, limit, descending, read } = wanted;
  if (limit <= pieceSize) {
    const key = JSON.stringify([since, limit, descending, read]);
    const body = await database.pages.get(key, () => shortText(pieces(database, wanted)));
    if (body !== undefined) return { status: 200, body };
  }
  return { status: 200, body: { kind: 'stream', chunks: pieces(database, wanted) } };
}

/** All of a text that is short enough to be kept. */
async function shortText(chunks: AsyncIterable<string>): Promise<string | undefined> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > longestShared) return undefined;
  }
  return text;
}

/** The text of a page of any size. */
async function* pieces(database: Database, wanted: ChangesQuery): AsyncGenerator<string> {
  // Backwards the store can't go on where it ended: changesQuery keeps such a page short.
  const size = wanted.descending ? wanted.limit : wanted.read.include_docs ? pieceWithDocuments : pieceSize;
  let { since, limit } = wanted;
  yield '{"results":[';
  for (let isFirst = true; ; isFirst = false) {
    const piece = await page(database, { ...wanted, since, limit: Math.min(limit, size) });
    limit -= piece.results.length;
    since = piece.reached;
    const rows = piece.results.map((row) => JSON.stringify(row)).join(',\n');
    yield isFirst || rows === '' ? rows : `,\n${rows}`;
    if (piece.pending > 0 && limit > 0 && piece.results.length > 0) continue;
    yield `],\n${JSON.stringify({ last_seq: piece.last_seq, pending: piece.pending }).slice(1)}`;
    return;
  }
}

interface Page {
  results: JsonObject[];
  last_seq: string;
  pending: number;
  /** The store's own number of `last_seq`. */
  reached: number;
}

/** One page of changes after `since`. A page that isn't full ends at the database's last change. */
async function page(database: Database, { since, limit, descending, read }: ChangesQuery): Promise<Page> {
  const last = database.sequence;
  if (limit === 0 || (since >= last && !descending)) {
    return { results: [], last_seq: sequenceText(since, database), pending: last - since, reached: since };
  }
  const { results } = await database.pouch.changes({
    ...read,
    since,
    descending,
    ...(limit < Number.MAX_SAFE_INTEGER ? { limit } : {}),
  });
  const reached = Number(results.at(-1)?.seq ?? since);
  const isFull = results.length >= limit;
  const end = descending || !isFull ? Math.max(last, reached) : reached;
  // A change may be on the disk a moment before it is announced.
  database.sequence = Math.max(database.sequence, end);
  return {
    results: results.map((change) => ({ ...change, seq: sequenceText(Number(change.seq), database) })),
    last_seq: sequenceText(end, database),
    pending: Math.max(0, last - end),
    reached: end,
  };
}
