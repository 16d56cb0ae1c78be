import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { peopleDatabase } from '$lib/documents/databases';
import { letterDocument, type LetterDocument } from '$lib/documents/letters/letter-document';
import { letterId } from '$lib/documents/people/person-document';
import { ApiFailure } from '../../../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../../couch/client';
import { storeAlone } from '../../../couch/store-alone';
import type { Stored } from '../../../people/people-documents';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The id of a letter follows from what it is: pressed twice, it is made once, and nothing else is ever stored
 * under it. In the form of a ULID, but without a time.
 */
export function idOfLetter(letter: Omit<LetterDocument, '_id'>): string {
  const { case: file, about, way, on, language, sha256 } = letter;
  const digest = createHash('sha256').update(JSON.stringify([file, about, way, on, language, sha256]));
  const signs = [...digest.digest().subarray(0, 26)].map((byte) => alphabet[byte % 32]);
  // A ULID's first sign is 7 at most.
  return `letter:0${signs.slice(1).join('')}`;
}

export const hashOfPage = (html: string): string => createHash('sha256').update(html, 'utf8').digest('hex');

/**
 * B44: undefined if there is none.
 * @throws {ApiFailure} 500 `letter-changed` if it is not what was sent
 */
export async function readLetter(
  client: CouchClient,
  id: string,
): Promise<Stored<LetterDocument> | undefined> {
  if (!v.is(letterId, id)) return undefined;
  const path = documentPath(peopleDatabase, id);
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const { _rev } = v.parse(v.looseObject({ _rev: v.string() }), reply.body);
  const letter = v.parse(letterDocument, reply.body);
  if (hashOfPage(letter.html) !== letter.sha256) {
    throw new ApiFailure(500, 'letter-changed', 'The stored letter is not the one that was sent.');
  }
  return { ...letter, _rev };
}

/** A conflict: the same letter is there already. */
export const storeLetter = (client: CouchClient, letter: LetterDocument) =>
  storeAlone(client, peopleDatabase, letter);

/** For one that was never sent. */
export async function removeLetter(client: CouchClient, id: string): Promise<void> {
  const stored = await readLetter(client, id);
  if (stored === undefined) return;
  const path = `${documentPath(peopleDatabase, id)}?rev=${stored._rev}`;
  const reply = await client.request('DELETE', path);
  if (![200, 202, 404, 409].includes(reply.status)) throw new UnexpectedCouchReply('DELETE', path, reply);
}
