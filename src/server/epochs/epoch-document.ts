import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';

/**
 * `epoch:DATABASE` in tiski-desks (S8). A document and not `_local`: a quorum of a cluster's nodes keeps it,
 * a replaced node gets it from the others, and of two made at once all nodes choose the same.
 */
export const epochDocument = v.object({
  _id: v.string(),
  type: v.literal('epoch'),
  v: v.literal(1),
  epoch: v.pipe(v.string(), v.minLength(1)),
  /** When the database that it was given to was created; see madeAt. */
  made: v.string(),
});
export type EpochDocument = v.InferOutput<typeof epochDocument>;

export const epochPath = (database: string) => documentPath(desksDatabase, epochDocumentId(database));
export const epochDocumentId = (database: string) => `epoch:${database}`;

/** What a CouchDB before 3.3 says about every database. */
export const unknownMade = '0';

const databaseAnswer = v.object({ instance_start_time: v.optional(v.string(), unknownMade) });

/**
 * What distinguishes a database from any other of its name: when it was created, the same on every node. It
 * changes if the database is deleted and created again, and is different for its copy on another server.
 * @throws {UnexpectedCouchReply} if it is not there
 */
export async function madeAt(client: CouchClient, database: string): Promise<string> {
  const body = await requireOk(client, 'GET', `/${encodeURIComponent(database)}`);
  return v.parse(databaseAnswer, body).instance_start_time;
}

/**
 * The epoch that devices get. It follows from what is stored, without a write, so that no two servers can
 * arrive at different ones for a database that somebody has deleted and created again, or for a copy of
 * tiski-desks.
 */
export function toldEpoch({ epoch, made }: EpochDocument, now: string): string {
  const isSame = made === now || made === unknownMade || now === unknownMade;
  return isSame ? epoch : `${epoch}.${now}`;
}

/** As it is stored: `document` is absent if nobody can read it, `rev` if there is none. */
export interface StoredEpoch {
  rev?: string;
  document?: EpochDocument;
}

/**
 * @param asked of all nodes, and not of a quorum: two replaced nodes have nothing yet, and would outvote the
 * third
 */
export async function readStoredEpoch(
  client: CouchClient,
  database: string,
  asked: 'quorum' | 'all-nodes',
): Promise<StoredEpoch> {
  // CouchDB reduces it to the number of copies, waits for those nodes that are up, and repairs the others.
  const path = `${epochPath(database)}${asked === 'quorum' ? '' : '?r=9'}`;
  const reply = await client.request('GET', path);
  if (reply.status === 404) return {};
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const { body } = reply;
  const parsed = v.safeParse(epochDocument, body);
  return {
    ...(isJsonObject(body) && typeof body['_rev'] === 'string' && { rev: body['_rev'] }),
    ...(parsed.success && { document: parsed.output }),
  };
}
