import * as v from 'valibot';
import { sessionDocument, type SessionDocument } from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import type { BrowserSession } from '../../accounts/identity';
import { documentPath, storeDocument, type CouchClient } from '../../couch/client';
import { documentsOfType } from '../../provision/catalogue';

/** When somebody was last seen is right to this, ms: a look is not a write. */
const seenWithin = 60_000;

/**
 * Notes that somebody is signed in there. What ends a session is in `_users`; this is for people to see, and a
 * note that is lost makes no session longer.
 */
export async function noteSession(
  client: CouchClient,
  account: string,
  { id, until }: BrowserSession,
  browser: string,
  now: Date,
): Promise<void> {
  const path = documentPath(desksDatabase, `session:${id}`);
  const { body } = await client.request('GET', path);
  const read = v.safeParse(sessionDocument, body);
  const stored = read.success ? read.output : undefined;
  if (stored !== undefined && now.getTime() - Date.parse(stored.seenAt) < seenWithin) return;
  const seenAt = now.toISOString();
  const note: SessionDocument = {
    _id: `session:${id}`,
    ...(stored?._rev !== undefined && { _rev: stored._rev }),
    type: 'session',
    v: 1,
    account,
    startedAt: stored?.startedAt ?? seenAt,
    seenAt,
    until: new Date(until).toISOString(),
    browser,
  };
  await storeDocument(client, path, note);
}

/** A session as /api/me/sessions describes it. */
export interface SessionView {
  id: string;
  startedAt: string;
  seenAt: string;
  browser: string;
}

const idOf = ({ _id }: SessionDocument) => _id.slice('session:'.length);

/** Where the account is signed in, the last seen first. Notes of sessions that are over are removed. */
export async function listSessions(client: CouchClient, account: string, now: Date): Promise<SessionView[]> {
  const all = (await documentsOfType(client, desksDatabase, 'session')).flatMap((document) => {
    const parsed = v.safeParse(sessionDocument, document);
    return parsed.success ? [parsed.output] : [];
  });
  const isOver = ({ until }: SessionDocument) => Date.parse(until) <= now.getTime();
  await forget(client, all.filter(isOver));
  return all
    .filter((each) => each.account === account && !isOver(each))
    .map((each) => ({
      id: idOf(each),
      startedAt: each.startedAt,
      seenAt: each.seenAt,
      browser: each.browser,
    }))
    .sort((a, b) => (a.seenAt > b.seenAt ? -1 : 1));
}

/** Forgets those of an account that have ended, all or some. */
export async function forgetSessions(
  client: CouchClient,
  account: string,
  isEnded: (id: string) => boolean,
): Promise<void> {
  const all = await documentsOfType(client, desksDatabase, 'session');
  const own = all.filter(
    (document) => document['account'] === account && isEnded(idOf(document as SessionDocument)),
  );
  await forget(client, own as SessionDocument[]);
}

async function forget(client: CouchClient, notes: readonly SessionDocument[]): Promise<void> {
  if (notes.length === 0) return;
  const docs = notes.map(({ _id, _rev }) => ({ _id, _rev, _deleted: true }));
  await client.request('POST', `/${desksDatabase}/_bulk_docs`, { docs });
}
