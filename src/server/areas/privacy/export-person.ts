import { peopleDatabase, registerDatabase } from '$lib/documents/databases';
import type { EntryDocument } from '$lib/documents/audit/entry-document';
import { ApiFailure } from '../../api-failure';
import type { AuditIndex } from '../../audit/audit-index';
import type { CouchClient } from '../../couch/client';
import { isJsonObject, type JsonObject } from '../../couch/json';
import { readRows } from '../../documents/read-documents';
import { readPerson } from '../../people/people-documents';
import type { PeopleIndex } from '../../people/people-index';
import { submissionsOf } from '../../people/submissions-of';

/** The most looks that are listed, the newest first. */
const mostLooks = 2_000;

/** Everything that is held about somebody, as it is stored. */
export interface PersonData {
  format: 'tiski-person';
  v: 1;
  madeAt: string;
  person: JsonObject;
  cases: JsonObject[];
  letters: JsonObject[];
  submissions: JsonObject[];
  /** The register's entries of their cards. */
  cards: JsonObject[];
  /** What happened to those cards, and to the right that each carries. */
  cardLogs: JsonObject[];
  /** Who looked at them or did something, newest first. */
  looks: Pick<EntryDocument, 'at' | 'account' | 'action' | 'case' | 'why' | 'organisation'>[];
  /** How many there are, also beyond those. */
  looksInAll: number;
}

/** @throws {ApiFailure} 404 */
export async function exportPerson(
  { client, index, auditIndex, now }: Exporting,
  id: string,
): Promise<PersonData> {
  const person = await readPerson(client, id);
  if (person === undefined) throw new ApiFailure(404, 'unknown-person', 'There is no such person.');
  const { casesOf, lettersOf } = await index.current();
  const cases = casesOf(id).map((each) => each.id);
  const submissions: string[] = [];
  for (const each of cases) submissions.push(...(await submissionsOf(client, each)));
  const looks = await auditIndex.find({ person: id }, mostLooks);
  return {
    format: 'tiski-person',
    v: 1,
    madeAt: now().toISOString(),
    person: unversioned(person),
    cases: await documents(client, peopleDatabase, cases),
    letters: await documents(client, peopleDatabase, cases.flatMap(lettersOf)),
    submissions: await documents(client, peopleDatabase, submissions),
    cards: await documents(
      client,
      registerDatabase,
      person.cards.map(({ number }) => `card:${number}`),
    ),
    cardLogs: await documents(
      client,
      peopleDatabase,
      person.cards.map(({ number }) => `card-log:${number}`),
    ),
    looks: looks.entries.map(({ at, account, action, case: file, why, organisation }) => ({
      at,
      account,
      action,
      ...(file !== undefined && { case: file }),
      ...(why !== undefined && { why }),
      ...(organisation !== undefined && { organisation }),
    })),
    looksInAll: looks.total,
  };
}

export interface Exporting {
  client: CouchClient;
  index: PeopleIndex;
  auditIndex: AuditIndex;
  now: () => Date;
}

async function documents(client: CouchClient, database: string, keys: string[]): Promise<JsonObject[]> {
  if (keys.length === 0) return [];
  return (await readRows(client, database, { keys }, '')).flatMap(({ doc }) => {
    if (!isJsonObject(doc) || doc['_deleted'] === true) return [];
    return [unversioned(doc)];
  });
}

/** Revisions mean nothing to the person. */
const unversioned = (document: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(document).filter(([member]) => member !== '_rev'));
