import { randomUUID } from 'node:crypto';
import { desksDatabase } from '$lib/documents/databases';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { epochId } from '../couch/route';
import { storeAlone } from '../couch/store-alone';
import { epochDocumentId, epochPath, madeAt, readStoredEpoch, unknownMade } from './epoch-document';

/** Attempts to overwrite what other servers write at the same moment. */
const attempts = 5;

/**
 * Gives a database its epoch, if it has none. An older version's is kept, so that no desk pulls from zero
 * because of an update: several servers make the same document from it.
 * @throws {UnexpectedCouchReply}
 */
export async function ensureEpoch(client: CouchClient, database: string): Promise<void> {
  const made = await madeAt(client, database);
  const { rev, document } = await readStoredEpoch(client, database, 'all-nodes');
  const isWhole = document !== undefined && (document.made !== unknownMade || made === unknownMade);
  if (isWhole) return;
  const epoch = document?.epoch ?? (await formerEpoch(client, database)) ?? randomUUID();
  // A conflict: another server process was faster, and its epoch is as good.
  await storeEpoch(client, database, { epoch, made, rev });
}

/**
 * After a restore: this is not the copy that the desks know.
 * @throws {UnexpectedCouchReply}
 */
export async function renewEpoch(client: CouchClient, database: string): Promise<void> {
  const made = await madeAt(client, database);
  const path = formerPath(database);
  const former = await client.request('GET', path);
  if (former.status === 200) await client.request('DELETE', `${path}?rev=${revOf(former.body)}`);
  const epoch = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const { rev } = await readStoredEpoch(client, database, 'all-nodes');
    if (await storeEpoch(client, database, { epoch, made, rev })) return;
    if (attempt === attempts) {
      throw new UnexpectedCouchReply('PUT', epochPath(database), { status: 409, body: undefined });
    }
  }
}

async function storeEpoch(
  client: CouchClient,
  database: string,
  { epoch, made, rev }: { epoch: string; made: string; rev: string | undefined },
): Promise<boolean> {
  const document = { _id: epochDocumentId(database), type: 'epoch', v: 1, epoch, made };
  const body = rev === undefined ? document : { ...document, _rev: rev };
  return (await storeAlone(client, desksDatabase, body)) === 'stored';
}

const formerPath = (database: string) => documentPath(database, epochId);

/**
 * Older versions kept it in the database itself, where a cluster's nodes may have different ones: any of them
 * will do.
 */
async function formerEpoch(client: CouchClient, database: string): Promise<string | undefined> {
  const path = `${formerPath(database)}?r=9`;
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const epoch = isJsonObject(reply.body) ? reply.body['epoch'] : undefined;
  return typeof epoch === 'string' && epoch !== '' ? epoch : undefined;
}

const revOf = (body: unknown) => encodeURIComponent(isJsonObject(body) ? String(body['_rev']) : '');
