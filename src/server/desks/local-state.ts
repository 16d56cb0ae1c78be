import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import type { ServerNote } from '../couch/local-access';
import { desksDatabase } from '../provision/databases';

/**
 * What the server notes for itself, written over and over: a `_local` document has no revisions to pile up, is in
 * nobody's `_changes`, and is not replicated. With a CouchDB it is there. No account reads or writes it.
 */
const path = (name: ServerNote) => documentPath(desksDatabase, `_local/${name}`);

/** undefined when nothing was noted. @throws {UnexpectedCouchReply} */
export async function readLocalState(client: CouchClient, name: ServerNote): Promise<JsonObject | undefined> {
  const reply = await client.request('GET', path(name));
  if (reply.status === 404) return undefined;
  if (reply.status !== 200 || !isJsonObject(reply.body)) {
    throw new UnexpectedCouchReply('GET', path(name), reply);
  }
  return reply.body;
}

/** Writes over what is there. False when another server process was quicker. @throws {UnexpectedCouchReply} */
export async function writeLocalState(
  client: CouchClient,
  name: ServerNote,
  state: object,
): Promise<boolean> {
  const stored = await readLocalState(client, name);
  const rev = typeof stored?.['_rev'] === 'string' ? { _rev: stored['_rev'] } : {};
  const reply = await client.request('PUT', path(name), { ...state, ...rev });
  if (reply.status === 409) return false;
  if (reply.status !== 201 && reply.status !== 202) throw new UnexpectedCouchReply('PUT', path(name), reply);
  return true;
}
