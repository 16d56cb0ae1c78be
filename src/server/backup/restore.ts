import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { usersDatabase } from '../couch/route';
import { removeLocalState, writeLocalState } from '../desks/local-state';
import { renewEpoch } from '../epochs/ensure-epoch';
import { planOf, securityOf } from '../provision/databases';
import { isEmptyDatabase, provision, tiskiDatabases } from '../provision/provision';
import { contentsOf, documentsOf, ownDatabases, type BackupContents } from './backup-contents';
import { checkedBackup, isOwnDatabase, type CheckedLine } from './checked-backup';
import { requireCounted } from './count-restored';
import type { BackupIdentity } from './encryption';
import { restoringNote } from './half-restored';

/** What goes into one request: within CouchDB's and our own limit, unless it is a single document. */
const mostDocuments = 500;
const mostBytes = 2_000_000;

const rows = v.array(v.looseObject({ id: v.optional(v.string()), error: v.optional(v.string()) }));
const accounts = v.object({
  rows: v.array(
    v.object({ id: v.string(), doc: v.object({ _conflicts: v.optional(v.array(v.string()), []) }) }),
  ),
});

export type Restored =
  /** Each document of the backup was found in the store afterwards. */
  | { kind: 'restored'; contents: BackupContents; documents: number; databases: number }
  /** Nothing was done: there are documents, for example in this database. */
  | { kind: 'not-empty'; database: string };

/** The backup is complete but the store is not: what was written stays, and no server starts over it. */
export class RestoreFailed extends Error {
  constructor(readonly reason: unknown) {
    super('the restore failed in the middle');
    this.name = 'RestoreFailed';
  }
}

export interface RestoreOptions {
  /**
   * Deletes Tiski's existing databases. Accounts are kept; if one is in both, the version that was changed
   * more often stays.
   */
  replace: boolean;
  /** For an encrypted backup; one of them has to open it. */
  identities?: readonly BackupIdentity[];
  onProgress: (progress: { database: string; documents: number }) => void;
}

/**
 * Restores a backup into a store. It is read through before anything is touched. Every database gets a new
 * epoch, so that desks pull from zero and bring back what they had logged since the backup (S8). Only
 * databases that provisioning makes are touched, and this version, not the file, decides who may use them by
 * which rules. Finally the store is asked for each document of the file.
 * @throws {UnusableBackup} before anything is written
 * @throws {UnexpectedCouchReply} before anything is written
 * @throws {RestoreFailed} in the middle of it: restore again, with `replace`
 */
export async function restore(client: CouchClient, path: string, options: RestoreOptions): Promise<Restored> {
  const { replace, identities = [], onProgress } = options;
  const contents = await contentsOf(path, identities);
  const present = await presentDatabases(client);
  if (!replace) {
    for (const name of present) {
      if (!(await isEmptyDatabase(client, name))) return { kind: 'not-empty', database: name };
    }
  }
  try {
    // Always, with its record of what was upgraded: a backup of an older version still needs upgrading.
    if (present.includes(desksDatabase)) await requireOk(client, 'DELETE', pathOf(desksDatabase));
    await makeDatabase(client, desksDatabase);
    await writeLocalState(client, restoringNote, { v: 1, at: contents.at });
    const others = replace ? present.filter((name) => name !== desksDatabase) : [];
    for (const name of others) await requireOk(client, 'DELETE', pathOf(name));
    const lines = () => checkedBackup(path, identities);
    await writeDatabases(client, lines(), onProgress);
    await settleAccounts(client);
    for (const name of await presentDatabases(client)) await renewEpoch(client, name);
    await provision(client);
    await requireCounted(client, lines());
    await removeLocalState(client, restoringNote);
    const databases = ownDatabases(contents).length;
    return { kind: 'restored', contents, documents: documentsOf(contents), databases };
  } catch (error) {
    throw new RestoreFailed(error);
  }
}

const presentDatabases = async (client: CouchClient) => (await tiskiDatabases(client)).filter(isOwnDatabase);

/**
 * An account that was there before now has its own branch and the backup's: only the winner stays, because
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
  lines: AsyncIterable<CheckedLine>,
  onProgress: RestoreOptions['onProgress'],
): Promise<void> {
  let database = '';
  let batch: unknown[] = [];
  let size = 0;
  const flush = async () => {
    if (batch.length > 0) await writeBatch(client, database, batch);
    batch = [];
    size = 0;
  };
  for await (const { line, bytes, isOwn } of lines) {
    if (!isOwn) continue;
    if ('database' in line) {
      database = line.database;
      await makeDatabase(client, database);
    } else if ('doc' in line) {
      if (batch.length >= mostDocuments || size + bytes > mostBytes) await flush();
      batch.push(line.doc);
      size += bytes;
    } else if ('end' in line) {
      await flush();
      onProgress({ database, documents: line.documents });
    }
  }
}

/** Closed to everybody whom this version's plan doesn't name; its rules come after its documents. */
async function makeDatabase(client: CouchClient, name: string): Promise<void> {
  const reply = await client.request('PUT', pathOf(name));
  if (reply.status !== 201 && reply.status !== 202 && reply.status !== 412) {
    throw new UnexpectedCouchReply('PUT', pathOf(name), reply);
  }
  const plan = planOf(name);
  if (plan !== undefined) await requireOk(client, 'PUT', `${pathOf(name)}/_security`, securityOf(plan));
}

/** With the revisions that they have in the backup: drafts (S17) and replications continue from those. */
async function writeBatch(client: CouchClient, database: string, docs: readonly unknown[]): Promise<void> {
  const path = `${pathOf(database)}/_bulk_docs`;
  const body = await requireOk(client, 'POST', path, { docs, new_edits: false });
  const refused = v.parse(rows, body).find(({ error }) => error !== undefined);
  if (refused) throw new UnexpectedCouchReply('POST', path, { status: 400, body: refused });
}
