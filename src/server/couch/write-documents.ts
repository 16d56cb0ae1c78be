import { isServerAdministrator, requireDatabaseAdministrator } from './access';
import { fillAttachmentStubs } from './attachment-stubs';
import type { Database } from './database';
import type { IncomingDocument } from './document-shape';
import type { UserContext } from './exchange';
import { CouchFailure, failureFromPouch } from './failure';
import { breathe, piecesOf } from './pieces';
import { previousForEdit, previousForReplica, type Precedent } from './previous-document';
import { checkDesignDocument, isDesign, validateDocuments } from './validation';

export type WriteOutcome =
  { ok: true; id: string; rev: string } | { ok: false; id: string; rev?: string; failure: CouchFailure };

export interface WriteOptions {
  /** False stores documents from another database with the revisions they have there. */
  newEdits: boolean;
  user: UserContext;
}

/** A write request, and its pending answer. */
export interface WriteRequest extends WriteOptions {
  documents: IncomingDocument[];
  resolve: (outcomes: WriteOutcome[]) => void;
  reject: (error: unknown) => void;
}

/** The most documents of several requests that are written to disk together. */
const mostTogether = 1000;

/** Documents of one request per turn: after that others have theirs. */
const pieceSize = 500;

/** Documents checked before yielding to other work of the process. */
const inOneGo = 25;

/** Revisions written at once: the store writes all of a document's as one text, some 20 ms for a thousand. */
const revisionsAtOnce = 1500;

/**
 * The only way for documents to get into a database: every write path comes through here, so the rules hold
 * on all of them. Answers in the order of `documents`; each is stored or refused on its own. Waiting requests
 * are written to disk together: it is synced once for all of them, and none is answered before that. A
 * request with very many documents is split, so that it doesn't block the database.
 */
export async function writeDocuments(
  database: Database,
  documents: IncomingDocument[],
  options: WriteOptions,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const piece of piecesOf(documents, pieceSize)) {
    outcomes.push(...(await writePiece(database, piece, options)));
  }
  return outcomes;
}

function writePiece(
  database: Database,
  documents: IncomingDocument[],
  options: WriteOptions,
): Promise<WriteOutcome[]> {
  return new Promise((resolve, reject) => {
    database.writes.push({ documents, ...options, resolve, reject });
    void database.exclusive(() => writeTogether(database));
  });
}

/** Takes what is waiting, as far as it can go together. The rest already has its own turn in the queue. */
async function writeTogether(database: Database): Promise<void> {
  const requests = takeRequests(database.writes);
  const [first] = requests;
  if (first === undefined) return;
  try {
    const outcomes = requests.map(({ documents }) => new Array<WriteOutcome>(documents.length));
    const numbered = requests.flatMap(({ documents, user }, request) =>
      documents.map((document, index): Numbered => ({
        document,
        user,
        answer: (outcome) => ((outcomes[request] ?? [])[index] = outcome),
      })),
    );
    try {
      for (const round of roundsOf(numbered)) await writeRound(database, round, first.newEdits);
    } finally {
      // Even if a later round failed. What has no outcome yet is a hole in its array.
      if (outcomes.some((each) => each.some(({ ok }) => ok))) await database.announceChange();
    }
    requests.forEach(({ resolve }, request) => resolve(outcomes[request] ?? []));
  } catch (error) {
    for (const { reject } of requests) reject(error);
  }
}

