import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';

/**
 * `epoch:DATABASE` in tiski-desks (S8). A document and not `_local`: a quorum of a cluster's nodes keeps it, a node that
 * was replaced gets it from the others, and of two that were made at once all nodes take the same.
 */
export const epochDocument = v.object({
  _id: v.string(),
  type: v.literal('epoch'),
  v: v.literal(1),
  epoch: v.pipe(v.string(), v.minLength(1)),
  /** When the database was made that it was given to; see madeAt. */
  made: v.string(),
});
export type EpochDocument = v.InferOutput<typeof epochDocument>;

export const epochPath = (database: string) => documentPath(desksDatabase, epochDocumentId(database));
export const epochDocumentId = (database: string) => `epoch:${database}`;

/** What a CouchDB before 3.3 says of every database. */
export const unknownMade = '0';

const databaseAnswer = v.object({ instance_start_time: v.optional(v.string(), unknownMade) });

/**
 * What a database has in common with no other of its name: when it was made, the same on every node. One that was
 * deleted and made anew has another, and so has its copy on another server.
 * @throws {UnexpectedCouchReply} when it is not there
 */
export async function madeAt(client: CouchClient, database: string): Promise<string> {
  const body = await requireOk(client, 'GET', `/${encodeURIComponent(database)}`);
  return v.parse(databaseAnswer, body).instance_start_time;
}

/**
 * The epoch that devices are told. It follows from what is stored, without a write, so that no two servers can come to
 * different ones over a database that somebody has deleted and made anew, or over a copy of tiski-desks.
 */
export function toldEpoch({ epoch, made }: EpochDocument, now: string): string {
  const isSame = made === now || made === unknownMade || now === unknownMade;
  return isSame ? epoch : `${epoch}.${now}`;
}

/** As it is stored: `document` is absent where nobody can read it, `rev` where there is none. */
export interface StoredEpoch {
  rev?: string;
  document?: EpochDocument;
}

/** @param asked of all nodes, and not of a quorum: two that were replaced have nothing yet, and outvote the third */
export async function readStoredEpoch(
  client: CouchClient,
  database: string,
  asked: 'quorum' | 'all-nodes',
): Promise<StoredEpoch> {
  // CouchDB takes it for the number of copies that there are, waits for those nodes that are up, and mends the others.
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
