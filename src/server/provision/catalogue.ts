import * as v from 'valibot';
import { catalogueDatabase } from '$lib/documents/databases';
import { identifier } from '$lib/documents/fields';
import { documentPath, requireOk, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';

/** Documents whose ids begin with `type:`, at most `most`. @throws {UnexpectedCouchReply} */
export async function documentsOfType(
  client: CouchClient,
  database: string,
  type: string,
  most?: number,
): Promise<JsonObject[]> {
  const range = new URLSearchParams({
    include_docs: 'true',
    ...(most !== undefined && { limit: String(most) }),
    startkey: JSON.stringify(`${type}:`),
    endkey: JSON.stringify(`${type};`),
  });
  const body = await requireOk(client, 'GET', `/${database}/_all_docs?${range.toString()}`);
  const rows = isJsonObject(body) && Array.isArray(body['rows']) ? (body['rows'] as unknown[]) : [];
  return rows.flatMap((row) => (isJsonObject(row) && isJsonObject(row['doc']) ? [row['doc']] : []));
}

/** Sectors that the catalogue's services name, only those of `venue` if given; sorted. */
export async function sectors(client: CouchClient, venue?: string): Promise<string[]> {
  return (await namedSectors(client, venue)).filter((sector) => v.is(identifier, sector));
}

/** The same, including names that no sector can have: they date from before a limit or bypassed a rule. */
export async function namedSectors(client: CouchClient, venue?: string): Promise<string[]> {
  const services = await documentsOfType(client, catalogueDatabase, 'service');
  const named = services.flatMap(({ sector, venues }) => {
    const isHere = venue === undefined || (Array.isArray(venues) && venues.includes(venue));
    return isHere && typeof sector === 'string' ? [sector] : [];
  });
  return [...new Set(named)].sort();
}

async function catalogueDocument(client: CouchClient, id: string): Promise<JsonObject | undefined> {
  const path = documentPath(catalogueDatabase, id);
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200 || !isJsonObject(reply.body)) throw new UnexpectedCouchReply('GET', path, reply);
  return reply.body;
}

export async function hasVenue(client: CouchClient, venue: string): Promise<boolean> {
  return (await catalogueDocument(client, `venue:${venue}`)) !== undefined;
}
