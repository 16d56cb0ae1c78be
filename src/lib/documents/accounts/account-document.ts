import * as v from 'valibot';
import { identifier, idOfType, instant, listOf } from '$lib/documents/fields';
import { personRoles } from '$lib/documents/roles';

/** Documents of tiski-desks about people who sign in; what gives power, their roles, is in `_users`. */

const line = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most));

/** What people say about themselves, and what letters name: whom to ask, and how to reach them. */
const details = {
  displayName: line(100),
  title: v.exactOptional(line(100)),
  phone: v.exactOptional(v.pipe(line(40), v.regex(/^\+?[\d\s()/-]+$/))),
  email: v.exactOptional(v.pipe(line(200), v.email())),
  /** For which a `referrer` refers. */
  organisation: v.exactOptional(v.object({ id: identifier, name: line(100) })),
};
export const personDetails = v.object(details);
export type PersonDetails = v.InferOutput<typeof personDetails>;
export type Organisation = NonNullable<PersonDetails['organisation']>;

export const rightsList = listOf(v.picklist(personRoles), personRoles.length);

/** `account:NAME`: a person's account, by the name with which they sign in. */
export const accountDocument = v.object({
  _id: idOfType('account'),
  _rev: v.exactOptional(v.string()),
  type: v.literal('account'),
  v: v.literal(1),
  name: identifier,
  ...details,
  /** The invitation that made it. */
  invitation: v.exactOptional(v.string()),
  /** Nobody else ever gets the name of somebody whose account was removed: the logs say it. */
  removedAt: v.exactOptional(instant),
});
export type AccountDocument = v.InferOutput<typeof accountDocument>;

const ofAnyInvitation = {
  _id: idOfType('invitation'),
  _rev: v.exactOptional(v.string()),
  type: v.literal('invitation'),
  v: v.literal(1),
  /** The administrator's account. */
  by: v.string(),
  madeAt: instant,
  expiresAt: instant,
  usedAt: v.exactOptional(instant),
  /** The account that it made or changed. */
  usedBy: v.exactOptional(v.string()),
  /** Different for each use: of two at the same moment one must get a conflict. */
  use: v.exactOptional(v.string()),
};

/** `invitation:HASH` of the link's secret: it makes an account, or gives an existing one another password. */
export const invitationDocument = v.variant('for', [
  v.object({ ...ofAnyInvitation, for: v.literal('newcomer'), ...details, rights: rightsList }),
  v.object({ ...ofAnyInvitation, for: v.literal('account'), account: v.string() }),
]);
export type InvitationDocument = v.InferOutput<typeof invitationDocument>;

/** `session:ID`: where somebody is signed in, for them to see and to end. */
export const sessionDocument = v.object({
  _id: v.pipe(v.string(), v.regex(/^session:[0-9a-f]{32}$/)),
  _rev: v.exactOptional(v.string()),
  type: v.literal('session'),
  v: v.literal(1),
  account: v.string(),
  startedAt: instant,
  seenAt: instant,
  /** When it is over unless it is used before. */
  until: instant,
  /** `Firefox, Windows`: enough to recognise one's own. */
  browser: v.pipe(v.string(), v.maxLength(60)),
});
export type SessionDocument = v.InferOutput<typeof sessionDocument>;

export const usualLockAfterMinutes = 15;
export const lockAfterMinutes = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60));

/** `sign-in-settings:city` */
export const signInSettingsDocument = v.object({
  _id: v.literal('sign-in-settings:city'),
  _rev: v.exactOptional(v.string()),
  type: v.literal('sign-in-settings'),
  v: v.literal(1),
  /** After how long without a touch the office's screens ask for the password again. */
  lockAfterMinutes,
});
