import * as v from 'valibot';
import { usualLockAfterMinutes } from '$lib/documents/accounts/account-document';
import { personRoles, type PersonRole } from '$lib/documents/roles';
import { askServer } from './ask';

/** What an account may do, apart from looking. */
export type Right = PersonRole;

/** Who is signed in. */
export interface Person {
  /** Null if nobody is signed in. */
  name: string | null;
  displayName?: string | undefined;
  rights: ReadonlySet<Right>;
  /** For which a `referrer` refers. */
  organisation?: { id: string; name: string } | undefined;
  /** After how long without a touch the screens lock. */
  lockAfterMinutes: number;
}

/** Where no resident is concerned an administrator may do everything; other rights are given one by one. */
const impliedByAdministrator: readonly Right[] = ['office', 'coordinator'];

const person = v.pipe(
  v.object({
    name: v.nullable(v.string()),
    displayName: v.optional(v.string()),
    rights: v.optional(v.array(v.string()), []),
    organisation: v.optional(v.object({ id: v.string(), name: v.string() })),
    lockAfterMinutes: v.optional(v.number(), usualLockAfterMinutes),
  }),
  v.transform(({ rights, ...who }): Person => ({ ...who, rights: rightsOf(rights) })),
);

function rightsOf(given: readonly string[]): ReadonlySet<Right> {
  const implied = given.includes('administrator') ? impliedByAdministrator : [];
  return new Set(personRoles.filter((right) => given.includes(right) || implied.includes(right)));
}

const path = '/couch/_session';

export const whoAmI = () => askServer('GET', '/api/me', person);
/** `signed-out` for a wrong name or password. */
export const signIn = (name: string, password: string) =>
  askServer('POST', path, v.unknown(), { name, password });
export const signOut = () => askServer('DELETE', path, v.unknown());
