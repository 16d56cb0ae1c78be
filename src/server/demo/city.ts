import * as v from 'valibot';
import {
  catalogueDatabase,
  officeDatabase,
  registerDatabase,
  visitsDatabase,
} from '$lib/documents/databases';
import { localDate } from '$lib/domain/time/day';
import { requireOk, type CouchClient } from '../couch/client';
import { isEmptyDatabase, provisionSectors, tiskiDatabases } from '../provision/provision';
import { demoCardDocuments } from './cards';
import { demoCatalogue, demoSettings, demoZone } from './catalogue';
import { demoChoices } from './choices';
import { demoOfficeDocuments } from './criteria';
import { isDemoStore, markDemoStore } from './demo-store';
import { demoVisits } from './visits';

const bulkAnswer = v.array(v.looseObject({ id: v.string(), error: v.optional(v.string()) }));

/**
 * Whether to make the demo city: it was asked for and the store is empty, or an earlier start has marked the
 * store and was cut off.
 */
export async function needsDemoCity(client: CouchClient, isAskedFor: boolean): Promise<boolean> {
  if (await isDemoStore(client)) return isEmptyDatabase(client, catalogueDatabase);
  if (!isAskedFor) return false;
  for (const name of await tiskiDatabases(client)) if (!(await isEmptyDatabase(client, name))) return false;
  return true;
}

/**
 * Puts the demo city into a provisioned, empty server, which is a demo from its first document on. The cards
 * come before the catalogue, which is one batch: as long as the catalogue is empty the server knows that the
 * city is not complete, and a start after a cut-off makes it again.
 * @throws {UnexpectedCouchReply} if the server refuses a request
 */
export async function createDemoCity(
  client: CouchClient,
  now: Date,
): Promise<{ cards: number; visits: number }> {
  const today = localDate(now.getTime(), demoZone);
  await markDemoStore(client);
  const cards = demoCardDocuments(today);
  await write(client, registerDatabase, cards);
  await write(client, officeDatabase, demoOfficeDocuments(today, now.getTime()));
  await write(client, catalogueDatabase, [demoSettings, ...demoCatalogue(today)]);
  await provisionSectors(client);
  const visits = demoVisits(now.getTime());
  for (const sector of new Set(visits.map((each) => each.sector))) {
    const documents = visits.filter((each) => each.sector === sector).map(({ visit }) => visit);
    await write(client, visitsDatabase(sector), documents);
  }
  await write(client, visitsDatabase('opisto'), demoChoices(now.getTime()));
  return { cards: cards.length, visits: visits.length };
}

async function write(client: CouchClient, database: string, docs: readonly object[]): Promise<void> {
  const body = await requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs });
  // A conflict is a document that an earlier, cut-off start has written.
  const refused = v.parse(bulkAnswer, body).find(({ error }) => error !== undefined && error !== 'conflict');
  if (refused) throw new Error(`${database} refused ${refused.id}: ${JSON.stringify(refused)}`);
}
