import * as v from 'valibot';
import { caseDocument } from '$lib/documents/cases/case-document';
import { erasedCase } from '$lib/documents/cases/erased-case';
import { peopleDatabase, registerDatabase } from '$lib/documents/databases';
import { personDocument, type PersonDocument } from '$lib/documents/people/person-document';
import { cardLogDocument } from '$lib/documents/people/card-log-document';
import { localDate } from '$lib/domain/time/day';
import type { LogAction } from '../audit/audit-log';
import type { CouchClient } from '../couch/client';
import { readPerson } from './people-documents';
import type { PeopleIndex } from './people-index';
import { dropOldRevisions, rewrite } from './rewrite';
import { submissionsOf } from './submissions-of';

export interface Erasing {
  client: CouchClient;
  index: PeopleIndex;
  log: LogAction;
  now: () => Date;
}

/** Marks the person: from here on nobody finds them, and the erasure is finished whatever happens. */
export const beginErasure = (
  { client, now }: Erasing,
  id: string,
  { by, endsCards }: { by: string; endsCards: boolean },
): Promise<void> =>
  rewrite(client, peopleDatabase, id, (document) => {
    const person = v.parse(personDocument, document);
    return person.erasing || isErased(person)
      ? person
      : { ...person, erasing: { by, role: 'decide', at: now().getTime(), endsCards } };
  });

export const isErased = ({ log, erasing }: PersonDocument): boolean =>
  erasing === undefined && log.some(({ kind }) => kind === 'erased');

/**
 * Erases everything about a marked person, the person's own facts last: until then whoever looks sees that it
 * is not done. Each step may be done again, so a crash anywhere costs nothing.
 */
export async function finishErasure({ client, index, now }: Erasing, id: string): Promise<void> {
  const person = await readPerson(client, id);
  if (person?.erasing === undefined) return;
  if (person.erasing.endsCards) {
    const held = person.cards.filter(({ until }) => until === undefined);
    for (const { number } of held) await endCard(client, number, person.erasing);
  }
  const { casesOf, lettersOf } = await index.whole();
  for (const { id: file } of casesOf(id)) {
    for (const letter of lettersOf(file)) await rewrite(client, peopleDatabase, letter, () => undefined);
    for (const submission of await submissionsOf(client, file)) await eraseSubmission(client, submission);
    await rewrite(client, peopleDatabase, file, (document) => erasedCase(v.parse(caseDocument, document)));
  }
  await rewrite(client, peopleDatabase, id, withoutFacts);
  await dropOldRevisions(client, peopleDatabase);
  await rewrite(client, peopleDatabase, id, (document) => {
    const { erasing, ...person } = withoutFacts(document);
    if (erasing === undefined) return person;
    const event = { kind: 'erased' as const, by: erasing.by, role: erasing.role, at: now().getTime() };
    return { ...person, log: [...person.log, event] };
  });
}

/** The id and what happened to the record, for the figures. */
function withoutFacts(document: object): PersonDocument {
  const { _id, type, v: version, log, erasing } = v.parse(personDocument, document);
  return { _id, type, v: version, cards: [], log, ...(erasing && { erasing }) };
}

type Begun = NonNullable<PersonDocument['erasing']>;

/** The card says nothing about anybody: it stays as it is, but admits nobody. */
async function endCard(client: CouchClient, number: string, { by, role, at }: Begun): Promise<void> {
  await rewrite(client, peopleDatabase, `card-log:${number}`, (document) => {
    const log = v.parse(cardLogDocument, document);
    const on = localDate(at, 'Europe/Helsinki');
    const ended = { kind: 'ended' as const, by, role, at, on, reason: 'holder-asked' as const };
    return log.right.some(({ kind }) => kind === 'ended') ? log : { ...log, right: [...log.right, ended] };
  });
  await rewrite(client, registerDatabase, `card:${number}`, (card) => ({
    ...card,
    status: 'ended',
  }));
}

/** What remains keeps the same submission from being taken again. */
const eraseSubmission = (client: CouchClient, id: string): Promise<void> =>
  rewrite(client, peopleDatabase, id, (document) => {
    const kept = ['type', 'v', 'kind', 'hash', 'outcome', 'by', 'at', 'receivedAt', 'of', 'code'];
    return Object.fromEntries(
      Object.entries(document).filter(([member]) => ['_id', ...kept].includes(member)),
    );
  });

/** Finishes what a crash has cut off. */
export async function resumeErasures(erasing: Erasing): Promise<number> {
  const ids = (await erasing.index.whole()).erasing();
  for (const id of ids) {
    await erasing.log({ account: 'server', action: 'erasure-resumed', people: [id] });
    await finishErasure(erasing, id);
  }
  return ids.length;
}
