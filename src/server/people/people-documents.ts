import * as v from 'valibot';
import { caseDocument, type CaseDocument } from '$lib/documents/cases/case-document';
import { peopleDatabase } from '$lib/documents/databases';
import { personDocument, type PersonDocument } from '$lib/documents/people/person-document';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { storeAlone } from '../couch/store-alone';

/** A document as it is stored, with the revision that a change builds on. */
export type Stored<T> = T & { _rev: string };

/** @throws if it can't be read as what it says it is */
async function read<T>(
  client: CouchClient,
  id: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<Stored<T> | undefined> {
  const path = documentPath(peopleDatabase, id);
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const { _rev } = v.parse(v.looseObject({ _rev: v.string() }), reply.body);
  return { ...v.parse(schema, reply.body), _rev };
}

export const readPerson = (client: CouchClient, id: string) =>
  read<PersonDocument>(client, id, personDocument);
export const readCase = (client: CouchClient, id: string) => read<CaseDocument>(client, id, caseDocument);

/** Only one of several writers of the same revision gets `stored`. */
export const storeAboutPeople = (
  client: CouchClient,
  document: (PersonDocument | CaseDocument) & { _rev?: string },
): Promise<'stored' | 'conflict'> => storeAlone(client, peopleDatabase, document);
