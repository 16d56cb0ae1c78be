import type { CounterRules } from '$lib/domain/counter-rules';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { documentsOfType } from '../provision/catalogue';
import { officeDatabase } from '../provision/databases';

export type DeskStatus = 'waiting' | 'paired' | 'revoked';

/** `desk:ID` in tiski-office: a counter's device, and the account it works with. */
export interface DeskDocument {
  _id: string;
  _rev?: string;
  type: 'desk';
  v: 1;
  /** What people call it. */
  name: string;
  /** Id of a venue in the catalogue. */
  venue: string;
  /** Name of its account in `_users`; visits carry it. */
  account: string;
  /** Accounts of devices it had before: a device that is paired anew counts its visits from 1. */
  formerAccounts?: string[];
  status: DeskStatus;
  createdAt: string;
  pairedAt?: string;
  revokedAt?: string;
  /** What the office lets its staff do; absent: the defaults. */
  rules?: CounterRules;
  /** The open pairing code. */
  code?: { hash: string; expiresAt: string };
}

export const deskDocumentId = (id: string) => `desk:${id}`;
export const deskIdOf = ({ _id }: DeskDocument) => _id.slice('desk:'.length);

const isDesk = (document: unknown): document is DeskDocument =>
  isJsonObject(document) && document['type'] === 'desk' && typeof document['account'] === 'string';

export async function allDesks(client: CouchClient): Promise<DeskDocument[]> {
  const documents: unknown[] = await documentsOfType(client, officeDatabase, 'desk');
  return documents.filter(isDesk);
}

/** The desk that an account is or was of, revoked ones too. */
export async function deskOfAccount(client: CouchClient, account: string): Promise<DeskDocument | undefined> {
  const desks = await allDesks(client);
  return desks.find((desk) => desk.account === account || desk.formerAccounts?.includes(account));
}

/** undefined when there is none */
export async function deskById(client: CouchClient, id: string): Promise<DeskDocument | undefined> {
  const path = documentPath(officeDatabase, deskDocumentId(id));
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  return isDesk(reply.body) ? reply.body : undefined;
}

/** Answers false when somebody else changed it meanwhile. @throws {UnexpectedCouchReply} */
export async function storeDesk(client: CouchClient, desk: DeskDocument): Promise<boolean> {
  const path = documentPath(officeDatabase, desk._id);
  const reply = await client.request('PUT', path, desk);
  if (reply.status === 409) return false;
  if (reply.status !== 201) throw new UnexpectedCouchReply('PUT', path, reply);
  return true;
}
