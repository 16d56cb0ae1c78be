import * as v from 'valibot';
import {
  accountDocument,
  invitationDocument,
  type AccountDocument,
  type InvitationDocument,
  type PersonDetails,
} from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import type { PersonRole } from '$lib/documents/roles';
import type { CouchClient } from '../../couch/client';
import { usersDatabase } from '../../couch/route';
import { documentsOfType } from '../../provision/catalogue';
import { detailsOf, personsUser } from './stored-account';

/** An account as /api/accounts describes it. */
export interface AccountView extends Partial<PersonDetails> {
  name: string;
  rights: PersonRole[];
  /** Whether somebody can sign in with it. */
  isOpen: boolean;
}

/** Everybody's account, by name; desks have none. */
export async function listAccounts(client: CouchClient): Promise<AccountView[]> {
  const [users, documents] = await Promise.all([
    documentsOfType(client, usersDatabase, 'org.couchdb.user'),
    readAccounts(client),
  ]);
  return users.flatMap((document) => {
    const found = personsUser(document);
    if (found === undefined) return [];
    const { name, rights, isOpen } = found;
    const about = documents.get(name);
    return [{ name, rights, isOpen, ...(about && detailsOf(about)) }];
  });
}

async function readAccounts(client: CouchClient): Promise<Map<string, AccountDocument>> {
  const documents = await documentsOfType(client, desksDatabase, 'account');
  return new Map(
    documents.flatMap((document): [string, AccountDocument][] => {
      const parsed = v.safeParse(accountDocument, document);
      return parsed.success ? [[parsed.output.name, parsed.output]] : [];
    }),
  );
}

/** A one-time link that still waits for its person. */
export interface InvitationView extends Partial<PersonDetails> {
  id: string;
  by: string;
  expiresAt: string;
  /** Whose password it replaces; absent if it makes an account. */
  account?: string;
  rights?: PersonRole[];
}

export const invitationIdOf = ({ _id }: { _id: string }) => _id.slice('invitation:'.length);

export async function readInvitations(client: CouchClient): Promise<InvitationDocument[]> {
  const documents = await documentsOfType(client, desksDatabase, 'invitation');
  return documents.flatMap((document) => {
    const parsed = v.safeParse(invitationDocument, document);
    return parsed.success ? [parsed.output] : [];
  });
}

export async function listInvitations(client: CouchClient, now: Date): Promise<InvitationView[]> {
  const open = (await readInvitations(client)).filter((each) => isUsable(each, now));
  return open.map(invitationView).sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1));
}

export const isUsable = ({ usedAt, expiresAt }: InvitationDocument, now: Date): boolean =>
  usedAt === undefined && Date.parse(expiresAt) > now.getTime();

export function invitationView(invitation: InvitationDocument): InvitationView {
  const { by, expiresAt } = invitation;
  const shared = { id: invitationIdOf(invitation), by, expiresAt };
  if (invitation.for === 'account') return { ...shared, account: invitation.account };
  return { ...shared, ...detailsOf(invitation), rights: invitation.rights };
}
