import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import { identifier, instant } from '$lib/documents/fields';
import { counterRulesField } from '$lib/documents/fleet/counter-rules-field';
import { ApiFailure } from '../api-failure';
import { type CouchClient, documentPath, UnexpectedCouchReply } from '../couch/client';
import { storeAlone } from '../couch/store-alone';
import { documentsOfType } from '../provision/catalogue';

/** Name of an account in `_users`. Only such names are ever made or changed for a desk. */
const deskAccountName = v.pipe(identifier, v.startsWith('desk-'));

/** `desk:ID` in tiski-desks: a counter's device, and its account. */
export const deskDocument = v.object({
  _id: v.pipe(v.string(), v.regex(/^desk:[a-z0-9][a-z0-9-]*$/)),
  _rev: v.exactOptional(v.string()),
  type: v.literal('desk'),
  v: v.literal(1),
  /** What people call it. */
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  /** Id of a venue in the catalogue. */
  venue: identifier,
  /** Its account; visits carry its name. */
  account: deskAccountName,
  /** Accounts of its earlier devices: a device that is paired again counts its visits from 1. */
  formerAccounts: v.exactOptional(v.array(deskAccountName)),
  status: v.picklist(['waiting', 'paired', 'revoked']),
  createdAt: instant,
  pairedAt: v.exactOptional(instant),
  /**
   * Different for each pairing: otherwise two at the same moment would write the same document, and both
   * would succeed.
   */
  pairing: v.exactOptional(identifier),
  revokedAt: v.exactOptional(instant),
  /** What the office lets its staff do; absent: the defaults. */
  rules: v.exactOptional(counterRulesField),
  /** The open pairing code. */
  code: v.exactOptional(
    v.object({ hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), expiresAt: instant }),
  ),
});
export type DeskDocument = v.InferOutput<typeof deskDocument>;
export type DeskStatus = DeskDocument['status'];

const idPrefix = 'desk:';
export const deskDocumentId = (id: string) => `${idPrefix}${id}`;
export const deskIdOf = ({ _id }: { _id: string }) => _id.slice(idPrefix.length);

/** The desks, and the ids of those whose documents can't be read: damaged, or written by a newer version. */
export interface DesksRead {
  desks: DeskDocument[];
  unreadable: string[];
}

export async function readDesks(client: CouchClient): Promise<DesksRead> {
  const read: DesksRead = { desks: [], unreadable: [] };
  for (const document of await documentsOfType(client, desksDatabase, 'desk')) {
    const parsed = v.safeParse(deskDocument, document);
    if (parsed.success) read.desks.push(parsed.output);
    else read.unreadable.push(deskIdOf({ _id: String(document['_id']) }));
  }
  return read;
}

/** Those that can be read. */
export const allDesks = async (client: CouchClient): Promise<DeskDocument[]> =>
  (await readDesks(client)).desks;

/** The desk that an account belongs or belonged to, including revoked ones. */
export async function deskOfAccount(client: CouchClient, account: string): Promise<DeskDocument | undefined> {
  const desks = await allDesks(client);
  return desks.find((desk) => desk.account === account || desk.formerAccounts?.includes(account));
}

/** undefined if there is none, `unreadable` if its document can't be trusted */
export async function deskById(
  client: CouchClient,
  id: string,
): Promise<DeskDocument | 'unreadable' | undefined> {
  const path = documentPath(desksDatabase, deskDocumentId(id));
  const reply = await client.request('GET', path);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const parsed = v.safeParse(deskDocument, reply.body);
  return parsed.success ? parsed.output : 'unreadable';
}

export const changedMeanwhile = () =>
  new ApiFailure(409, 'changed-meanwhile', 'Somebody else changed this desk just now. Try again.');

/** Returns false if somebody else changed it meanwhile. @throws {UnexpectedCouchReply} */
export async function storeDesk(client: CouchClient, desk: DeskDocument): Promise<boolean> {
  return (await storeAlone(client, desksDatabase, desk)) === 'stored';
}
