import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { snapshotId } from '$lib/documents/register/packed/snapshot-document';
import { documentPath, requireOk, type CouchClient } from '../couch/client';
import { readEpoch } from '../epochs/read-epoch';

/**
 * S18: a snapshot that another copy of the register made of itself; it came by replication, and nobody here
 * reads it.
 */
export interface OtherSnapshot {
  id: string;
  rev: string;
  bytes: number;
}

const packedDocument = v.object({
  _rev: v.string(),
  _attachments: v.optional(v.record(v.string(), v.object({ length: v.number() })), {}),
});
const listAnswer = v.object({ rows: v.array(v.object({ id: v.string(), doc: packedDocument })) });

/** @throws {UnexpectedCouchReply} if the server refuses a request */
export async function otherSnapshots(client: CouchClient): Promise<OtherSnapshot[]> {
  const own = snapshotId(await readEpoch(client, registerDatabase));
  const query = new URLSearchParams({
    startkey: JSON.stringify(snapshotId('')),
    endkey: JSON.stringify(snapshotId('\ufff0')),
    include_docs: 'true',
  });
  const body = await requireOk(client, 'GET', `/${registerDatabase}/_all_docs?${query}`);
  return v
    .parse(listAnswer, body)
    .rows.filter(({ id }) => id !== own)
    .map(({ id, doc: { _rev: rev, _attachments } }) => {
      const bytes = Object.values(_attachments).reduce((sum, { length }) => sum + length, 0);
      return { id, rev, bytes };
    });
}

/**
 * Deletes them, branch by branch. Replication carries that to the copies that made them, like any deletion.
 * @throws {UnexpectedCouchReply} if the server refuses a request
 */
export async function removeOtherSnapshots(client: CouchClient): Promise<OtherSnapshot[]> {
  const removed: OtherSnapshot[] = [];
  for (;;) {
    const others = await otherSnapshots(client);
    if (others.length === 0) return removed;
    for (const { id, rev } of others) {
      await requireOk(client, 'DELETE', `${documentPath(registerDatabase, id)}?rev=${rev}`);
    }
    removed.push(...others);
  }
}
