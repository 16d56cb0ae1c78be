import * as v from 'valibot';
import { accountDocument } from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import type { Official } from '$lib/domain/benefit/letter/letter';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';

/** Who decided, as a letter names them; undefined if nobody has written down the account's name. */
export async function readOfficial(client: CouchClient, account: string): Promise<Official | undefined> {
  const path = documentPath(desksDatabase, `account:${account}`);
  const reply = await client.request('GET', path);
  if (reply.status !== 200 && reply.status !== 404) throw new UnexpectedCouchReply('GET', path, reply);
  const parsed = v.safeParse(accountDocument, reply.body);
  if (!parsed.success) return undefined;
  const { displayName: name, title, phone, email } = parsed.output;
  return { name, title, phone, email };
}
