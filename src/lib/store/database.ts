import Dexie, { type EntityTable, type Table } from 'dexie';
import type { VisitDocument, VoidDocument } from '$lib/documents/visit-documents';
import type { CatalogueDocument } from '$lib/documents/catalogue-documents';
import type { Unreadable } from '$lib/documents/parse-document';
import type { Card } from '$lib/domain/card';
import type { Instant } from '$lib/domain/day';

export { liveQuery } from 'dexie';

export interface SettingRow {
  key: string;
  value: unknown;
}

export interface CardRow {
  number: string;
  /** Codes of imported card stock, beside the number. */
  codes: string[];
  card: Card;
  /** The pull from zero that last saw this row: older ones are swept when it ends (S8). */
  run: number;
}

export interface CatalogueRow {
  _id: string;
  type: CatalogueDocument['type'];
  document: CatalogueDocument;
  run: number;
}

/** A visit of any desk of the sector; `database` is where it belongs, `at` in ms for the index. */
export interface VisitRow {
  _id: string;
  database: string;
  desk: string;
  card: string;
  service: string;
  at: Instant;
  document: VisitDocument;
}

/** Kept apart from the visit, because it may arrive first. */
export interface VoidRow {
  visit: string;
  database: string;
  desk: string;
  at: Instant;
  document: VoidDocument;
}

/** A document on its way to the server: it leaves on acknowledgement only (S3). */
export interface OutboxRow {
  id: string;
  database: string;
  state: 'waiting' | 'refused';
  /** When the document was made, ms. */
  at: Instant;
  document: VisitDocument | VoidDocument;
  /** S4: what the server said. */
  refusal?: { status: number; reason: string; at: Instant };
  /** S13: how often the server failed on this document alone. */
  suspicions?: number;
}

/** S7: a pulled document that this build can't use, as it came. */
export interface QuarantineRow {
  database: string;
  id: string;
  unreadable: Unreadable;
  document: unknown;
  at: Instant;
}

/** How far a database was pulled, and what its rows belong to. */
export interface CursorRow {
  database: string;
  /** The server database's epoch that `seq` belongs to. */
  epoch: string;
  /** Opaque (S6). */
  seq: string;
  /** Counts pulls from zero; see CardRow.run. */
  run: number;
  /** False while a pull from zero is under way. */
  isComplete: boolean;
  /** Server time at which this copy was last known to be whole and up to date. */
  asOf?: Instant;
  /** Grows with every change to the rows, so that readers can keep what they made of them. */
  revision: number;
}

/** Everything Tiski keeps on a device. */
export class TiskiDatabase extends Dexie {
  readonly settings!: EntityTable<SettingRow, 'key'>;
  readonly cards!: EntityTable<CardRow, 'number'>;
  readonly catalogue!: EntityTable<CatalogueRow, '_id'>;
  readonly visits!: EntityTable<VisitRow, '_id'>;
  readonly voids!: EntityTable<VoidRow, 'visit'>;
  readonly outbox!: EntityTable<OutboxRow, 'id'>;
  readonly quarantine!: Table<QuarantineRow, [string, string]>;
  readonly cursors!: EntityTable<CursorRow, 'database'>;

  constructor(
    name: string,
    /** When this build was made: no right clock is before it (R13). */
    readonly builtAt: Instant,
  ) {
    // S1: Chromium's default reports a transaction complete before it has reached the disk.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      settings: '&key',
      cards: '&number, *codes',
      catalogue: '&_id',
      visits: '&_id, [card+service], [database+desk], at',
      voids: '&visit, [database+desk], at',
      outbox: '&id, state, [database+state]',
      quarantine: '&[database+id], database',
      cursors: '&database',
    });
  }
}

export function openDatabase(name = 'tiski', builtAt: Instant = Date.parse(__BUILD_TIME__)): TiskiDatabase {
  return new TiskiDatabase(name, builtAt);
}
