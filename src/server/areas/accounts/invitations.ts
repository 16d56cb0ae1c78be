import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { invitationDocument, type InvitationDocument } from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import { ApiFailure } from '../../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import type { JsonObject } from '../../couch/json';
import { storeAlone } from '../../couch/store-alone';
import { detailsFrom, rightsFrom } from './account-input';
import { invitationView, readInvitations, type InvitationView } from './list-accounts';

const lifeMs = 72 * 3600_000;
/** Used and expired ones are kept a while, to say what became of a link. */
const keptMs = 30 * 24 * 3600_000;

/** A one-time link: shown once, never stored. */
export interface IssuedInvitation {
  invitation: InvitationView;
  /** For the link's fragment. */
  secret: string;
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** @throws {ApiFailure} 400 */
export function newcomerFrom(body: JsonObject) {
  const details = detailsFrom(body);
  const rights = rightsFrom(body, details.organisation !== undefined);
  return { for: 'newcomer' as const, ...details, rights };
}

export async function invite(
  client: CouchClient,
  by: string,
  whom: ReturnType<typeof newcomerFrom> | { for: 'account'; account: string },
  now: Date,
): Promise<IssuedInvitation> {
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + lifeMs).toISOString();
  const invitation: InvitationDocument = {
    _id: `invitation:${hashOf(secret)}`,
    type: 'invitation',
    v: 1,
    by,
    madeAt: now.toISOString(),
    expiresAt,
    ...whom,
  };
  await storeAlone(client, desksDatabase, invitation);
  await withdraw(client, ({ expiresAt: end }) => Date.parse(end) + keptMs < now.getTime());
  return { invitation: invitationView(invitation), secret };
}

/** Deletes those: their links are void. */
export async function withdraw(
  client: CouchClient,
  isMeant: (invitation: InvitationDocument) => boolean,
): Promise<void> {
  const meant = (await readInvitations(client)).filter(isMeant);
  for (const { _id, _rev } of meant) {
    const path = documentPath(desksDatabase, _id);
    const { status, body } = await client.request('DELETE', `${path}?rev=${_rev ?? ''}`);
    // 409: it has just been used.
    if (![200, 202, 404, 409].includes(status))
      throw new UnexpectedCouchReply('DELETE', path, { status, body });
  }
}

/** The links that somebody has made, and those for their account. */
export const isBy = (name: string) => (invitation: InvitationDocument) =>
  invitation.by === name && invitation.usedAt === undefined;
export const isFor = (name: string) => (invitation: InvitationDocument) =>
  invitation.for === 'account' && invitation.account === name && invitation.usedAt === undefined;

/**
 * The invitation that a link opens.
 * @throws {ApiFailure} 404 `unknown-invitation`, 410 `invitation-used` or `invitation-expired`
 */
export async function invitationOf(
  client: CouchClient,
  secret: unknown,
  now: Date,
): Promise<InvitationDocument> {
  const isWhole = typeof secret === 'string' && secret.length < 200;
  const found = isWhole ? await readInvitation(client, `invitation:${hashOf(secret)}`) : undefined;
  if (found === undefined) {
    throw new ApiFailure(
      404,
      'unknown-invitation',
      'This link is not known. It may be cut off or withdrawn.',
    );
  }
  if (found.usedAt !== undefined) throw used();
  if (Date.parse(found.expiresAt) > now.getTime()) return found;
  throw new ApiFailure(410, 'invitation-expired', 'This link has run out. Ask for a new one.');
}

const used = () => new ApiFailure(410, 'invitation-used', 'This link was used already. Ask for a new one.');

export async function readInvitation(
  client: CouchClient,
  id: string,
): Promise<InvitationDocument | undefined> {
  const path = documentPath(desksDatabase, id);
  const { status, body } = await client.request('GET', path);
  if (status !== 200 && status !== 404) throw new UnexpectedCouchReply('GET', path, { status, body });
  const parsed = v.safeParse(invitationDocument, body);
  return parsed.success ? parsed.output : undefined;
}

/** Uses it up: of several who try, at whichever servers, one succeeds. @throws {ApiFailure} 410 */
export async function useUp(
  client: CouchClient,
  invitation: InvitationDocument,
  usedBy: string,
  now: Date,
): Promise<void> {
  const use = randomBytes(16).toString('hex');
  const usedOnce = { ...invitation, usedAt: now.toISOString(), usedBy, use };
  if ((await storeAlone(client, desksDatabase, usedOnce)) === 'conflict') throw used();
}
