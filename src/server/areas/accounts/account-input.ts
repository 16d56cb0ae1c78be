import * as v from 'valibot';
import { personDetails, rightsList, type PersonDetails } from '$lib/documents/accounts/account-document';
import { rightsFault } from '$lib/documents/accounts/rights-fault';
import { suggestedIdentifier } from '$lib/documents/accounts/suggested-identifier';
import { identifier } from '$lib/documents/fields';
import type { PersonRole } from '$lib/documents/roles';
import { passwordFault, shortestPassword } from '$lib/domain/accounts/password-fault';
import { ApiFailure } from '../../api-failure';
import type { JsonObject } from '../../couch/json';

const reasons: Record<string, string> = {
  displayName: 'Give the person’s name (1–100 characters).',
  title: 'The title has 100 characters at most.',
  phone: 'A telephone number has digits, spaces, + and - only.',
  email: 'This is not an e-mail address.',
  organisation: 'Give the organisation’s name (1–100 characters).',
  'self-approve-without-decide': 'Deciding on one’s own referrals needs the right to decide.',
  'audit-of-own-work': 'Who audits neither receives, decides nor hands out.',
  'referrer-without-organisation': 'Say for which organisation this person refers.',
  'too-short': `A password has ${shortestPassword} characters or more.`,
  'too-long': 'A password has 1000 characters at most.',
  'is-the-name': 'A name is not a password.',
};

const fault = (error: string, field: string) => new ApiFailure(400, error, reasons[error] ?? '', field);

/** An empty field of a form is none. */
function given(body: JsonObject, field: string): unknown {
  const value = body[field];
  return typeof value === 'string' && value.trim() === '' ? undefined : value;
}

/** @param body `organisation` is its name here. @throws {ApiFailure} 400 */
export function detailsFrom(body: JsonObject): PersonDetails {
  const organisation = given(body, 'organisation');
  const typed = Object.fromEntries(
    ['displayName', 'title', 'phone', 'email'].flatMap((field) => {
      const value = given(body, field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const parsed = v.safeParse(personDetails, {
    ...typed,
    ...(organisation !== undefined && { organisation: organisationOf(organisation) }),
  });
  if (parsed.success) return parsed.output;
  const field = String(parsed.issues[0].path?.[0]?.key ?? 'displayName');
  throw new ApiFailure(400, `invalid-${field.toLowerCase()}`, reasons[field] ?? '', field);
}

/** The same name is the same organisation. */
function organisationOf(name: unknown): unknown {
  if (typeof name !== 'string') return name;
  const id = suggestedIdentifier(name);
  return { id: id === '' ? `o-${Buffer.from(name.trim()).toString('hex').slice(0, 32)}` : id, name };
}

/** @throws {ApiFailure} 400 */
export function rightsFrom(body: JsonObject, hasOrganisation: boolean): PersonRole[] {
  const parsed = v.safeParse(rightsList, body['rights']);
  if (!parsed.success)
    throw new ApiFailure(400, 'invalid-rights', 'rights must be a list of rights.', 'rights');
  const rights = [...new Set(parsed.output)];
  const wrong = rightsFault(rights, hasOrganisation);
  if (wrong === 'referrer-without-organisation') throw fault(wrong, 'organisation');
  if (wrong !== undefined) throw fault(wrong, 'rights');
  return rights;
}

/** @throws {ApiFailure} 400 */
export function passwordFrom(body: JsonObject, names: readonly string[]): string {
  const { password } = body;
  const wrong = typeof password === 'string' ? passwordFault(password, names) : 'too-short';
  if (wrong === undefined) return password as string;
  throw fault(wrong, 'password');
}

/** A name with which somebody will sign in. @throws {ApiFailure} 400 */
export function nameFrom(body: JsonObject): string {
  const { name } = body;
  // A desk's account is known by its name too.
  if (v.is(identifier, name) && !name.startsWith('desk-')) return name;
  throw new ApiFailure(400, 'invalid-name', 'A user name has a–z, 0–9 and - only, and is no desk’s.', 'name');
}
