import { requireOk } from '../../src/server/couch/client';
import type { Callers, Operation, TypeRights } from '../rights-table';
import { removeDocument, type Answer, type Target } from './couch-target';
import { freshHash, outcomeOf, path } from './rights-city';
import { isSingle, newDocument, type Document } from './rights-documents';
import { credentials, doors, inline, putAttachment, type Asking, type Before } from './rights-doors';

/** One write by one door. */
export interface WriteAttempt {
  what: string;
  isAllowed: boolean;
  document: Document;
  before: Before;
  /** @param rev of the stored document */
  send: (rev: string) => Promise<Answer>;
}

/** Every write of every type by every door, door by door: writes of one kind go to the disk together. */
export function writesOf(asking: Asking, rights: Record<string, TypeRights>): WriteAttempt[] {
  // What is refused leaves a document as it is, for the next attempt.
  const shared = new Map<string, Document>();
  const documentFor = (type: string, isAllowed: boolean, before: Before) => {
    const key = `${type} ${before}`;
    const document = (isAllowed ? undefined : shared.get(key)) ?? newDocument(type, asking.desk);
    if (!isAllowed && before !== 'nothing') shared.set(key, document);
    return document;
  };
  return doors.flatMap(({ operation, name, before, send }) =>
    Object.entries(rights).flatMap(([type, { [operation]: may }]): WriteAttempt[] => {
      // If nobody may attach there is nothing to remove.
      if (before === 'document with attachment' && may.length === 0) return [];
      const isAllowed = asking.isAllowed(may);
      const document = documentFor(type, isAllowed, before);
      return [
        {
          what: `${type}: ${operation} by ${name}`,
          isAllowed,
          document,
          before,
          send: (rev) => send(asking, document, rev, type),
        },
      ];
    }),
  );
}

/** A first document by an attachment to it: it has no type, so only design documents come that way. */
export function firstAttachments(asking: Asking, rights: Record<string, Callers>): WriteAttempt[] {
  return Object.entries(rights).map(([type, may]): WriteAttempt => {
    const document = newDocument(type, asking.desk);
    return {
      what: `${type}: create by PUT of an attachment`,
      isAllowed: asking.isAllowed(may),
      document,
      before: 'nothing',
      send: () => putAttachment(asking, document),
    };
  });
}

/** Not a single document's, which one of two requests would find there. */
const withOwnId = (document: Document): Document =>
  isSingle(document) ? { ...document, _id: `${document._id}-${freshHash()}` } : document;

/** Documents of types that belong elsewhere, all of them in one request: for each, who may write it. */
export const foreignWrites = (asking: Asking, rights: Record<string, Callers>): WriteAttempt[] => [
  ...foreignBulk(asking, rights, 'create', {}),
  ...foreignBulk(asking, rights, 'create', replica()),
];

/** The same, as documents that are deleted and have never been here. */
export const foreignDeletions = (asking: Asking, rights: Record<string, Callers>): WriteAttempt[] =>
  foreignBulk(asking, rights, 'delete', { ...replica(), _deleted: true });

const replica = () => ({ _revisions: { start: 1, ids: [freshHash()] } });

function foreignBulk(
  asking: Asking,
  rights: Record<string, Callers>,
  operation: Operation,
  members: { _revisions?: object; _deleted?: true },
): WriteAttempt[] {
  const documents = Object.keys(rights).map((type) => withOwnId(newDocument(type, asking.desk)));
  const newEdits = members._revisions === undefined;
  let answer: Promise<Answer> | undefined;
  const send = () => {
    answer ??= asking.target.couch('POST', path(asking.database, '/_bulk_docs'), {
      ...credentials(asking),
      body: { new_edits: newEdits, docs: documents.map((document) => ({ ...document, ...members })) },
    });
    return answer;
  };
  return Object.entries(rights).map(([type, may], index): WriteAttempt => {
    const document = documents[index] as Document;
    return {
      what: `${type}, which has its place elsewhere: ${operation} by _bulk_docs, new_edits ${newEdits}`,
      isAllowed: asking.isAllowed(may),
      document,
      before: 'nothing',
      send: async () => outcomeOf(await send(), document._id),
    };
  });
}

