import * as v from 'valibot';
import { typesOfThisStore } from '$lib/documents/database-rights';
import { isTiskiDatabase, isVisitsDatabase } from '$lib/documents/databases';
import { requireOk, type CouchClient } from '../couch/client';
import { usersDatabase } from '../couch/route';
import type { BackupLine } from './backup-file';

/** Documents per request: their bodies are all in memory. */
const pageSize = 500;

const isLeftOut = (id: string) =>
  id.startsWith('_design/') || typesOfThisStore.some((type) => id.startsWith(`${type}:`));

const changesPage = v.object({
  results: v.array(v.object({ id: v.string(), changes: v.array(v.object({ rev: v.string() })) })),
  last_seq: v.union([v.string(), v.number()]),
});
const document = v.looseObject({ _id: v.string() });
const bulkAnswer = v.object({
  results: v.array(v.object({ docs: v.array(v.union([v.object({ ok: document }), v.looseObject({})])) })),
});

/**
 * Everything that the server has, as the lines of a backup: Tiski's databases and the accounts; every branch
 * of each document with its history and attachments, including deleted ones, so that a copy of this server
 * that keeps replicating with the restored one brings nothing back. Not: `_local` documents, epochs (a
 * restored database gets a new one, S8) and leases, design documents (the restoring version brings its own
 * rules), nor the packed register (made again for the new epoch).
 * @throws {UnexpectedCouchReply}
 */
export async function* backUp(
  client: CouchClient,
  about: { version: string; at: string },
): AsyncGenerator<BackupLine> {
  yield { tiski: 'backup', format: 1, ...about };
  for (const database of await databasesOf(client)) {
    const security = await requireOk(client, 'GET', `/${encodeURIComponent(database)}/_security`);
    yield { database, security: v.parse(v.looseObject({}), security) };
    yield* documentsOf(client, database);
  }
}

/** What others refer to comes last: a desk added meanwhile then has an account if it has visits. */
async function databasesOf(client: CouchClient): Promise<string[]> {
  const names = v.parse(v.array(v.string()), await requireOk(client, 'GET', '/_all_dbs'));
  const own = names.filter(isTiskiDatabase).sort();
  return [...own.filter(isVisitsDatabase), ...own.filter((name) => !isVisitsDatabase(name)), usersDatabase];
}

async function* documentsOf(client: CouchClient, database: string): AsyncGenerator<BackupLine> {
  const path = `/${encodeURIComponent(database)}`;
  let since = '0';
  let documents = 0;
  for (;;) {
    const query = new URLSearchParams({ since, style: 'all_docs', limit: String(pageSize) });
    const page = v.parse(changesPage, await requireOk(client, 'GET', `${path}/_changes?${query}`));
    since = String(page.last_seq);
    const docs = page.results
      .filter(({ id }) => !isLeftOut(id))
      .flatMap(({ id, changes }) => changes.map(({ rev }) => ({ id, rev })));
    for (const doc of await readDocuments(client, path, docs)) {
      documents += 1;
      yield { doc };
    }
    // A page that isn't full was the last; what is written after it goes into the next backup.
    if (page.results.length < pageSize) break;
  }
  yield { end: database, documents, upTo: since };
}

async function readDocuments(
  client: CouchClient,
  path: string,
  docs: { id: string; rev: string }[],
): Promise<v.InferOutput<typeof document>[]> {
  if (docs.length === 0) return [];
  // latest: if a branch has grown since the page was read, its current state is read.
  const flags = 'revs=true&attachments=true&latest=true';
  const body = await requireOk(client, 'POST', `${path}/_bulk_get?${flags}`, { docs });
  return v.parse(bulkAnswer, body).results.flatMap(({ docs: answers }) =>
    answers.map((answer) => {
      if ('ok' in answer) return v.parse(document, answer.ok);
      throw new Error('a document that was listed could not be read');
    }),
  );
}
