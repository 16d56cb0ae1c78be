import * as v from 'valibot';
import type { CaseActionInput } from '$lib/documents/cases/case-document';
import { caseId, type PersonDocument } from '$lib/documents/people/person-document';
import { rightsFor } from '$lib/domain/benefit/case-rights';
import { foldCase } from '$lib/domain/benefit/fold-case';
import type { CaseAction } from '$lib/domain/benefit/case-action';
import type { Actor } from '$lib/domain/benefit/logged';
import { foldPerson } from '$lib/domain/benefit/person-life';
import { mayAct } from '$lib/domain/benefit/may-act';
import type { Person } from '../../api/caller';
import { ApiFailure } from '../../api-failure';
import type { LogAction } from '../../audit/audit-log';
import type { CouchClient } from '../../couch/client';
import { readCase, readPerson, storeAboutPeople, type Stored } from '../../people/people-documents';
import type { PeopleIndex } from '../../people/people-index';
import { refusalText } from './refusal-text';

interface Acting {
  client: CouchClient;
  index: PeopleIndex;
  log: LogAction;
  now: () => Date;
}

/**
 * Adds an action to a case, by the rules B1 to B14, logged before it is stored.
 * @param rev the revision that the person looked at
 * @throws {ApiFailure} 404; 409 `changed` if somebody else was faster; 422 with the rule that says no
 */
export async function actOnCase(
  { client, index, log, now }: Acting,
  id: string,
  { action: input, rev }: { action: CaseActionInput; rev: string },
  person: Person,
): Promise<void> {
  const file = v.is(caseId, id) ? await readCase(client, id) : undefined;
  if (file === undefined) throw new ApiFailure(404, 'unknown-case', 'There is no such case.');
  if (file._rev !== rev) throw changed();
  const action = loggedAction(input, person, now().getTime());
  const actor: Actor = person;
  const permission = mayAct(foldCase(file.log), action, actor);
  if (!permission.ok) throw new ApiFailure(422, permission.reason, refusalText(permission.reason));
  const same = action.kind === 'duplicate-judged' && action.verdict === 'same' ? action.person : undefined;
  if (same !== undefined && (await index.current()).person(same) === undefined) {
    throw new ApiFailure(422, 'unknown-person', 'There is no such person any more.', 'person');
  }
  const entry = { account: person.account, case: id, people: [file.person], rights: [...person.rights] };
  await log({ ...entry, action: `case-${action.kind}` });
  const next = { ...file, ...(same !== undefined && { person: same }), log: [...file.log, action] };
  if ((await storeAboutPeople(client, next)) === 'conflict') {
    await log({ ...entry, action: 'not-done', about: `case-${action.kind}` });
    throw changed();
  }
  if (same !== undefined) await mergeInto(client, file.person, same, action);
}

export const changed = () =>
  new ApiFailure(409, 'changed', 'Somebody else has changed the case. Look again.');

/** B1: in one's own name, by a right that is enough. Without one, the rule says so. */
export function loggedAction(input: CaseActionInput, { account, rights }: Person, at: number): CaseAction {
  const unnamed = { ...input, by: account, role: 'referrer', at } as CaseAction;
  const role = rightsFor(unnamed).find((right) => right !== 'server' && rights.has(right));
  return { ...unnamed, role: role ?? 'referrer' };
}

/** The person that the referral brought turned out to be known: what was said again is not kept twice. */
async function mergeInto(client: CouchClient, from: string, into: string, action: CaseAction): Promise<void> {
  if (from === into) return;
  const { by, role, at } = action;
  for (;;) {
    const stored = await readPerson(client, from);
    if (stored === undefined || foldPerson(stored.log)?.state !== 'active') return;
    const merged: Stored<PersonDocument> = {
      ...stored,
      log: [...stored.log, { kind: 'merged', into, by, role, at }],
    };
    delete merged.facts;
    if ((await storeAboutPeople(client, merged)) === 'stored') return;
  }
}
