import { randomUUID } from 'node:crypto';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import { epochId, usersDatabase } from '../couch/route';
import { sectors } from './catalogue';
import {
  catalogueDatabase,
  fixedPlans,
  securityOf,
  validationSource,
  visitsPlan,
  type DatabasePlan,
} from './databases';

const designId = '_design/tiski';

/**
 * Brings a server into the shape Tiski needs: databases, rights, validation, epochs, and a visits database for
 * every sector of the catalogue. Changes only what isn't so already, so it may run at every start.
 * @throws {UnexpectedCouchReply} when the server refuses
 */
export async function provision(client: CouchClient): Promise<void> {
  await ensureDatabase(client, usersDatabase);
  for (const plan of fixedPlans) await provisionDatabase(client, plan);
  await provisionSectors(client);
}

/** Makes the visits database of every sector that the catalogue's services name. */
export async function provisionSectors(client: CouchClient): Promise<void> {
  for (const sector of await sectors(client)) await provisionDatabase(client, visitsPlan(sector));
}

async function provisionDatabase(client: CouchClient, plan: DatabasePlan): Promise<void> {
  await ensureDatabase(client, plan.name);
  await ensureDesign(client, plan);
  await ensureSecurity(client, plan);
  await ensureEpoch(client, plan.name);
}

async function ensureDatabase(client: CouchClient, name: string): Promise<void> {
  const path = `/${encodeURIComponent(name)}`;
  const { status } = await client.request('GET', path);
  if (status === 200) return;
  const reply = await client.request('PUT', path);
  // 412: another server process was quicker.
  if (reply.status !== 201 && reply.status !== 202 && reply.status !== 412) {
    throw new UnexpectedCouchReply('PUT', path, reply);
  }
}

async function ensureDesign(client: CouchClient, { name, validation }: DatabasePlan): Promise<void> {
  const path = documentPath(name, designId);
  const validate = await validationSource(validation);
  const { status, body } = await client.request('GET', path);
  const stored: JsonObject = status === 200 && isJsonObject(body) ? body : {};
  if (stored['validate_doc_update'] === validate) return;
  await requireOk(client, 'PUT', path, {
    ...stored,
    _id: designId,
    language: 'javascript',
    validate_doc_update: validate,
  });
}

async function ensureSecurity(client: CouchClient, plan: DatabasePlan): Promise<void> {
  const path = `/${encodeURIComponent(plan.name)}/_security`;
  const wanted = securityOf(plan);
  const stored = await requireOk(client, 'GET', path);
  if (JSON.stringify(stored) !== JSON.stringify(wanted)) await requireOk(client, 'PUT', path, wanted);
}

/** A device whose cursors were made under another epoch begins anew (S8). */
async function ensureEpoch(client: CouchClient, name: string): Promise<void> {
  const path = documentPath(name, epochId);
  const { status } = await client.request('GET', path);
  if (status === 404) await renewEpoch(client, name);
}

/** After a restore: this is another copy than the one that the desks know. */
export async function renewEpoch(client: CouchClient, name: string): Promise<void> {
  await requireOk(client, 'PUT', documentPath(name, epochId), { _id: epochId, epoch: randomUUID() });
}

/** Whether nothing has been put into the catalogue yet. */
export const isEmptyStore = (client: CouchClient) => isEmptyDatabase(client, catalogueDatabase);

/** Whether there is nothing in a database but rules and keys, which the server makes by itself. */
export async function isEmptyDatabase(client: CouchClient, name: string): Promise<boolean> {
  // %3B: CouchDB takes a bare semicolon for the end of a parameter.
  const ranges = [
    'startkey=%22a%22&endkey=%22key:%22',
    'startkey=%22key%3B%22&endkey=%22rescue-key:%22',
    'startkey=%22rescue-key%3B%22',
  ];
  for (const range of ranges) {
    const body = await requireOk(client, 'GET', `/${encodeURIComponent(name)}/_all_docs?limit=1&${range}`);
    if (!isJsonObject(body) || !Array.isArray(body['rows']) || body['rows'].length > 0) return false;
  }
  return true;
}
