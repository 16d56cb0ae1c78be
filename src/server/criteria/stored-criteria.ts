import * as v from 'valibot';
import {
  criteriaDocument,
  type CriteriaDocument,
  type CriteriaVersion,
} from '$lib/documents/criteria/criteria-document';
import {
  organisationsDocument,
  organisationsId,
  type ReferringOrganisation,
} from '$lib/documents/criteria/organisations-document';
import { officeDatabase } from '$lib/documents/databases';
import { identifier } from '$lib/documents/fields';
import { localDate, type LocalDate } from '$lib/domain/time/day';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { documentsOfType } from '../provision/catalogue';

/** The criteria of schemes and the organisations that refer, for every area that works by them. */

/** A city's days begin and end here, whatever the server's own zone. */
export const cityDay = (now: Date): LocalDate => localDate(now.getTime(), 'Europe/Helsinki');

/** Far more than any city has. */
const mostSchemes = 500;

async function stored<T>(
  client: CouchClient,
  id: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T | undefined> {
  const path = documentPath(officeDatabase, id);
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  return v.parse(schema, reply.body);
}

/** A scheme's criteria with their revision; undefined before the first. @throws if they can't be read */
export const readCriteria = async (
  client: CouchClient,
  scheme: string,
): Promise<CriteriaDocument | undefined> =>
  v.is(identifier, scheme) ? stored(client, `criteria:${scheme}`, criteriaDocument) : undefined;

/**
 * Every scheme's versions, by scheme. One that can't be read is left out, so that it takes no other scheme from
 * anybody; whoever opens it is told by `readCriteria`.
 */
export async function readAllCriteria(
  client: CouchClient,
): Promise<ReadonlyMap<string, readonly CriteriaVersion[]>> {
  const documents = await documentsOfType(client, officeDatabase, 'criteria', mostSchemes);
  return new Map(
    documents.flatMap((each) => {
      const read = v.safeParse(criteriaDocument, each);
      if (!read.success) return [];
      return [[read.output._id.slice('criteria:'.length), read.output.versions] as const];
    }),
  );
}

/** The organisations that refer, and the revision that a change builds on. */
export async function readOrganisations(
  client: CouchClient,
): Promise<{ rev: string | null; list: readonly ReferringOrganisation[] }> {
  const document = await stored(client, organisationsId, organisationsDocument);
  return { rev: document?._rev ?? null, list: document?.list ?? [] };
}
