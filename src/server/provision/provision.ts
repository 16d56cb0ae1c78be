import * as v from 'valibot';
import { typesMadeAtStart } from '$lib/documents/database-rights';
import { isTiskiDatabase, visitsDatabase } from '$lib/documents/databases';
import {
  type CouchClient,
  documentPath,
  storeDocument,
  requireOk,
  UnexpectedCouchReply,
} from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { ensureEpoch } from '../epochs/ensure-epoch';
import { namedSectors, sectors } from './catalogue';
import { fixedPlans, planOf, securityOf, validationSource, type DatabasePlan } from './databases';
import { upgradeStore } from './upgrade-store';

const designId = '_design/tiski';

/**
 * Brings a server into the shape Tiski needs: databases, rights, validation, epochs, and a visits database
 * for every sector of the catalogue. Only changes what isn't so already, so it may run at every start.
 * @throws {UnexpectedCouchReply} if the server refuses
 */
export async function provision(client: CouchClient, now = new Date()): Promise<void> {
  await ensureDatabase(client, usersDatabase);
  for (const plan of fixedPlans) await provisionDatabase(client, plan);
  // All of them are in one of these.
  for (const { name } of fixedPlans) await ensureEpoch(client, name);
  await upgradeStore(client, now);
  await provisionSectors(client);
}

/**
 * Makes the visits database of every sector that the catalogue's services name, and brings this version's
 * rules to those whose sector is no longer named. If the server refuses one sector, the others and the start
 * still go on: see sectorsWithoutDatabase.
 * @throws {UnexpectedCouchReply} if the server is at fault, not the sector
 */
export async function provisionSectors(client: CouchClient): Promise<void> {
  const names = [...(await sectors(client)).map(visitsDatabase), ...(await tiskiDatabases(client))];
  for (const name of new Set(names)) {
    const plan = planOf(name);
    if (plan?.kind !== 'visits') continue;
    try {
      await provisionDatabase(client, plan);
      await ensureEpoch(client, name);
    } catch (error) {
      if (!(error instanceof UnexpectedCouchReply) || error.reply.status >= 500) throw error;
    }
  }
}

/** Sectors of the catalogue whose visits have no database: the log and the office's screen name them. */
export async function sectorsWithoutDatabase(client: CouchClient): Promise<string[]> {
  const names = await requireOk(client, 'GET', '/_all_dbs');
  const databases = new Set(Array.isArray(names) ? (names as unknown[]) : []);
  return (await namedSectors(client)).filter((sector) => !databases.has(visitsDatabase(sector)));
}

async function provisionDatabase(client: CouchClient, plan: DatabasePlan): Promise<void> {
  await ensureDatabase(client, plan.name);
  await ensureDesign(client, plan);
  await ensureSecurity(client, plan);
}

async function ensureDatabase(client: CouchClient, name: string): Promise<void> {
  const path = `/${encodeURIComponent(name)}`;
  const { status } = await client.request('GET', path);
  if (status === 200) return;
  const reply = await client.request('PUT', path);
  // 412: another server process was faster.
  if (reply.status !== 201 && reply.status !== 202 && reply.status !== 412) {
    throw new UnexpectedCouchReply('PUT', path, reply);
  }
}

async function ensureDesign(client: CouchClient, { name, kind }: DatabasePlan): Promise<void> {
  const path = documentPath(name, designId);
  const validate = await validationSource(kind);
  const { status, body } = await client.request('GET', path);
  const stored: JsonObject = status === 200 && isJsonObject(body) ? body : {};
  if (stored['validate_doc_update'] === validate) return;
  const design = { ...stored, _id: designId, language: 'javascript', validate_doc_update: validate };
  // A conflict: another server process was faster.
  await storeDocument(client, path, design);
}

async function ensureSecurity(client: CouchClient, plan: DatabasePlan): Promise<void> {
  const path = `/${encodeURIComponent(plan.name)}/_security`;
  const wanted = securityOf(plan);
  const stored = await requireOk(client, 'GET', path);
  if (JSON.stringify(stored) !== JSON.stringify(wanted)) await requireOk(client, 'PUT', path, wanted);
}

/** The Tiski databases that exist. */
export async function tiskiDatabases(client: CouchClient): Promise<string[]> {
  const names = v.parse(v.array(v.string()), await requireOk(client, 'GET', '/_all_dbs'));
  return names.filter(isTiskiDatabase);
}

/** Whether a database has nothing but rules, and what the server makes by itself. */
export async function isEmptyDatabase(client: CouchClient, name: string): Promise<boolean> {
  const starts = ['a', ...typesMadeAtStart.map((type) => `${type};`)];
  for (const [index, start] of starts.entries()) {
    const type = typesMadeAtStart[index];
    const range = new URLSearchParams({
      limit: '1',
      startkey: JSON.stringify(start),
      ...(type !== undefined && { endkey: JSON.stringify(`${type}:`) }),
    });
    const body = await requireOk(client, 'GET', `/${encodeURIComponent(name)}/_all_docs?${range}`);
    if (!isJsonObject(body) || !Array.isArray(body['rows']) || body['rows'].length > 0) return false;
  }
  return true;
}
