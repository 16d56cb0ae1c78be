import * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { visitsDatabase } from '$lib/documents/databases';
import type { RescueContent } from '$lib/documents/fleet/rescue-file';
import { isLogDocument, parseDocument } from '$lib/documents/parse-document';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { sentenceOf } from '$lib/domain/fleet/refusal-reason';
import { requireOk, type CouchClient } from '../../couch/client';
import { compileValidator, type DocumentValidator } from '../../couch/validation';
import { deskRoles } from '../../desks/desk-account';
import type { DeskDocument } from '../../desks/desk-document';
import { sectors } from '../../provision/catalogue';
import { validationSource } from '../../provision/databases';

/** The result for one document of a rescue file (S16). */
export type RescueOutcome =
  | { kind: 'stored' }
  /** The server already has it, word for word: sent by the desk itself, or taken in before. */
  | { kind: 'already-there' }
  /** The server has another document under its id. */
  | { kind: 'different' }
  | { kind: 'refused'; why: RefusedWhy; reason: string };

/**
 * `unreadable`: not one of our documents. `not-allowed`: the database's rules don't allow it to this desk.
 */
export type RefusedWhy = 'unreadable' | 'newer-version' | 'unknown-database' | 'not-allowed';

export interface RescueResult {
  /** The document's `_id`, or its position in the file if it has none. */
  id: string;
  /** What it is, if it could be read; `at` is an ISO instant. */
  document?: { type: LogDocument['type']; at: string; card?: string };
  outcome: RescueOutcome;
}

/** How many documents are checked and written at once: a desk's request fits in between. */
const batchSize = 200;

const bulkAnswer = v.array(
  v.looseObject({ id: v.string(), error: v.optional(v.string()), reason: v.optional(v.string()) }),
);
const allDocsAnswer = v.object({
  rows: v.array(v.looseObject({ key: v.string(), doc: v.optional(v.nullable(v.unknown())) })),
});

interface Readable {
  position: number;
  /** Exactly as it was in the file. */
  raw: object;
  document: LogDocument;
}

/**
 * Writes the documents of a rescue file as the desk would have written them itself: with the same schemas and
 * the same validation function with the desk's own rights, so that files open no other door. Each id is
 * written once, however often the file is taken in. What is written stays if a later batch fails, and taking
 * in the same file again continues.
 * @returns an answer for each document, in the file's order
 * @throws {UnexpectedCouchReply} if the store fails
 */
export async function takeIn(
  client: CouchClient,
  { desk: account, entries }: RescueContent,
  desk: DeskDocument,
): Promise<RescueResult[]> {
  const cityDatabases = new Set((await sectors(client)).map(visitsDatabase));
  const validate = compileValidator(await validationSource('visits'));
  // A revoked desk has the rights that it used to have. Its venue's sectors may have changed since, so any
  // sector is accepted.
  const roles = deskRoles(desk.venue, [], [desk.account, ...(desk.formerAccounts ?? [])]);
  const results: RescueResult[] = [];
  const readable = new Map<string, Readable[]>();
  entries.forEach(({ database, document: raw }, position) => {
    const read = readEntry(raw, database, cityDatabases);
    if ('why' in read) {
      results[position] = { id: idOf(raw, position), outcome: { kind: 'refused', ...read } };
    } else {
      const all = readable.get(database) ?? [];
      all.push({ position, ...read });
      readable.set(database, all);
    }
  });
  for (const [database, all] of readable) {
    for (let from = 0; from < all.length; from += batchSize) {
      const batch = all.slice(from, from + batchSize);
      const rights = { database, validate, user: { db: database, name: account, roles } };
      const outcomes = await takeInBatch(client, batch, rights);
      batch.forEach(({ position, document }, index) => {
        const outcome = outcomes[index];
        if (outcome) results[position] = { id: document._id, document: lineOf(document), outcome };
      });
    }
  }
  return results;
}

type Unfit = { why: RefusedWhy; reason: string };

