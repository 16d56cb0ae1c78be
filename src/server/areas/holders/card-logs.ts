import * as v from 'valibot';
import { peopleDatabase } from '$lib/documents/databases';
import { cardLogDocument, type CardLogDocument } from '$lib/documents/people/card-log-document';
import { ApiFailure } from '../../api-failure';
import type { LogAction } from '../../audit/audit-log';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import { storeAlone } from '../../couch/store-alone';
import type { PeopleIndex } from '../../people/people-index';
import type { Stored } from '../../people/people-documents';

/** What handing out and changing cards is built on. */
export interface Handing {
  client: CouchClient;
  index: PeopleIndex;
  log: LogAction;
  now: () => Date;
}

const storedCardLog = v.looseObject({ ...cardLogDocument.entries, _rev: v.string() });

/** Undefined if nobody was ever given the card. */
export async function findCardLog(
  client: CouchClient,
  number: string,
): Promise<Stored<CardLogDocument> | undefined> {
  const path = documentPath(peopleDatabase, `card-log:${number}`);
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  return v.parse(storedCardLog, reply.body);
}

/** @throws {ApiFailure} 404 */
export async function readCardLog(client: CouchClient, number: string): Promise<Stored<CardLogDocument>> {
  const found = await findCardLog(client, number);
  if (found === undefined) throw new ApiFailure(404, 'unknown-card', 'Nobody was given this card.');
  return found;
}

export const storeCardLog = (client: CouchClient, document: CardLogDocument) =>
  storeAlone(client, peopleDatabase, { ...document });
