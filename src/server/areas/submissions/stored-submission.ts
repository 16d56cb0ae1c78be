import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { peopleDatabase } from '$lib/documents/databases';
import type { SentSubmission } from '$lib/documents/submissions/submission';
import { documentPath, storeDocument, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import { isJsonObject } from '../../couch/json';
import { storeAlone } from '../../couch/store-alone';

/**
 * `submission:ID` in tiski-people: whoever stores it first has the id. It goes from `received` to `stored` or
 * `refused`, and what was refused may be stored after all when it comes again.
 */
const storedSubmission = v.looseObject({
  _id: v.string(),
  _rev: v.string(),
  type: v.literal('submission'),
  v: v.literal(1),
  kind: v.string(),
  /** Of what was sent. */
  hash: v.string(),
  outcome: v.picklist(['received', 'stored', 'refused']),
  /** The account that sent it. */
  by: v.string(),
  /** The device's time, and the server's. */
  at: v.string(),
  receivedAt: v.string(),
});
export type StoredSubmission = v.InferOutput<typeof storedSubmission>;

export const submissionIdOf = (id: string) => `submission:${id}`;

/** The same for what is word for word the same. Of a sealed body it reveals nothing. */
export const hashOf = (submission: SentSubmission): string =>
  createHash('sha256').update(canonicalJson(submission)).digest('hex');

/** `erased`: it was here, and somebody or its time removed it. @throws {UnexpectedCouchReply} */
export async function readSubmission(
  client: CouchClient,
  id: string,
): Promise<StoredSubmission | 'erased' | undefined> {
  const path = documentPath(peopleDatabase, submissionIdOf(id));
  const { status, body } = await client.request('GET', path);
  if (status === 200) return v.parse(storedSubmission, body);
  if (status !== 404) throw new UnexpectedCouchReply('GET', path, { status, body });
  return isJsonObject(body) && body['reason'] === 'deleted' ? 'erased' : undefined;
}

/** Takes the id, unless somebody has it. @throws {UnexpectedCouchReply} */
export const claim = (
  client: CouchClient,
  id: string,
  claimed: { kind: string; hash: string; by: string; at: string; receivedAt: string; sent: SentSubmission },
): Promise<'stored' | 'conflict'> =>
  storeAlone(client, peopleDatabase, {
    _id: submissionIdOf(id),
    type: 'submission',
    v: 1,
    outcome: 'received',
    ...claimed,
  });

/**
 * Writes what became of it, in place of what was sent. If another server was faster, that one has written the
 * same.
 * @throws {UnexpectedCouchReply}
 */
export async function settle(
  client: CouchClient,
  claimed: StoredSubmission,
  becomes: { outcome: 'stored' | 'refused'; author?: string; body?: unknown },
): Promise<void> {
  const members = Object.entries({ ...claimed, ...becomes }).filter(([member]) => member !== 'sent');
  await storeDocument(client, documentPath(peopleDatabase, claimed._id), Object.fromEntries(members));
}

/** Ids of refusals begin with this; no ULID does. They are listed without reading what was stored. */
const refusedPrefix = 'submission:refused:';

/** Why a submission was refused, with the submission as it was sent: sealed, if it was. */
export interface Refused {
  code: string;
  reason: string;
  field?: string;
}

const refusedSubmission = v.object({
  _id: v.pipe(v.string(), v.startsWith(refusedPrefix)),
  of: v.string(),
  kind: v.string(),
  hash: v.string(),
  by: v.string(),
  at: v.string(),
  receivedAt: v.string(),
  code: v.string(),
  reason: v.string(),
  field: v.optional(v.string()),
});
export type RefusedSubmission = v.InferOutput<typeof refusedSubmission>;

/** Keeps what was refused, once for each body. @throws {UnexpectedCouchReply} */
export async function keepRefused(
  client: CouchClient,
  refused: Omit<RefusedSubmission, '_id'> & { sent?: SentSubmission },
): Promise<void> {
  const _id = `${refusedPrefix}${refused.of}:${refused.hash.slice(0, 16)}`;
  const document = { _id, type: 'submission', v: 1, outcome: 'refused', ...refused };
  await storeDocument(client, documentPath(peopleDatabase, _id), document);
}

/** The newest refusals, without what was sent. @throws {UnexpectedCouchReply} */
export async function listRefused(client: CouchClient, most: number): Promise<RefusedSubmission[]> {
  const range = new URLSearchParams({
    include_docs: 'true',
    descending: 'true',
    limit: String(most),
    startkey: JSON.stringify(`${refusedPrefix};`),
    endkey: JSON.stringify(refusedPrefix),
  });
  return (await rowsOf(client, 'GET', `?${range.toString()}`)).flatMap(({ doc }) => {
    const parsed = v.safeParse(refusedSubmission, doc);
    return parsed.success ? [parsed.output] : [];
  });
}

/** What is known of some ids: their hash if they are stored, or that they were erased. */
export async function whatIsStored(
  client: CouchClient,
  ids: readonly string[],
): Promise<Map<string, { hash: string } | 'erased'>> {
  const known = new Map<string, { hash: string } | 'erased'>();
  if (ids.length === 0) return known;
  const rows = await rowsOf(client, 'POST', '?include_docs=true', { keys: ids.map(submissionIdOf) });
  for (const { key, value, doc } of rows) {
    const id = String(key).slice(submissionIdOf('').length);
    const parsed = v.safeParse(storedSubmission, doc);
    if (isJsonObject(value) && value['deleted'] === true) known.set(id, 'erased');
    else if (parsed.success && parsed.output.outcome === 'stored') known.set(id, parsed.output);
  }
  return known;
}

const allDocs = v.object({ rows: v.array(v.looseObject({ key: v.string() })) });

async function rowsOf(client: CouchClient, method: 'GET' | 'POST', query: string, body?: object) {
  const path = `/${peopleDatabase}/_all_docs${query}`;
  const reply = await client.request(method, path, body);
  if (reply.status !== 200) throw new UnexpectedCouchReply(method, path, reply);
  return v.parse(allDocs, reply.body).rows;
}
