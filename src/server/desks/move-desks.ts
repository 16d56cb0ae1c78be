import { desksDatabase, officeDatabase } from '$lib/documents/databases';
import { type CouchClient, documentPath, storeDocument, UnexpectedCouchReply } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import type { ServerNote } from '../couch/local-access';
import { documentsOfType } from '../provision/catalogue';
import { readLocalState, writeLocalState } from './local-state';

const formerDesks = (client: CouchClient) => documentsOfType(client, officeDatabase, 'desk');

/**
 * Before tiski-desks existed, desks were in tiski-office. Copies them, and what the server had recorded about
 * them; existing copies stay, since another server process may have changed them already.
 */
export async function copyFormerDesks(client: CouchClient): Promise<void> {
  for (const desk of await formerDesks(client)) await copyDesk(client, desk);
  for (const name of ['desk-reports', 'desk-chains'] as const) await copyLocalState(client, name);
}

/** Removes all desks from tiski-office: nothing reads them there, and replication may bring some again. */
export async function removeFormerDesks(client: CouchClient): Promise<void> {
  for (const { _id, _rev } of await formerDesks(client)) {
    const path = `${documentPath(officeDatabase, String(_id))}?rev=${String(_rev)}`;
    const reply = await client.request('DELETE', path);
    // 404, 409: another server process was faster.
    if (![200, 202, 404, 409].includes(reply.status)) throw new UnexpectedCouchReply('DELETE', path, reply);
  }
}

/** Without its open code: whoever could read tiski-office has seen the hash, or has written it. */
async function copyDesk(client: CouchClient, desk: JsonObject): Promise<void> {
  const isOwn = ([name]: [string, unknown]) => name !== 'code' && (name === '_id' || !name.startsWith('_'));
  const path = documentPath(desksDatabase, String(desk['_id']));
  // What can't be read is copied too and listed as such.
  await storeDocument(client, path, Object.fromEntries(Object.entries(desk).filter(isOwn)));
}

async function copyLocalState(client: CouchClient, name: ServerNote): Promise<void> {
  const path = documentPath(officeDatabase, `_local/${name}`);
  const { status, body } = await client.request('GET', path);
  if (status !== 200 || !isJsonObject(body)) return;
  const state = Object.fromEntries(Object.entries(body).filter(([member]) => !member.startsWith('_')));
  if ((await readLocalState(client, name)) === undefined) await writeLocalState(client, name, state);
  await client.request('DELETE', `${path}?rev=${String(body['_rev'])}`);
}
