import * as v from 'valibot';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { usersDatabase } from '../couch/route';
import { desksDatabase } from '../provision/databases';
import { isEmptyDatabase, provision, renewEpoch, tiskiDatabases } from '../provision/provision';
import { readBackup } from './backup-file';

/** What goes in one request: within CouchDB's and our own limit, a single document aside. */
const mostDocuments = 500;
const mostCharacters = 2_000_000;

const rows = v.array(v.looseObject({ id: v.optional(v.string()), error: v.optional(v.string()) }));
const accounts = v.object({
  rows: v.array(
    v.object({ id: v.string(), doc: v.object({ _conflicts: v.optional(v.array(v.string()), []) }) }),
  ),
});

export type Restored =
  | { kind: 'restored'; at: string; documents: number }
  /** Nothing was done: there are documents, in this database for one. */
  | { kind: 'not-empty'; database: string };

export interface RestoreOptions {
  /**
   * Deletes the databases of Tiski that are there. Accounts are kept; of one in both, what was changed more often
   * stays.
   */
  replace: boolean;
  onProgress: (progress: { database: string; documents: number }) => void;
}

/**
 * Brings a backup into a store. It is read through before anything is touched. Every database gets a new epoch, so
 * that desks pull from zero and bring back what they had logged since the backup (S8).
 * @throws {UnusableBackup} before anything is written
 * @throws {UnexpectedCouchReply} in the middle of it: restore again, with `replace`
 */
export async function restore(client: CouchClient, path: string, options: RestoreOptions): Promise<Restored> {
  let at = '';
  for await (const line of readBackup(path)) if ('tiski' in line) at = line.at;
  const present = await tiskiDatabases(client);
  if (options.replace) {
    for (const name of present) await requireOk(client, 'DELETE', pathOf(name));
  } else {
    for (const name of present) {
      if (!(await isEmptyDatabase(client, name))) return { kind: 'not-empty', database: name };
    }
    // With its note of what was brought over: a backup of an older version has that before it still.
    if (present.includes(desksDatabase)) await requireOk(client, 'DELETE', pathOf(desksDatabase));
  }
  const documents = await writeDatabases(client, path, options.onProgress);
  await settleAccounts(client);
  for (const name of await tiskiDatabases(client)) await renewEpoch(client, name);
  await provision(client);
  return { kind: 'restored', at, documents };
}

/**
 * An account that was there before has its own and the backup's branch now: of each the winning one stays, because
 * CouchDB signs nobody in whose account is in conflict.
 */
async function settleAccounts(client: CouchClient): Promise<void> {
  const query = 'include_docs=true&conflicts=true';
  const body = await requireOk(client, 'GET', `${pathOf(usersDatabase)}/_all_docs?${query}`);
  for (const { id, doc } of v.parse(accounts, body).rows) {
    for (const rev of doc._conflicts) {
      await requireOk(client, 'DELETE', `${documentPath(usersDatabase, id)}?rev=${rev}`);
    }
  }
}

const pathOf = (database: string) => `/${encodeURIComponent(database)}`;

async function writeDatabases(
  client: CouchClient,
  path: string,
  onProgress: RestoreOptions['onProgress'],
): Promise<number> {
  let database = '';
  let batch: unknown[] = [];
  let size = 0;
  let total = 0;
  const flush = async () => {
    if (batch.length > 0) await writeBatch(client, database, batch);
    total += batch.length;
    batch = [];
    size = 0;
  };
  for await (const line of readBackup(path)) {
    if ('database' in line) {
      database = line.database;
      await makeDatabase(client, database, line.security);
    } else if ('doc' in line) {
      const { length } = JSON.stringify(line.doc);
      if (batch.length >= mostDocuments || size + length > mostCharacters) await flush();
      batch.push(line.doc);
      size += length;
    } else if ('end' in line) {
      await flush();
      onProgress({ database, documents: line.documents });
    }
  }
  return total;
}

async function makeDatabase(client: CouchClient, name: string, security: object): Promise<void> {
  const reply = await client.request('PUT', pathOf(name));
  if (reply.status !== 201 && reply.status !== 202 && reply.status !== 412) {
    throw new UnexpectedCouchReply('PUT', pathOf(name), reply);
  }
  if (name !== usersDatabase) await requireOk(client, 'PUT', `${pathOf(name)}/_security`, security);
}

/** With the revisions that they have in the backup: drafts (S17) and replications go on from those. */
async function writeBatch(client: CouchClient, database: string, docs: readonly unknown[]): Promise<void> {
  const path = `${pathOf(database)}/_bulk_docs`;
  const body = await requireOk(client, 'POST', path, { docs, new_edits: false });
  const refused = v.parse(rows, body).find(({ error }) => error !== undefined);
  if (refused) throw new UnexpectedCouchReply('POST', path, { status: 400, body: refused });
}
