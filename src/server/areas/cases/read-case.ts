import * as v from 'valibot';
import { flagsOf, outcomeOf, type CaseFlag, type CaseStatus } from '$lib/domain/benefit/case-status';
import type { CaseOutcome } from '$lib/domain/benefit/case-action';
import { foldCase } from '$lib/domain/benefit/fold-case';
import type { CaseDocument } from '$lib/documents/cases/case-document';
import { caseId, personId, type HeldCard, type PersonFacts } from '$lib/documents/people/person-document';
import type { Person } from '../../api/caller';
import { ApiFailure } from '../../api-failure';
import type { LogAction } from '../../audit/audit-log';
import type { CouchClient } from '../../couch/client';
import type { CaseRow } from '../../people/case-row';
import { readCase, readPerson, type Stored } from '../../people/people-documents';
import type { PeopleIndex } from '../../people/people-index';

/** Somebody as an official sees them; without facts if they were erased. */
export interface SeenPerson {
  id: string;
  facts?: PersonFacts;
  cards: readonly HeldCard[];
  /** Their other cases. */
  cases: readonly Pick<CaseRow, 'id' | 'scheme' | 'state' | 'outcome' | 'receivedAt'>[];
}

/** A case as an official sees it. */
export interface SeenCase {
  case: Stored<CaseDocument>;
  status: CaseStatus;
  flags: readonly CaseFlag[];
  outcome?: CaseOutcome;
  person: SeenPerson;
  /** People who may be the same, side by side with this one. */
  duplicates: readonly SeenPerson[];
}

interface Reading {
  client: CouchClient;
  index: PeopleIndex;
  log: LogAction;
}

/** @throws {ApiFailure} 404. Who looks, and at whom, is logged first. */
export async function readCaseFor(reading: Reading, id: string, by: Person): Promise<SeenCase> {
  const { client, log } = reading;
  const file = v.is(caseId, id) ? await readCase(client, id) : undefined;
  const status = file && foldCase(file.log);
  if (file === undefined || status === undefined) {
    throw new ApiFailure(404, 'unknown-case', 'There is no such case.');
  }
  const others = status.possibleDuplicates.persons.slice(0, 20);
  await log({
    account: by.account,
    action: 'case-read',
    case: id,
    people: [file.person, ...others],
    rights: [...by.rights],
  });
  const [person, ...duplicates] = await Promise.all(
    [file.person, ...others].map((each) => seenPerson(reading, each, id)),
  );
  const outcome = outcomeOf(status);
  return {
    case: file,
    status,
    flags: flagsOf(status),
    ...(outcome !== undefined && { outcome }),
    person: person ?? { id: file.person, cards: [], cases: [] },
    duplicates: duplicates.flatMap((each) => each ?? []),
  };
}

/** @throws {ApiFailure} 404. Who looks is logged first. */
export async function readPersonFor(reading: Reading, id: string, by: Person): Promise<SeenPerson> {
  if (!v.is(personId, id)) throw unknownPerson();
  await reading.log({ account: by.account, action: 'person-read', people: [id], rights: [...by.rights] });
  const person = await seenPerson(reading, id);
  if (person === undefined) throw unknownPerson();
  return person;
}

const unknownPerson = () => new ApiFailure(404, 'unknown-person', 'There is no such person.');

async function seenPerson(
  { client, index }: Reading,
  id: string,
  except?: string,
): Promise<SeenPerson | undefined> {
  const stored = await readPerson(client, id);
  if (stored === undefined) return undefined;
  const cases = (await index.current()).casesOf(id).filter((each) => each.id !== except);
  return {
    id,
    ...(stored.facts !== undefined && { facts: stored.facts }),
    cards: stored.cards,
    cases: cases.map(({ id, scheme, state, outcome, receivedAt }) => ({
      id,
      scheme,
      state,
      outcome,
      receivedAt,
    })),
  };
}