function takeRequests(waiting: WriteRequest[]): WriteRequest[] {
  const newEdits = waiting[0]?.newEdits;
  let count = 0;
  const end = waiting.findIndex((request, index) => {
    count += request.documents.length;
    return index > 0 && (request.newEdits !== newEdits || count > mostTogether);
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
}

/** A document, its author, and where its outcome goes. */
interface Numbered {
  document: IncomingDocument;
  user: UserContext;
  answer: (outcome: WriteOutcome) => void;
}

/** No id twice in a round: each document is judged against what the previous one has stored. */
function roundsOf(numbered: Numbered[]): Numbered[][] {
  const rounds: Numbered[][] = [];
  const seen = new Map<string, number>();
  for (const each of numbered) {
    const round = seen.get(each.document._id) ?? 0;
    seen.set(each.document._id, round + 1);
    (rounds[round] ??= []).push(each);
  }
  return rounds;
}

interface Prepared extends Numbered, Precedent {}

async function writeRound(database: Database, round: Numbered[], newEdits: boolean): Promise<void> {
  const stored = await storedIds(
    database,
    round.map(({ document }) => document._id),
  );
  const prepared: Prepared[] = [];
  for (const [index, each] of round.entries()) {
    if (index % inOneGo === inOneGo - 1) await breathe();
    const { document, user, answer } = each;
    try {
      const isStored = stored.has(document._id);
      const precedent = newEdits
        ? await previousForEdit(database, document, isStored)
        : await previousForReplica(database, document, isStored, isServerAdministrator(user));
      const whole = await wholeDocument(database, document, precedent, user);
      prepared.push({ ...each, ...precedent, document: whole });
    } catch (error) {
      if (!(error instanceof CouchFailure)) throw error;
      answer(refused(document, error, newEdits));
    }
  }
  const accepted: Prepared[] = [];
  for (const [user, group] of byUser(prepared)) {
    const refusals = await validateDocuments(database, group, user);
    group.forEach((each, position) => {
      const refusal = refusals[position];
      if (refusal === undefined) accepted.push(each);
      else each.answer(refused(each.document, refusal, newEdits));
    });
  }
  await storeAll(database, accepted, newEdits);
}

/** A validation function is told who writes. */
function byUser(prepared: Prepared[]): Map<UserContext, Prepared[]> {
  const groups = new Map<UserContext, Prepared[]>();
  for (const each of prepared) {
    const group = groups.get(each.user);
    if (group === undefined) groups.set(each.user, [each]);
    else group.push(each);
  }
  return groups;
}

function refused(document: IncomingDocument, failure: CouchFailure, newEdits: boolean): WriteOutcome {
  return {
    ok: false,
    id: document._id,
    ...(newEdits || document._rev === undefined ? {} : { rev: document._rev }),
    failure,
  };
}

/** Which of `ids` the database has ever had, including deleted ones. */
async function storedIds(database: Database, ids: string[]): Promise<Set<string>> {
  const stored = new Set<string>();
  for (const keys of piecesOf(ids, inOneGo)) {
    const { rows } = await database.pouch.allDocs({ keys });
    for (const row of rows) if (!('error' in row)) stored.add(row.id);
  }
  return stored;
}

/**
 * The document with all that is stored about it. @throws {CouchFailure} if a rule of the endpoint's own
 * refuses it
 */
async function wholeDocument(
  database: Database,
  document: IncomingDocument,
  { previous }: Precedent,
  user: UserContext,
): Promise<IncomingDocument> {
  const whole = fillAttachmentStubs(document, previous);
  if (isDesign(document)) {
    requireDatabaseAdministrator(user, database);
    checkDesignDocument(document);
    return whole;
  }
  return database.writeRule === undefined ? whole : database.writeRule(whole, previous, user);
}

async function storeAll(database: Database, accepted: Prepared[], newEdits: boolean): Promise<void> {
  let together: Prepared[] = [];
  let revisions = 0;
  for (const each of accepted) {
    if (together.length > 0 && revisions + each.revisions > revisionsAtOnce) {
      await store(database, together, newEdits);
      together = [];
      revisions = 0;
    }
    together.push(each);
    revisions += each.revisions;
  }
  await store(database, together, newEdits);
}

async function store(database: Database, accepted: Numbered[], newEdits: boolean): Promise<void> {
  if (accepted.length === 0) return;
  if (accepted.some(({ document }) => isDesign(document))) database.validators = undefined;
  // If new_edits is false, PouchDB sorts the list it is given, and answers only with the refused documents.
  const results = await database.pouch.bulkDocs(
    accepted.map(({ document }) => ({ ...document })) as PouchDB.Core.PutDocument<object>[],
    { new_edits: newEdits },
  );
  if (!newEdits) {
    storedReplicas(accepted, results);
    return;
  }
  accepted.forEach(({ document, answer }, position) =>
    answer(outcomeOf(document, results[position], newEdits)),
  );
}

function storedReplicas(
  accepted: Numbered[],
  refusals: (PouchDB.Core.Response | PouchDB.Core.Error)[],
): void {
  const refusalById = new Map(refusals.map((refusal) => [refusal.id, refusal]));
  for (const { document, answer } of accepted) {
    const refusal = refusalById.get(document._id);
    const stored = { ok: true, id: document._id, rev: document._rev ?? '' } as const;
    answer(refusal === undefined ? stored : outcomeOf(document, refusal, false));
  }
}

function outcomeOf(
  document: IncomingDocument,
  result: PouchDB.Core.Response | PouchDB.Core.Error | undefined,
  newEdits: boolean,
): WriteOutcome {
  if (result !== undefined && 'ok' in result) return { ok: true, id: result.id, rev: result.rev };
  const failure = failureFromPouch(result);
  if (failure === undefined)
    throw result instanceof Error ? result : new Error('the store refused a document');
  return refused(document, failure, newEdits);
}
