import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { storeAlone } from '../couch/store-alone';

const stored = v.looseObject({
  _id: v.string(),
  _rev: v.string(),
  _conflicts: v.optional(v.array(v.string()), []),
});
export type StoredDocument = v.InferOutput<typeof stored>;

/** How often somebody else may be faster in a row. */
const mostTries = 50;

/**
 * Changes or deletes a document that others may be writing, and removes its other branches, whose bodies would
 * stay. Done again it writes nothing.
 * @param change the document without `_conflicts`; undefined deletes it
 */
export async function rewrite(
  client: CouchClient,
  database: string,
  id: string,
  change: (document: Omit<StoredDocument, '_conflicts'>) => object | undefined,
): Promise<void> {
  const path = documentPath(database, id);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const reply = await client.request('GET', `${path}?conflicts=true`);
    if (reply.status === 404) return;
    if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
    const { _conflicts: branches, ...document } = v.parse(stored, reply.body);
    for (const rev of branches) await client.request('DELETE', `${path}?rev=${rev}`);
    const next = change(document);
    if (next === undefined) {
      const deleted = await client.request('DELETE', `${path}?rev=${document._rev}`);
      if (deleted.status !== 409) return requireDone(path, deleted.status);
    } else {
      const body = { ...next, _id: id, _rev: document._rev };
      if (isDeepStrictEqual(plain(body), plain(document))) return;
      if ((await storeAlone(client, database, body)) === 'stored') return;
    }
  }
  throw new Error('Others change the document faster than this one.');
}

/** As JSON carries it: without members that are undefined. */
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value)) as unknown;

function requireDone(path: string, status: number): void {
  if (status >= 300) throw new UnexpectedCouchReply('DELETE', path, { status, body: undefined });
}

/**
 * Has a CouchDB drop the bodies of revisions that were replaced or deleted; the embedded store does so by
 * itself at every write, and has no such address.
 */
export async function dropOldRevisions(client: CouchClient, database: string): Promise<void> {
  const path = `/${encodeURIComponent(database)}/_compact`;
  const reply = await client.request('POST', path, {});
  if (reply.status >= 300 && reply.status !== 501) throw new UnexpectedCouchReply('POST', path, reply);
}
