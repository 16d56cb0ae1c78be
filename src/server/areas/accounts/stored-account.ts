import * as v from 'valibot';
import {
  accountDocument,
  type AccountDocument,
  type PersonDetails,
} from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import { personRoles, type PersonRole } from '$lib/documents/roles';
import { ApiFailure } from '../../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import type { JsonObject } from '../../couch/json';
import { isDeskRole } from '../../desks/desk-account';

export const accountId = (name: string) => `account:${name}`;

/** What is known about the person, if that was ever written down and can be read. */
export async function readAccount(client: CouchClient, name: string): Promise<AccountDocument | undefined> {
  const path = documentPath(desksDatabase, accountId(name));
  const { status, body } = await client.request('GET', path);
  if (status !== 200 && status !== 404) throw new UnexpectedCouchReply('GET', path, { status, body });
  const parsed = v.safeParse(accountDocument, body);
  return parsed.success ? parsed.output : undefined;
}

const user = v.looseObject({ name: v.string(), roles: v.array(v.string()) });

/** What an account in `_users` gives a person; undefined for a desk's. */
export interface PersonsUser {
  name: string;
  rights: PersonRole[];
  /** Roles of other programs, which stay as they are. */
  otherRoles: string[];
  /** Whether it has a password: without one nobody gets in. */
  isOpen: boolean;
}

export function personsUser(document: JsonObject | undefined): PersonsUser | undefined {
  const parsed = v.safeParse(user, document);
  if (!parsed.success || parsed.output.roles.some(isDeskRole)) return undefined;
  const { name, roles } = parsed.output;
  const isRight = (role: string) => personRoles.some((right) => right === role);
  return {
    name,
    rights: personRoles.filter((right) => roles.includes(right)),
    otherRoles: roles.filter((role) => !isRight(role)),
    isOpen: 'password_scheme' in parsed.output || 'password_sha' in parsed.output,
  };
}

/** What letters and screens show of a person: nothing of the document's own. */
export function detailsOf({ displayName, title, phone, email, organisation }: PersonDetails): PersonDetails {
  return {
    displayName,
    ...(title !== undefined && { title }),
    ...(phone !== undefined && { phone }),
    ...(email !== undefined && { email }),
    ...(organisation !== undefined && { organisation }),
  };
}

export const unknownAccount = () => new ApiFailure(404, 'unknown-account', 'There is no such account.');
export const changedMeanwhile = () =>
  new ApiFailure(409, 'changed-meanwhile', 'Somebody else changed this account just now. Try again.');
