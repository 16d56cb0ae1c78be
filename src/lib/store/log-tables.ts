import type { Table } from 'dexie';
import type {
  ChoiceDocument,
  LogDocument,
  ReleaseDocument,
  ResolutionDocument,
  VisitDocument,
  VoidDocument,
} from '$lib/documents/visits/visit-documents';
import type { Instant } from '$lib/domain/time/day';
import { capacityKeyOf } from './capacity-key';
import type { ChoiceRow, ReleaseRow, ResolutionRow, TiskiDatabase, VisitRow, VoidRow } from './database';

/** What the rows of all five tables have in common. */
export interface LogRow {
  database: string;
  desk: string;
  at: Instant;
  run?: number;
  document: LogDocument;
}

type LogType = LogDocument['type'];

/** One type of log document, and where a device keeps it. */
export interface LogTable {
  type: LogType;
  table(db: TiskiDatabase): Table<LogRow, string>;
  /** From a document's `_id` to its row's key, and back. */
  keyOf(id: string): string;
  idOf(key: string): string;
  /** @throws TypeError for a document of another type */
  row(database: string, document: LogDocument): LogRow;
  /**
   * S8: whether the office may have made a document. The office has no outbox, so after a restore the
   * server's copy may be the only one that brings it back. Absent if only desks make them.
   */
  mayBeOffices?: ((document: LogDocument) => boolean) | undefined;
}

interface Description<D extends LogDocument> {
  type: D['type'];
  /** The table's name in the schema. */
  name: 'visits' | 'voids' | 'choices' | 'releases' | 'resolutions';
  /** The prefix of a document's `_id` before the row's key. */
  prefix?: string;
  row: (database: string, document: D) => LogRow & { document: D };
  mayBeOffices?: (document: D) => boolean;
}

function logTable<D extends LogDocument>(description: Description<D>): LogTable {
  const { type, name, prefix = '', row, mayBeOffices } = description;
  const isOne = (document: LogDocument): document is D => document.type === type;
  return {
    type,
    // Dexie types a table by its own rows, and has no type for what several tables share.
    table: (db) => db[name] as Table<LogRow, string>,
    keyOf: (id) => id.slice(prefix.length),
    idOf: (key) => prefix + key,
    row(database, document) {
      if (!isOne(document)) throw new TypeError(`A ${document.type} is no ${type}.`);
      return row(database, document);
    },
    mayBeOffices: mayBeOffices && ((document) => isOne(document) && mayBeOffices(document)),
  };
}

export function visitRow(database: string, document: VisitDocument): VisitRow {
  const { _id, desk, card, service, at } = document;
  const key = capacityKeyOf(document);
  return { _id, database, desk, card, service, at: Date.parse(at), ...(key && { stock: key }), document };
}

function voidRow(database: string, document: VoidDocument): VoidRow {
  const { visit, desk, at } = document;
  return { visit, database, desk, at: Date.parse(at), document };
}

function choiceRow(database: string, document: ChoiceDocument): ChoiceRow {
  const { _id, desk, card, service, offering, at } = document;
  return { _id, database, desk, card, service, offering, at: Date.parse(at), document };
}

function releaseRow(database: string, document: ReleaseDocument): ReleaseRow {
  const { choice, by, at } = document;
  return { choice, database, desk: by, at: Date.parse(at), document };
}

function resolutionRow(database: string, document: ResolutionDocument): ResolutionRow {
  const { _id, by, conflict, at } = document;
  return { _id, database, desk: by, conflict, at: Date.parse(at), document };
}

const byType: Record<LogType, LogTable> = {
  visit: logTable<VisitDocument>({ type: 'visit', name: 'visits', row: visitRow }),
  void: logTable<VoidDocument>({
    type: 'void',
    name: 'voids',
    prefix: 'void:',
    row: voidRow,
    mayBeOffices: ({ by }) => by !== undefined,
  }),
  choice: logTable<ChoiceDocument>({ type: 'choice', name: 'choices', row: choiceRow }),
  release: logTable<ReleaseDocument>({
    type: 'release',
    name: 'releases',
    prefix: 'release:',
    row: releaseRow,
    mayBeOffices: ({ reason }) => reason !== 'undone',
  }),
  resolution: logTable<ResolutionDocument>({
    type: 'resolution',
    name: 'resolutions',
    row: resolutionRow,
    // A resolution doesn't say whether a desk or the office made it; a desk's comes back with its next push.
    mayBeOffices: () => true,
  }),
};

/** The types of a sector's log: whatever reads or writes all of them uses this list. */
export const logTables: readonly LogTable[] = Object.values(byType);

/** All five, as a transaction's scope. */
export const allLogTables = (db: TiskiDatabase): Table<LogRow, string>[] =>
  logTables.map(({ table }) => table(db));

/** Where a document belongs. */
export const logTableOf = (document: LogDocument): LogTable => byType[document.type];

/** Where the document with this `_id` is; undefined if it isn't a log document. */
export const logTableOfId = (id: string): LogTable | undefined =>
  logTables.find(({ type }) => id.startsWith(`${type}:`));