function readEntry(
  raw: unknown,
  database: string,
  cityDatabases: ReadonlySet<string>,
): { raw: object; document: LogDocument } | Unfit {
  if (!cityDatabases.has(database)) return { why: 'unknown-database', reason: database };
  const parsed = parseDocument(raw);
  if (!parsed.ok) {
    const { unreadable } = parsed;
    if (unreadable.reason === 'newer-version') return { why: 'newer-version', reason: 'v is newer' };
    const faults = unreadable.reason === 'invalid' ? unreadable.faults : ['type: is unknown'];
    return { why: 'unreadable', reason: faults.join('; ') };
  }
  const { document } = parsed;
  if (!isLogDocument(document)) return { why: 'unreadable', reason: `type: ${document.type} is not logged` };
  const own = raw as object;
  // CouchDB's own members: a desk never logs a revision or a deletion.
  const foreign = Object.keys(own).find((name) => name.startsWith('_') && name !== '_id');
  if (foreign !== undefined) return { why: 'unreadable', reason: `${foreign}: does not belong here` };
  return { raw: own, document };
}

function idOf(raw: unknown, position: number): string {
  const named = v.safeParse(v.object({ _id: v.string() }), raw);
  return named.success ? named.output._id : `#${position + 1}`;
}

function lineOf(document: LogDocument): NonNullable<RescueResult['document']> {
  const { type, at } = document;
  return { type, at, ...('card' in document && { card: document.card }) };
}

interface Rights {
  database: string;
  validate: DocumentValidator;
  user: { db: string; name: string; roles: readonly string[] };
}

async function takeInBatch(
  client: CouchClient,
  batch: readonly Readable[],
  { database, validate, user }: Rights,
): Promise<RescueOutcome[]> {
  const there = await readBodies(client, database, batch);
  const outcomes = batch.map((each) => compare(each, there));
  const missing = batch.filter((_, index) => outcomes[index] === undefined);
  const refusals = await validate(missing.map(({ raw }) => JSON.stringify([raw, null, user, {}])));
  const broken = refusals.find((refusal) => refusal !== undefined && refusal.status >= 500);
  if (broken) throw broken;
  const allowed = missing.filter((_, index) => refusals[index] === undefined);
  const written = await write(client, database, allowed);
  const later = written.size < allowed.length ? await readBodies(client, database, allowed) : there;
  return batch.map((each, index): RescueOutcome => {
    const known = outcomes[index];
    if (known) return known;
    const refusal = refusals[missing.indexOf(each)];
    if (refusal) return { kind: 'refused', why: 'not-allowed', reason: sentenceOf(refusal.reason) };
    // Somebody else was faster, or the file has it twice.
    return written.has(each) ? { kind: 'stored' } : (compare(each, later) ?? { kind: 'different' });
  });
}

function compare(
  { raw, document }: Readable,
  there: ReadonlyMap<string, unknown>,
): RescueOutcome | undefined {
  const body = there.get(document._id);
  if (body === undefined) return undefined;
  return { kind: canonicalJson(body) === canonicalJson(raw) ? 'already-there' : 'different' };
}

async function readBodies(
  client: CouchClient,
  database: string,
  batch: readonly Readable[],
): Promise<Map<string, unknown>> {
  if (batch.length === 0) return new Map();
  const keys = batch.map(({ document }) => document._id);
  const body = await requireOk(client, 'POST', `/${database}/_all_docs?include_docs=true`, { keys });
  const { rows } = v.parse(allDocsAnswer, body);
  return new Map(rows.flatMap(({ key, doc }) => (doc ? [[key, doc] as const] : [])));
}

/** Returns those that were stored; the others collided with a document of the same id. */
async function write(
  client: CouchClient,
  database: string,
  documents: readonly Readable[],
): Promise<Set<Readable>> {
  if (documents.length === 0) return new Set();
  const docs = documents.map(({ raw }) => raw);
  const rows = v.parse(bulkAnswer, await requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs }));
  const failed = rows.find(({ error }) => error !== undefined && error !== 'conflict');
  if (failed) throw new Error(`${database} refused a document that it allows: ${failed.error}`);
  return new Set(documents.filter((_, index) => rows[index]?.error === undefined));
}
