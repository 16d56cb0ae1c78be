import { pageText, pieceSize } from './changes-page';
import { changesQuery, type ChangesQuery } from './changes-query';
import {
  changeOrTimeout,
  requirePresent,
  requireStillReading,
  watchRights,
  type Asker,
} from './changes-waiting';
import { continuousChanges } from './continuous-changes';
import type { Database } from './database';
import type { CouchRequest, CouchResponse } from './exchange';
import { CouchFailure } from './failure';
import { sequenceText } from './sequence';

/** The longest page that is kept for others, characters: a thousand visits have some 600,000. */
const longestShared = 2 * 1024 * 1024;

const streamed = (chunks: AsyncIterable<string>): CouchResponse => ({
  status: 200,
  body: { kind: 'stream', chunks },
});

/** GET and POST _changes, `feed` normal, longpoll or continuous. */
export async function changes(
  database: Database,
  request: CouchRequest,
  asker: Asker,
): Promise<CouchResponse> {
  requirePresent(database);
  const wanted = changesQuery(database, request, database.sequence);
  const { feed, heartbeatMs } = wanted;
  if (feed === 'normal') return answer(database, wanted);
  if (feed === 'continuous') return streamed(continuousChanges(database, wanted, asker, request.signal));
  if (heartbeatMs !== undefined) return streamed(poll(database, wanted, heartbeatMs, asker, request.signal));
  const rights = watchRights(database, asker, request.signal);
  await changeOrTimeout(database, wanted.since, wanted.timeoutMs, rights.signal);
  rights.stop();
  await requireStillReading(database, asker);
  return answer(database, wanted);
}

/**
 * Line breaks while nothing changes, then the page. The status has already been sent: lost rights end in no
 * rows.
 */
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
      if (await changeOrTimeout(database, wanted.since, Math.min(ms, heartbeatMs), signal)) break;
      yield '\n';
    }
  } finally {
    stop();
  }
  try {
    await requireStillReading(database, asker);
  } catch (error) {
    if (!(error instanceof CouchFailure)) throw error;
    yield JSON.stringify({ results: [], last_seq: sequenceText(wanted.since, database) });
    return;
  }
  yield* pageText(database, wanted);
}

/** An ordinary page is read once for everybody who asks for it; a larger one goes out piece by piece. */
async function answer(database: Database, wanted: ChangesQuery): Promise<CouchResponse> {
  const { since, limit, descending, read } = wanted;
  if (limit <= pieceSize) {
    const key = JSON.stringify([since, limit, descending, read]);
    const body = await database.pages.get(key, () => shortText(pageText(database, wanted)));
    if (body !== undefined) return { status: 200, body };
  }
  return streamed(pageText(database, wanted));
}

/** The whole of a text that is short enough to be kept. */
async function shortText(chunks: AsyncIterable<string>): Promise<string | undefined> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > longestShared) return undefined;
  }
  return text;
}
