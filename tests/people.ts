import type { AuditFacts } from '$lib/documents/audit/entry-document';
import type { PersonFacts } from '$lib/documents/people/person-document';
import type { PersonRole } from '$lib/documents/roles';
import { readEntries } from '../src/server/audit/audit-log';
import type { NewCase } from '../src/server/people/take-case';
import { requireOk, type CouchClient } from '../src/server/couch/client';
import { ulidOf } from './builders';
import { send, type Account, type Answer } from './contract/couch-target';

/** Somebody made up. @param index another person each */
export const aPerson = (index: number, changes: Partial<PersonFacts> = {}): PersonFacts => ({
  name: { given: 'Testi', family: `Esimerkki${index}` },
  birthYear: 1960 + (index % 40),
  language: 'fi',
  contact: { kind: 'phone', value: `040 ${String(1_000_000 + index)}` },
  ...changes,
});

/** A referral of the organisation "sosiaalityö" as the office gets it. */
export const aNewCase = (
  index: number,
  {
    person = aPerson(index),
    received = {},
  }: { person?: PersonFacts; received?: Partial<NewCase['received']> } = {},
): NewCase => ({
  id: ulidOf(index),
  person,
  about: {
    scheme: 'warkaus',
    criteria: 1,
    consent: { given: true, textVersion: '1', language: 'fi', at: '2026-11-22T07:00:00.000Z' },
    answers: {},
    wishes: [],
  },
  proofs: [],
  received: {
    by: 'referrer',
    role: 'referrer',
    source: 'referral',
    mode: 'decision',
    organisation: 'sosiaalityo',
    isIncomplete: false,
    ...received,
  },
});

/** Makes an account with these rights. */
export async function anAccount(
  client: CouchClient,
  name: string,
  ...rights: PersonRole[]
): Promise<Account> {
  const password = `${name}-tests-only-2914`;
  const account = { _id: `org.couchdb.user:${name}`, type: 'user', name, roles: rights, password };
  await requireOk(client, 'PUT', `/_users/${account._id}`, account);
  return { name, password };
}

/** One request as somebody. */
export const as = (
  url: string,
  account: Account,
): ((method: string, path: string, body?: object) => Promise<Answer>) => {
  return (method, path, body) => send(method, url + path, { as: account, ...(body && { body }) });
};

/** What was logged, oldest first, without the chain. */
export async function loggedActions(client: CouchClient): Promise<Partial<AuditFacts>[]> {
  const entries = (await readEntries(client, 1, 10_000)) as AuditFacts[];
  return entries.map(({ account, action, people, about, case: id }) => ({
    account,
    action,
    ...(people && { people }),
    ...(about !== undefined && { about }),
    ...(id !== undefined && { case: id }),
  }));
}
