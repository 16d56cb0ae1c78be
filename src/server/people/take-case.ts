import type { CaseDocument } from '$lib/documents/cases/case-document';
import type { PersonDocument, PersonFacts } from '$lib/documents/people/person-document';
import type { CaseAction, CaseSource, SchemeMode } from '$lib/domain/benefit/case-action';
import type { ActingRight } from '$lib/domain/benefit/logged';
import type { Instant } from '$lib/domain/time/day';
import type { LogAction } from '../audit/audit-log';
import type { CouchClient } from '../couch/client';
import { storeAboutPeople } from './people-documents';
import type { PeopleIndex } from './people-index';
import { personRow } from './person-row';

/** What somebody says of a person who needs a card. */
export interface NewCase {
  /** A ULID, made on the device: the same case arrives once, however often it is sent. */
  id: string;
  person: PersonFacts;
  about: Pick<CaseDocument, 'scheme' | 'criteria' | 'path' | 'consent' | 'answers' | 'wishes' | 'note'>;
  proofs: readonly { proof: string; on: string }[];
  received: {
    by: string;
    role: ActingRight;
    source: CaseSource;
    mode: SchemeMode;
    organisation?: string;
    deviceAt?: Instant;
    /** Who made it, as the device says, if that is another account. */
    madeBy?: string;
    /** Something that the criteria ask for is missing. */
    isIncomplete: boolean;
  };
}

/** What taking a case is built on. */
export interface Taking {
  client: CouchClient;
  index: PeopleIndex;
  log: LogAction;
  now: () => Date;
}

/**
 * Makes a case and its person, logged before either is stored. Taken again after a crash, it adds only what
 * is missing.
 * @returns the case's id
 */
export async function takeCase(taking: Taking, given: NewCase): Promise<string> {
  const { client, index, log, now } = taking;
  const at = now().getTime();
  const { received, proofs } = given;
  const person: PersonDocument = {
    _id: `person:${given.id}`,
    type: 'person',
    v: 1,
    facts: given.person,
    cards: [],
    log: [{ kind: 'registered', by: received.by, role: received.role, at, person: `person:${given.id}` }],
  };
  const file: CaseDocument = {
    _id: `case:${given.id}`,
    type: 'case',
    v: 1,
    person: person._id,
    ...given.about,
    log: [
      { kind: 'received', at, ...received },
      ...proofs.map((proof): CaseAction => ({ kind: 'proof-seen', ...proof, ...actorOf(received), at })),
    ],
  };
  const row = personRow(person);
  const like = row === undefined ? [] : (await index.current()).like(row);
  if (like.length > 0) {
    file.log.push({
      kind: 'flagged',
      by: 'server',
      role: 'server',
      at,
      persons: like.slice(0, 50).map(({ id }) => id),
      cards: [],
    });
  }
  await log({
    account: received.by,
    action: 'case-received',
    case: file._id,
    people: [person._id],
    ...(received.organisation !== undefined && { organisation: received.organisation }),
    ...(received.deviceAt !== undefined && { deviceAt: new Date(received.deviceAt).toISOString() }),
  });
  // A conflict: it was taken before.
  await storeAboutPeople(client, person);
  await storeAboutPeople(client, file);
  return file._id;
}

const actorOf = ({ by, role, deviceAt }: NewCase['received']) => ({
  by,
  role,
  ...(deviceAt !== undefined && { deviceAt }),
});