/**
 * Makes all attempts: what is granted is stored, what is not is refused with 401 or 403 and leaves nothing
 * behind.
 * @returns a line for each deviation
 */
export async function faultsOfWrites(asking: Asking, attempts: readonly WriteAttempt[]): Promise<string[]> {
  const faults: string[] = [];
  for (const batch of batchesOf(attempts)) {
    const revs = await prepare(asking, batch);
    const since = await sequenceOf(asking);
    const answers = await Promise.all(batch.map(({ send, document }) => send(revs.get(document._id) ?? '')));
    const changed = await changedSince(asking, since);
    batch.forEach(({ what, isAllowed, document }, index) => {
      const { status, body } = answers[index] as Answer;
      const isStored = changed.has(document._id);
      const refusal = asking.as === undefined ? 401 : 403;
      if (isAllowed ? status < 300 && isStored : status === refusal && !isStored) return;
      const told = `${status}, ${isStored ? 'stored' : 'not stored'}: ${JSON.stringify(body)}`;
      faults.push(`${what} is ${isAllowed ? 'granted' : 'not granted'}, but: ${told}`);
    });
  }
  return faults;
}

/** So that nothing which is granted meets another attempt at its document. */
function batchesOf(attempts: readonly WriteAttempt[]): WriteAttempt[][] {
  const batches: WriteAttempt[][] = [];
  for (const attempt of attempts) {
    const batch = batches.find((others) => others.every((other) => goTogether(attempt, other)));
    if (batch) batch.push(attempt);
    else batches.push([attempt]);
  }
  return batches;
}

const goTogether = (a: WriteAttempt, b: WriteAttempt): boolean =>
  a.document._id !== b.document._id || (!a.isAllowed && !b.isAllowed && a.before === b.before);

/** Prepares what each attempt needs; returns the revisions of what is stored. */
async function prepare(
  { target, database }: Asking,
  attempts: readonly WriteAttempt[],
): Promise<Map<string, string>> {
  for (const { document } of attempts) {
    if (isSingle(document)) await removeAll(target, database, document._id);
  }
  const docs = new Map<string, Document>();
  for (const { document, before } of attempts) {
    if (before === 'document') docs.set(document._id, document);
    if (before === 'document with attachment') docs.set(document._id, { ...document, _attachments: inline });
  }
  return storeDocuments(target, database, [...docs.values()]);
}

/** Writes new documents as the server does, replacing what is under their ids; returns their revisions. */
export async function storeDocuments(
  target: Target,
  database: string,
  docs: readonly Document[],
): Promise<Map<string, string>> {
  if (docs.length === 0) return new Map();
  for (const { _id } of docs.filter(isSingle)) await removeAll(target, database, _id);
  const rows = (await requireOk(target.client, 'POST', `/${database}/_bulk_docs`, { docs })) as {
    id: string;
    rev?: string;
  }[];
  const refused = rows.find(({ rev }) => rev === undefined);
  if (refused) throw new Error(`${database} refuses the sample: ${JSON.stringify(refused)}`);
  return new Map(rows.map(({ id, rev = '' }) => [id, rev]));
}

/** With all its branches. */
async function removeAll(target: Target, database: string, id: string): Promise<void> {
  const path = `/${database}/${encodeURIComponent(id)}`;
  while ((await target.client.request('GET', path)).status === 200) await removeDocument(target.client, path);
}

async function sequenceOf({ target, database }: Asking): Promise<string> {
  const { update_seq: sequence } = (await requireOk(target.client, 'GET', `/${database}`)) as {
    update_seq: string;
  };
  return sequence;
}

async function changedSince({ target, database }: Asking, since: string): Promise<Set<string>> {
  const path = `/${database}/_changes?since=${encodeURIComponent(since)}`;
  const { results } = (await requireOk(target.client, 'GET', path)) as { results: { id: string }[] };
  return new Set(results.map(({ id }) => id));
}
