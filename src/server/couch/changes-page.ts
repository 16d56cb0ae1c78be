import type { ChangesQuery } from './changes-query';
import type { Database } from './database';
import type { JsonObject } from './json';
import { sequenceText } from './sequence';

/**
 * Changes read at once, without documents and with them: an answer goes out in pieces, with only one in
 * memory.
 */
export const pieceSize = 1000;
const pieceWithDocuments = 100;

export interface Page {
  results: JsonObject[];
  last_seq: string;
  pending: number;
  /** The store's own number of `last_seq`. */
  reached: number;
}

/**
 * How many changes a piece has. Backwards the store can't continue where it ended: changesQuery keeps it
 * short.
 */
export const sizeOfPiece = ({ descending, limit, read }: ChangesQuery): number =>
  descending ? limit : read.include_docs ? pieceWithDocuments : pieceSize;

/** One page of changes after `since`. A page that isn't full ends at the database's last change. */
export async function changesPage(
  database: Database,
  { since, limit, descending, read }: ChangesQuery,
): Promise<Page> {
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

/** The text of a page of any size. */
export async function* pageText(database: Database, wanted: ChangesQuery): AsyncGenerator<string> {
  const size = sizeOfPiece(wanted);
  let { since, limit } = wanted;
  yield '{"results":[';
  for (let isFirst = true; ; isFirst = false) {
    const piece = await changesPage(database, { ...wanted, since, limit: Math.min(limit, size) });
    limit -= piece.results.length;
    since = piece.reached;
    const rows = piece.results.map((row) => JSON.stringify(row)).join(',\n');
    yield isFirst || rows === '' ? rows : `,\n${rows}`;
    if (piece.pending > 0 && limit > 0 && piece.results.length > 0) continue;
    yield `],\n${JSON.stringify({ last_seq: piece.last_seq, pending: piece.pending }).slice(1)}`;
    return;
  }
}
