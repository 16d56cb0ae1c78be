import { requireDatabaseAdministrator } from './access';
import { fillAttachmentStubs } from './attachment-stubs';
import type { Database } from './database';
import type { IncomingDocument } from './document-shape';
import type { UserContext } from './exchange';
import { CouchFailure, failureFromPouch } from './failure';
import { previousForEdit, previousForReplica, type Precedent } from './previous-document';
import { checkDesignDocument, isDesign, validateDocuments } from './validation';

export type WriteOutcome =
  { ok: true; id: string; rev: string } | { ok: false; id: string; rev?: string; failure: CouchFailure };

export interface WriteOptions {
  /** False stores documents of another database with the revisions they have there. */
  newEdits: boolean;
  user: UserContext;
}

/**
 * The one way documents get into a database: every write path comes through here, so the rules hold on all.
 * Answers in the order of `documents`; each is stored or refused on its own.
 */
export function writeDocuments(
  database: Database,
  documents: IncomingDocument[],
  options: WriteOptions,
): Promise<WriteOutcome[]> {
  return database.exclusive(async () => {
    const outcomes: WriteOutcome[] = new Array<WriteOutcome>(documents.length);
    for (const round of roundsOf(documents)) {
      await writeRound(database, round, options, outcomes);
    }
    if (outcomes.some(({ ok }) => ok)) database.announceChange();
    return outcomes;
  });
}

type Numbered = { document: IncomingDocument; index: number };

/** No id twice in a round: each is judged against what the one before it has stored. */
function roundsOf(documents: IncomingDocument[]): Numbered[][] {
  const rounds: Numbered[][] = [];
  const seen = new Map<string, number>();
  documents.forEach((document, index) => {
    const round = seen.get(document._id) ?? 0;
    seen.set(document._id, round + 1);
    (rounds[round] ??= []).push({ document, index });
  });
  return rounds;
}

interface Prepared extends Numbered, Precedent {}

async function writeRound(
  database: Database,
  round: Numbered[],
  options: WriteOptions,
  outcomes: WriteOutcome[],
): Promise<void> {
  const ids = round.map(({ document }) => document._id);
  const stored = await storedIds(database, ids);
  const prepared: Prepared[] = [];
  for (const { document, index } of round) {
    try {
      const precedent = await precedentOf(database, document, stored.has(document._id), options);
      const whole = await wholeDocument(database, document, precedent, options.user);
      prepared.push({ ...precedent, document: whole, index });
    } catch (error) {
      if (!(error instanceof CouchFailure)) throw error;
      outcomes[index] = refused(document, error, options);
    }
  }
  const refusals = await validateDocuments(database, prepared, options.user);
  const accepted = prepared.filter(({ document, index }, position) => {
    const refusal = refusals[position];
    if (refusal !== undefined) outcomes[index] = refused(document, refusal, options);
    return refusal === undefined;
  });
  await store(database, accepted, options, outcomes);
}

function refused(
  document: IncomingDocument,
  failure: CouchFailure,
  { newEdits }: WriteOptions,
): WriteOutcome {
  return {
    ok: false,
    id: document._id,
    ...(newEdits || document._rev === undefined ? {} : { rev: document._rev }),
    failure,
  };
}

/** Which of `ids` the database has ever had, deleted ones included. */
async function storedIds(database: Database, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await database.pouch.allDocs({ keys: ids });
  return new Set(rows.flatMap((row) => ('error' in row ? [] : [row.id])));
}

async function precedentOf(
  database: Database,
  document: IncomingDocument,
  isStored: boolean,
  { newEdits }: WriteOptions,
): Promise<Precedent> {
  if (newEdits) return previousForEdit(database, document, isStored);
  return previousForReplica(database, document, isStored);
}

/** The document with all that is stored of it. @throws {CouchFailure} when a rule of the endpoint's own refuses it */
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

async function store(
  database: Database,
  accepted: Numbered[],
  options: WriteOptions,
  outcomes: WriteOutcome[],
): Promise<void> {
  if (accepted.length === 0) return;
  if (accepted.some(({ document }) => isDesign(document))) database.validators = undefined;
  // PouchDB sorts the list it is given when new_edits is false, and answers with the refused ones alone.
  const results = await database.pouch.bulkDocs(
    accepted.map(({ document }) => ({ ...document })) as PouchDB.Core.PutDocument<object>[],
    { new_edits: options.newEdits },
  );
  if (!options.newEdits) {
    storedReplicas(accepted, results, outcomes, options);
    return;
  }
  accepted.forEach(({ document, index }, position) => {
    outcomes[index] = outcomeOf(document, results[position], options);
  });
}

function storedReplicas(
  accepted: Numbered[],
  refusals: (PouchDB.Core.Response | PouchDB.Core.Error)[],
  outcomes: WriteOutcome[],
  options: WriteOptions,
): void {
  const refusalById = new Map(refusals.map((refusal) => [refusal.id, refusal]));
  for (const { document, index } of accepted) {
    const refusal = refusalById.get(document._id);
    outcomes[index] =
      refusal === undefined
        ? { ok: true, id: document._id, rev: document._rev ?? '' }
        : outcomeOf(document, refusal, options);
  }
}

function outcomeOf(
  document: IncomingDocument,
  result: PouchDB.Core.Response | PouchDB.Core.Error | undefined,
  options: WriteOptions,
): WriteOutcome {
  if (result !== undefined && 'ok' in result) return { ok: true, id: result.id, rev: result.rev };
  const failure = failureFromPouch(result);
  if (failure === undefined)
    throw result instanceof Error ? result : new Error('the store refused a document');
  return refused(document, failure, options);
}
