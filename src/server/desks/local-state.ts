import { desksDatabase } from '$lib/documents/databases';
import {
  type CouchClient,
  documentPath,
  storeDocument,
  requireOk,
  UnexpectedCouchReply,
} from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import type { ServerNote } from '../couch/local-access';

/**
 * What the server records for itself, overwritten again and again: a `_local` document has no revisions to
 * pile up, appears in nobody's `_changes`, and is not replicated. If there is a CouchDB, it is stored there.
 * No account reads or writes it.
 */
const path = (name: ServerNote) => documentPath(desksDatabase, `_local/${name}`);

/** undefined if nothing was recorded. @throws {UnexpectedCouchReply} */
export async function readLocalState(client: CouchClient, name: ServerNote): Promise<JsonObject | undefined> {
  const reply = await client.request('GET', path(name));
  if (reply.status === 404) return undefined;
  if (reply.status !== 200 || !isJsonObject(reply.body)) {
    throw new UnexpectedCouchReply('GET', path(name), reply);
  }
  return reply.body;
}

/** @throws {UnexpectedCouchReply} */
export async function removeLocalState(client: CouchClient, name: ServerNote): Promise<void> {
  const stored = await readLocalState(client, name);
  if (stored === undefined) return;
  const rev = typeof stored['_rev'] === 'string' ? stored['_rev'] : '';
  await requireOk(client, 'DELETE', `${path(name)}?rev=${encodeURIComponent(rev)}`);
}

/** Overwrites what is there. False if another server process was faster. @throws {UnexpectedCouchReply} */
export async function writeLocalState(
  client: CouchClient,
  name: ServerNote,
  state: object,
): Promise<boolean> {
  const stored = await readLocalState(client, name);
  const rev = typeof stored?.['_rev'] === 'string' ? { _rev: stored['_rev'] } : {};
  return (await storeDocument(client, path(name), { ...state, ...rev })) === 'stored';
}
