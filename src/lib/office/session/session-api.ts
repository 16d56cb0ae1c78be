import * as v from 'valibot';
import { askServer } from './ask';

/** What an account may do, apart from looking; an administrator may do everything. */
export type Right = 'administrator' | 'coordinator' | 'office';

/** Who is signed in. */
export interface Person {
  /** Null if nobody is signed in. */
  name: string | null;
  rights: ReadonlySet<Right>;
}

const person = v.pipe(
  v.object({ userCtx: v.object({ name: v.nullable(v.string()), roles: v.array(v.string()) }) }),
  v.transform(({ userCtx: { name, roles } }): Person => ({ name, rights: rightsOf(roles) })),
);

function rightsOf(roles: readonly string[]): ReadonlySet<Right> {
  const all: readonly Right[] = ['administrator', 'coordinator', 'office'];
  const isAdministrator = roles.includes('administrator') || roles.includes('_admin');
  return new Set(all.filter((right) => isAdministrator || roles.includes(right)));
}

const path = '/couch/_session';

export const whoAmI = () => askServer('GET', path, person);
/** `signed-out` for a wrong name or password. */
export const signIn = (name: string, password: string) =>
  askServer('POST', path, v.unknown(), { name, password });
export const signOut = () => askServer('DELETE', path, v.unknown());
