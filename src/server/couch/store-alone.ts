import { documentPath, UnexpectedCouchReply, type CouchClient } from './client';
import { isJsonObject } from './json';

/** More copies than a write's quorum: CouchDB then waits for every copy whose node is up. */
const everyCopy = 3;

/**
 * Stores a document; if several change the same revision at the same moment, at whichever nodes, only one
 * gets `stored`. CouchDB alone does not promise that: it answers 202 if one copy has accepted a change, even
 * if the others have accepted another, and both become branches. So a writer that is not told that all copies
 * accepted its change reads the result. Everybody finds the same winner there, and the losers remove their
 * own branch.
 * @throws {UnexpectedCouchReply}
 */
export async function storeAlone(
  client: CouchClient,
  database: string,
  document: { _id: string; [member: string]: unknown },
): Promise<'stored' | 'conflict'> {
  const path = documentPath(database, document._id);
  const stored = await client.request('PUT', `${path}?w=${everyCopy}`, document);
  if (stored.status === 409) return 'conflict';
  if (stored.status === 201) return 'stored';
  if (stored.status !== 202) throw new UnexpectedCouchReply('PUT', path, stored);
  const rev = revOf(stored.body, 'rev');
  const found = await client.request('GET', `${path}?r=${everyCopy}`);
  if (found.status !== 200 && found.status !== 404) throw new UnexpectedCouchReply('GET', path, found);
  if (revOf(found.body, '_rev') === rev) return 'stored';
  await client.request('DELETE', `${path}?rev=${rev}`);
  return 'conflict';
}

const revOf = (body: unknown, member: string): string => (isJsonObject(body) ? String(body[member]) : '');
