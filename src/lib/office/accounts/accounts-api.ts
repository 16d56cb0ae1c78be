import * as v from 'valibot';
import { personRoles } from '$lib/documents/roles';
import { askServer, type Ask } from '$lib/office/session/ask';
import type { Right } from '$lib/office/session/session-api';

/** People's accounts for an administrator, one-time links for whoever has one, and one's own account. */

const rights = v.array(v.picklist(personRoles));
const organisation = v.optional(v.object({ id: v.string(), name: v.string() }));
const details = {
  title: v.optional(v.string()),
  phone: v.optional(v.string()),
  email: v.optional(v.string()),
  organisation,
};
const account = v.object({
  name: v.string(),
  displayName: v.optional(v.string()),
  ...details,
  rights,
  isOpen: v.boolean(),
});
export type Account = v.InferOutput<typeof account>;

const invitation = v.object({
  id: v.string(),
  by: v.string(),
  expiresAt: v.string(),
  account: v.optional(v.string()),
  displayName: v.optional(v.string()),
  rights: v.optional(rights),
});
export type Invitation = v.InferOutput<typeof invitation>;

const accountsListed = v.object({
  accounts: v.array(account),
  invitations: v.array(invitation),
  lockAfterMinutes: v.number(),
});
export type AccountsListed = v.InferOutput<typeof accountsListed>;

const issued = v.object({ invitation, secret: v.string() });
/** A one-time link: its secret is told once. */
export type IssuedInvitation = v.InferOutput<typeof issued>;

/** As typed: the server says what is wrong with which field. */
export interface TypedDetails {
  displayName: string;
  title: string;
  phone: string;
  email: string;
  /** Its name. */
  organisation: string;
  rights: Right[];
}

const pathOf = (name: string) => `/api/accounts/${encodeURIComponent(name)}`;

export const listAccounts = (ask: Ask) => ask('GET', '/api/accounts', accountsListed);
export const invite = (ask: Ask, whom: TypedDetails) => ask('POST', '/api/invitations', issued, whom);
export const changeAccount = (ask: Ask, name: string, details: TypedDetails) =>
  ask('POST', pathOf(name), v.unknown(), details);
export const resetPassword = (ask: Ask, name: string) => ask('POST', `${pathOf(name)}/reset`, issued, {});
export const actOnAccount = (ask: Ask, name: string, action: 'end-sessions' | 'disable' | 'remove') =>
  ask('POST', `${pathOf(name)}/${action}`, v.unknown(), {});
export const withdrawInvitation = (ask: Ask, id: string) =>
  ask('POST', `/api/invitations/${id}/withdraw`, v.unknown(), {});
export const setLock = (ask: Ask, lockAfterMinutes: number) =>
  ask('POST', '/api/sign-in-settings', v.unknown(), { lockAfterMinutes });

const invited = v.object({
  by: v.string(),
  displayName: v.optional(v.string(), ''),
  organisation,
  rights: v.optional(rights),
  account: v.optional(v.string()),
});
export type Invited = v.InferOutput<typeof invited>;

export const lookAtInvitation = (secret: string) =>
  askServer('POST', '/api/invitations/look', invited, { secret });
export const acceptInvitation = (secret: string, name: string, password: string) =>
  askServer('POST', '/api/invitations/accept', v.object({ name: v.string() }), { secret, name, password });

const session = v.object({
  id: v.string(),
  startedAt: v.string(),
  seenAt: v.string(),
  browser: v.string(),
  isThis: v.boolean(),
});
export type SessionSeen = v.InferOutput<typeof session>;

export const changePassword = (ask: Ask, old: string, password: string) =>
  ask('POST', '/api/me/password', v.unknown(), { old, password });
export const listSessions = (ask: Ask) =>
  ask('GET', '/api/me/sessions', v.object({ sessions: v.array(session) }));
export const endSession = (ask: Ask, id: string) => ask('POST', '/api/me/sessions/end', v.unknown(), { id });
export const endOtherSessions = (ask: Ask) => ask('POST', '/api/me/sessions/end-others', v.unknown(), {});
