import { documentPath, storeDocument, type CouchClient } from '../couch/client';
import type { IncomingDocument } from '../couch/document-shape';
import { isJsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';
import { accountFromDocument, type Account } from './account';
import { deskIterations } from './desk-password';
import { hashPassword } from './password-hash';

/**
 * Restores the quick hash of the password that a desk gave itself: a CouchDB has made a slow one of it, or
 * has always had one. The salt stays, and with it the sessions. If somebody changes the account meanwhile,
 * their change wins.
 * @param account whose password has just been right
 */
export async function quickenDeskHash(
  client: CouchClient,
  account: Account,
  password: string,
): Promise<void> {
  const path = documentPath(usersDatabase, userDocumentId(account.name));
  const { status, body } = await client.request('GET', path);
  if (status !== 200 || !isJsonObject(body)) return;
  const stored = accountFromDocument(body as IncomingDocument);
  if (stored?.hash.derived_key !== account.hash.derived_key) return;
  const hash = await hashPassword(password, deskIterations, stored.hash.salt);
  await storeDocument(client, path, { ...body, ...hash });
}
