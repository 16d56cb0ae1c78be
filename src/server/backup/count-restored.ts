import * as v from 'valibot';
import { requireOk, type CouchClient } from '../couch/client';
import type { CheckedLine } from './checked-backup';

/** Ids per request. */
const pageSize = 500;

const rows = v.object({ rows: v.array(v.object({ error: v.optional(v.string()) })) });

/** A database that lacks something that was to be restored into it. */
export class CountDiffers extends Error {
  constructor(database: string, found: number, documents: number) {
    super(`counted again, ${database} has ${found} of the ${documents} documents of the backup.`);
    this.name = 'CountDiffers';
  }
}

/**
 * Counts how many of a backup's documents a store has, including deleted ones, database by database. By their
 * ids, not by the database's own count: that includes earlier accounts and this version's rules, and a
 * document written during the backup can be in it twice.
 * @throws {CountDiffers} for the first database that lacks one
 */
export async function requireCounted(client: CouchClient, lines: AsyncIterable<CheckedLine>): Promise<void> {
  let database = '';
  let documents = 0;
  let found = 0;
  let keys: string[] = [];
  const count = async () => {
    if (keys.length > 0) found += await countPresent(client, database, keys);
    documents += keys.length;
    keys = [];
  };
  for await (const { line, isOwn } of lines) {
    if (!isOwn) continue;
    if ('database' in line) {
      database = line.database;
      [documents, found] = [0, 0];
    } else if ('doc' in line) {
      keys.push(line.doc._id);
      if (keys.length >= pageSize) await count();
    } else if ('end' in line) {
      await count();
      if (found !== documents) throw new CountDiffers(database, found, documents);
    }
  }
}

async function countPresent(client: CouchClient, database: string, keys: readonly string[]): Promise<number> {
  const body = await requireOk(client, 'POST', `/${encodeURIComponent(database)}/_all_docs`, { keys });
  return v.parse(rows, body).rows.filter(({ error }) => error === undefined).length;
}
