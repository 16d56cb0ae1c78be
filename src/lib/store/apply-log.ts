import type { Table } from 'dexie';
import { canonicalJson } from '$lib/documents/canonical';
import type { LogDocument, VisitDocument } from '$lib/documents/visits/visit-documents';
import type { Instant } from '$lib/domain/time/day';
import { readCatalogue } from './catalogue';
import { noteLink } from './chain';
import type { TiskiDatabase } from './database';
import { worthKeeping } from './prune';
import { noteTouched } from './review-queue';
import { readSetting } from './settings';
import { isDecision } from './sweep-decisions';
import { visitRowFromDocument } from './visits';

/**
 * Writes pulled documents of a sector's log, within the caller's transaction. All of them are immutable: what is
 * here already stays as it is, this desk's own above all.
 */
export async function applyLog(
  db: TiskiDatabase,
  database: string,
  documents: readonly LogDocument[],
  { run, now }: { run: number; now: Instant },
): Promise<void> {
  const added = await addUnknown(db, database, documents, now);
  await markMet(db, documents, run);
  await settleSeen(db, documents);
  await continueChain(
    db,
    documents.filter((document) => document.type === 'visit'),
  );
  await noteTouched(db, added, now);
}

/** Adds what the device doesn't have yet; gives it. */
async function addUnknown(
  db: TiskiDatabase,
  database: string,
  documents: readonly LogDocument[],
  now: Instant,
): Promise<LogDocument[]> {
  const catalogue = await readCatalogue(db);
  const all = documents.map((document) => ({ document, at: Date.parse(document.at) }));
  const visits = await unknownTo(
    db.visits,
    documents.flatMap((document) =>
      document.type === 'visit' ? [visitRowFromDocument(database, document)] : [],
    ),
    ({ _id }) => _id,
  );
  // A new desk pulls years of visits: it keeps those that can matter to a verdict.
  await db.visits.bulkAdd(await worthKeeping(db, catalogue, visits, now));

  const voids = await unknownTo(
    db.voids,
    all.flatMap(({ document, at }) =>
      document.type === 'void'
        ? [{ visit: document.visit, database, desk: document.desk, at, document }]
        : [],
    ),
    ({ visit }) => visit,
  );
  await db.voids.bulkAdd(voids);

  const choices = await unknownTo(
    db.choices,
    all.flatMap(({ document, at }) => {
      if (document.type !== 'choice') return [];
      const { _id, desk, card, service, offering } = document;
      return [{ _id, database, desk, card, service, offering, at, document }];
    }),
    ({ _id }) => _id,
  );
  await db.choices.bulkAdd(choices);

  const releases = await unknownTo(
    db.releases,
    all.flatMap(({ document, at }) =>
      document.type === 'release'
        ? [{ choice: document.choice, database, desk: document.by, at, document }]
        : [],
    ),
    ({ choice }) => choice,
  );
  await db.releases.bulkAdd(releases);

  const resolutions = await unknownTo(
    db.resolutions,
    all.flatMap(({ document, at }) => {
      if (document.type !== 'resolution') return [];
      const { _id, by, conflict } = document;
      return [{ _id, database, desk: by, conflict, at, document }];
    }),
    ({ _id }) => _id,
  );
  await db.resolutions.bulkAdd(resolutions);
  return [...visits, ...voids, ...choices, ...releases, ...resolutions].map(({ document }) => document);
}

/** S8: what the office decided is swept when a pull from zero has ended without it. */
async function markMet(db: TiskiDatabase, documents: readonly LogDocument[], run: number): Promise<void> {
  const decisions = documents.filter(isDecision);
  const keys = (of: (document: LogDocument) => string[]) => decisions.flatMap(of);
  const voided = keys((each) => (each.type === 'void' ? [each.visit] : []));
  const released = keys((each) => (each.type === 'release' ? [each.choice] : []));
  const resolved = keys((each) => (each.type === 'resolution' ? [each._id] : []));
  if (voided.length > 0) await db.voids.where('visit').anyOf(voided).modify({ run });
  if (released.length > 0) await db.releases.where('choice').anyOf(released).modify({ run });
  if (resolved.length > 0) await db.resolutions.where('_id').anyOf(resolved).modify({ run });
}

/** The rows whose key the table doesn't have. */
async function unknownTo<T>(
  table: Pick<Table<T, string>, 'bulkGet'>,
  rows: T[],
  keyOf: (row: T) => string,
): Promise<T[]> {
  if (rows.length === 0) return [];
  const known = await table.bulkGet(rows.map(keyOf));
  return rows.filter((_, index) => known[index] === undefined);
}

/** S3: a document that came back as it was sent is acknowledged, however it got there (S16). */
async function settleSeen(db: TiskiDatabase, seen: readonly LogDocument[]): Promise<void> {
  const rows = await db.outbox.bulkGet(seen.map(({ _id }) => _id));
  const settled = rows.flatMap((row, index) =>
    row && canonicalJson(row.document) === canonicalJson(seen[index]) ? [row.id] : [],
  );
  await db.outbox.bulkDelete(settled);
}

/** A desk that was paired anew goes on with its numbers where its old device stopped. */
async function continueChain(db: TiskiDatabase, visits: VisitDocument[]): Promise<void> {
  const account = (await readSetting(db, 'device'))?.account.name;
  const last = visits
    .filter(({ desk }) => desk === account)
    .reduce<VisitDocument | undefined>(
      (latest, visit) => (latest && latest.number >= visit.number ? latest : visit),
      undefined,
    );
  if (account !== undefined && last) await noteLink(db, account, last);
}

/** What an administrator deleted on the server, unless it waits here to be sent. */
export async function removeLogged(db: TiskiDatabase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const waiting = await db.outbox.bulkGet([...ids]);
  const gone = ids.filter((_, index) => !waiting[index]);
  const after = (prefix: string) =>
    gone.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  await db.visits.bulkDelete(gone);
  await db.choices.bulkDelete(gone);
  await db.resolutions.bulkDelete(gone);
  await db.voids.bulkDelete(after('void:'));
  await db.releases.bulkDelete(after('release:'));
}
