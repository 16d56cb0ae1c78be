import type { Database } from './database';
import type { CouchRequest, CouchResponse } from './exchange';
import { badRequest } from './failure';
import { requireObject } from './json';
import { requireCount } from './limits';
import { piecesOf } from './pieces';
import { booleanParameter, countParameter, idParameter, jsonParameter } from './query';
import { sequenceText } from './sequence';

/** Sorts after every id: the store's own upper bound leaves out ids that begin beyond U+00FF. */
const afterAllIds = '\u{10ffff}';

/** Rows read at once, without documents and with them: only one piece of an answer is in memory. */
const pieceSize = 500;
const pieceWithDocuments = 100;
/** Keys looked up at once. */
const keysAtOnce = 25;

interface Read {
  include_docs: boolean;
  conflicts: boolean;
}

/** The head of an answer, and its rows, of which more are read as they go out. */
interface Rows {
  total_rows: number;
  offset: number | null;
  rows: AsyncIterable<object>;
}

/** GET and POST _all_docs. */
export async function allDocs(database: Database, request: CouchRequest): Promise<CouchResponse> {
  const { query } = request;
  const keys = requestedKeys(request);
  const read = {
    include_docs: booleanParameter(query, 'include_docs'),
    conflicts: booleanParameter(query, 'conflicts'),
  };
  // Read before the rows: a change in between is then reported again rather than missed.
  const { update_seq: updateSeq } = await database.pouch.info();
  const sequence = booleanParameter(query, 'update_seq')
    ? { update_seq: sequenceText(Number(updateSeq), database) }
    : {};
  const { rows, ...head } =
    keys === undefined
      ? await rowsInRange(database, query, read)
      : await rowsByKey(database, keys, query, read);
  return { status: 200, body: { kind: 'stream', chunks: answerText({ ...head, ...sequence }, rows) } };
}

async function* answerText(head: object, rows: AsyncIterable<object>): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"rows":[\n`;
  let separator = '';
  for await (const row of rows) {
    yield `${separator}${JSON.stringify(row)}`;
    separator = ',\n';
  }
  yield '\n]}';
}

export function requestedKeys(request: CouchRequest): unknown[] | undefined {
  const keys =
    request.method === 'POST' ? requireObject(request.json())['keys'] : jsonParameter(request.query, 'keys');
  if (keys === undefined) return undefined;
  if (!Array.isArray(keys)) throw badRequest('`keys` body member must be an array.');
  requireCount(keys.length, 'keys');
  return keys as unknown[];
}

async function rowsInRange(database: Database, query: URLSearchParams, read: Read): Promise<Rows> {
  const key = idParameter(query, 'key');
  const descending = booleanParameter(query, 'descending');
  const start = idParameter(query, 'startkey', 'start_key') ?? (descending ? afterAllIds : undefined);
  const end = idParameter(query, 'endkey', 'end_key') ?? (descending ? undefined : afterAllIds);
  const range = {
    ...read,
    descending,
    inclusive_end: booleanParameter(query, 'inclusive_end', true),
    ...(key === undefined
      ? { ...(start === undefined ? {} : { startkey: start }), ...(end === undefined ? {} : { endkey: end }) }
      : { key }),
  };
  const size = read.include_docs ? pieceWithDocuments : pieceSize;
  const limit = countParameter(query, 'limit') ?? Infinity;
  const first = await database.pouch.allDocs({
    ...range,
    skip: countParameter(query, 'skip') ?? 0,
    limit: Math.min(limit, size),
  } as PouchDB.Core.AllDocsWithinRangeOptions);

  async function* rows(): AsyncGenerator<object> {
    let piece: { id: string }[] = first.rows;
    let asked = Math.min(limit, size);
    for (let left = limit; ;) {
      yield* piece;
      left -= piece.length;
      const last = piece.at(-1);
      if (last === undefined || left <= 0 || piece.length < asked || key !== undefined) return;
      asked = Math.min(left, size);
      // The last row of the previous piece comes first again, unless it has been deleted meanwhile.
      const options = { ...range, startkey: last.id, limit: asked + 1 };
      const next = await database.pouch.allDocs(options as PouchDB.Core.AllDocsWithinRangeOptions);
      piece = next.rows.filter(({ id }) => id !== last.id).slice(0, asked);
    }
  }
  return { total_rows: first.total_rows, offset: first.offset, rows: rows() };
}

async function rowsByKey(
  database: Database,
  keys: unknown[],
  query: URLSearchParams,
  read: Read,
): Promise<Rows> {
  const skip = countParameter(query, 'skip') ?? 0;
  const limit = countParameter(query, 'limit') ?? keys.length;
  const { total_rows } = await database.pouch.allDocs({ limit: 0 });

  async function* rows(): AsyncGenerator<object> {
    for (const piece of piecesOf(keys.slice(skip, skip + limit), keysAtOnce)) {
      const ids = piece.filter((key): key is string => typeof key === 'string' && key !== '');
      const found = (await database.pouch.allDocs({ ...read, keys: [...new Set(ids)] })).rows;
      const rowByKey = new Map(found.map((row): [unknown, object] => [row.key, row]));
      for (const key of piece) yield rowByKey.get(key) ?? { key, error: 'not_found' };
    }
  }
  return { total_rows, offset: null, rows: rows() };
}
