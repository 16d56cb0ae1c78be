import { catalogueDatabase, desksDatabase, registerDatabase } from '$lib/documents/databases';
import { localDate } from '$lib/domain/time/day';
import { type CouchClient, documentPath, storeDocument, UnexpectedCouchReply } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { documentsOfType } from '../provision/catalogue';
import { demoCardDocuments } from './cards';
import { demoZone } from './catalogue';

/** The mark of a store that was made as a demo. It is where only the server writes. */
const markId = 'origin:demo';
const markPath = documentPath(desksDatabase, markId);

/** Whether the store was made as a demo: then anybody may open a desk. Its other documents don't matter. */
export async function isDemoStore(client: CouchClient): Promise<boolean> {
  const reply = await client.request('GET', markPath);
  if (reply.status === 404) return false;
  if (reply.status !== 200 || !isJsonObject(reply.body)) {
    throw new UnexpectedCouchReply('GET', markPath, reply);
  }
  return reply.body['type'] === 'origin' && reply.body['v'] === 1;
}

/** Only for a store that holds nothing else yet: a city never becomes a demo. */
export async function markDemoStore(client: CouchClient): Promise<void> {
  // A conflict: it is already marked.
  await storeDocument(client, markPath, { _id: markId, type: 'origin', v: 1 });
}

/**
 * Before the mark existed, `demo: true` in the catalogue's settings made a store a demo, and any coordinator
 * could write it. It is trusted once, if the register has exactly the demo city's cards: then there is nobody
 * whose card or visits a demo desk could show.
 */
export async function markFormerDemo(client: CouchClient, now: Date): Promise<void> {
  if (!(await saysDemo(client))) return;
  const made = new Set(demoCardDocuments(localDate(now.getTime(), demoZone)).map(({ _id }) => _id));
  const stored = await documentsOfType(client, registerDatabase, 'card', made.size + 1);
  const isMadeUp = stored.length === made.size && stored.every(({ _id }) => made.has(String(_id)));
  if (isMadeUp) await markDemoStore(client);
}

/** Whether the catalogue has what older versions used as the mark. */
export async function saysDemo(client: CouchClient): Promise<boolean> {
  const reply = await client.request('GET', documentPath(catalogueDatabase, 'settings:city'));
  return reply.status === 200 && isJsonObject(reply.body) && reply.body['demo'] === true;
}
