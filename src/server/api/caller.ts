import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { identifier } from '$lib/documents/fields';
import { personRoles, type PersonRole } from '$lib/documents/roles';
import { failureOf, type BrowserSession } from '../accounts/identity';
import { ApiFailure } from '../api-failure';
import type { Backend } from '../backend';
import { isDeskRole } from '../desks/desk-account';
import { credentialsOf } from '../http/couch-request';
import { setRenewedSession } from '../http/session-header';

/** What a role may be required for, and how a refusal names it. */
const titles = {
  administrator: 'Only an administrator may do this.',
  office: 'Only the office may do this.',
  coordinator: 'Only a coordinator may do this.',
} satisfies Partial<Record<PersonRole, string>>;

/**
 * Admits an account with the role; an administrator may do everything. Returns the account's name.
 * @throws {ApiFailure} 401 signed out or wrong credentials, 403 without the role, 429 after too many attempts
 */
export async function requireRole(
  backend: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
  role: keyof typeof titles,
): Promise<string> {
  const { name, roles } = await requireUser(backend, request, reply);
  if ([role, 'administrator', '_admin'].some((each) => roles.includes(each))) return name;
  throw new ApiFailure(403, 'not-allowed', titles[role]);
}

/** Who asks for something about people. */
export interface Person {
  account: string;
  rights: ReadonlySet<PersonRole>;
  /** Where somebody is signed in; absent with Basic, and in sessions that a program started. */
  session?: BrowserSession;
}

/**
 * Admits an account that holds one of the rights itself: where people are concerned, an administrator has
 * none but those that somebody gave.
 * @throws {ApiFailure} as `requireRole`
 */
export async function requireRight(
  backend: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
  ...needed: readonly PersonRole[]
): Promise<Person> {
  const person = personOf(await requireUser(backend, request, reply));
  if (needed.some((right) => person.rights.has(right))) return person;
  throw new ApiFailure(403, 'not-allowed', `This needs the right ${needed.join(' or ')}.`);
}

/** Admits anybody but a desk. @throws {ApiFailure} as `requireRole` */
export async function requirePerson(
  backend: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Person> {
  const user = await requireUser(backend, request, reply);
  if (!user.roles.some(isDeskRole)) return personOf(user);
  throw new ApiFailure(403, 'not-allowed', 'A desk has no account of a person.');
}

/** Who asks, if it is a signed-in person. @throws {ApiFailure} as `requireRole`, except that nobody may ask */
export async function personAsking(
  backend: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Person | undefined> {
  try {
    return await requirePerson(backend, request, reply);
  } catch (error) {
    if (error instanceof ApiFailure && ['signed-out', 'not-allowed'].includes(error.error)) return undefined;
    throw error;
  }
}

function personOf({ name, roles, session }: User): Person {
  const isServers = roles.includes('_admin');
  const rights = new Set(
    personRoles.filter((role) => roles.includes(role) || (isServers && role === 'administrator')),
  );
  return { account: name, rights, ...(session && { session }) };
}

/** Admits only a desk, which may only speak about its own account. @throws {ApiFailure} as `requireRole` */
export async function requireDesk(
  backend: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const { name, roles } = await requireUser(backend, request, reply);
  if (roles.includes('desk')) return name;
  throw new ApiFailure(403, 'not-allowed', 'Only a desk may do this.');
}

interface User {
  name: string;
  roles: readonly string[];
  session: BrowserSession | undefined;
}

async function requireUser(backend: Backend, request: FastifyRequest, reply: FastifyReply): Promise<User> {
  const identity = await backend.identify(credentialsOf(request));
  switch (identity.kind) {
    case 'user':
      setRenewedSession(request, reply, identity);
      return { name: identity.user.name ?? '', roles: identity.user.roles, session: identity.session };
    case 'signed-out':
      throw new ApiFailure(401, 'signed-out', 'Sign in first.');
    case 'wrong-credentials':
      throw new ApiFailure(401, 'wrong-credentials', 'Name or password is incorrect.');
    default: {
      const { status, error, reason, headers } = failureOf(identity);
      throw new ApiFailure(status, error.replaceAll('_', '-'), reason, undefined, headers);
    }
  }
}

/**
 * As `requireRole`, for a name that becomes part of a document: one that no document may carry would be
 * refused by the server's own rules, or be quarantined by every desk.
 * @throws {ApiFailure} also 403 if the account's name has another form
 */
export async function requireAuthor(...asked: Parameters<typeof requireRole>): Promise<string> {
  const name = await requireRole(...asked);
  if (v.is(identifier, name)) return name;
  const reason = 'An account that signs decisions has a name of a-z, 0-9 and -.';
  throw new ApiFailure(403, 'unfit-name', reason);
}
