import Dexie, { type EntityTable, type Table } from 'dexie';
import type { CatalogueDocument } from '$lib/documents/catalogue/catalogue-documents';
import type { Unreadable } from '$lib/documents/parse-document';
import type {
  ChoiceDocument,
  LogDocument,
  ReleaseDocument,
  ResolutionDocument,
  VisitDocument,
  VoidDocument,
} from '$lib/documents/visits/visit-documents';
import type { Conflict, Resolution } from '$lib/domain/review/conflicts';
import type { ClockMark } from '$lib/domain/time/clock';
import type { Stamp } from '$lib/domain/time/confirm-time';
import type { Instant, LocalDate } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import type { Cursor } from '$lib/sync/ports';
import { indexCanonicalCodes } from './canonical-upgrade';
import { clockMarks } from './clock-marks';
import { rememberDeletedCards } from './deleted-upgrade';

export { liveQuery } from 'dexie';

/** Greater than any index key. */
export const { maxKey } = Dexie;

export interface SettingRow {
  key: string;
  value: unknown;
}

export interface CardRow {
  number: string;
  /** Codes of imported card stock, in addition to the number, in canonical form (R1). */
  codes: string[];
  /** Absent if too little of the card's newest version could be read, and there was none before (S7). */
  card?: Card;
  /** S7: a field that decides a visit could not be read in the newest version. */
  isUnreadable?: true;
  /** The pull from zero that last saw this row: older rows are swept when it ends (S8). */
  run: number;
  /** S18: id of the packed register that also has a card of this number: this row overrides it. */
  shadows?: string;
}

/** S18: one bucket of a packed register, in the format of `documents/register/packed/bucket.ts`. */
export interface PackedRow {
  /** Id of the snapshot that it came with. */
  snapshot: string;
  /** From 0; the one after the last bucket holds the documents that could not be packed. */
  bucket: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** R2: a card that was in the register and was deleted: no signature can speak for it. */
export interface DeletedCardRow {
  number: string;
  /** As CardRow.run. */
  run: number;
  /** S18: as CardRow.shadows: it was deleted after that was packed. */
  shadows?: string;
}

/** S18: the packed register under the rows of `cards`. */
export interface PackedBase {
  /** How many rows it has in `packed`. */
  id: string;
  buckets: number;
  cards: number;
  /** As CardRow.run. */
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
  /** Its capacity key, under the name that stored visits have it by. */
  stock?: string;
  document: VisitDocument;
}

/** Stored apart from the visit, because it may arrive first. */
export interface VoidRow {
  visit: string;
  database: string;
  desk: string;
  at: Instant;
  /** As CardRow.run, for the office's own. */
  run?: number;
  document: VoidDocument;
}

/** R9: what a card's holder chose, at any desk of the sector. */
export interface ChoiceRow {
  _id: string;
  database: string;
  desk: string;
  card: string;
  service: string;
  offering: string;
  at: Instant;
  document: ChoiceDocument;
}

/** Stored apart from the choice, because it may arrive first. */
export interface ReleaseRow {
  choice: string;
  database: string;
  /** The desk of the choice. */
  desk: string;
  at: Instant;
  /** As CardRow.run, for the office's own. */
  run?: number;
  document: ReleaseDocument;
}

/** How somebody resolved a conflict. */
export interface ResolutionRow {
  _id: string;
  database: string;
  /** The account that resolved it. */
  desk: string;
  conflict: string;
  at: Instant;
  /** As CardRow.run. */
  run?: number;
  document: ResolutionDocument;
}

/** A conflict that waits to be resolved, or for an answer from somebody who was asked. */
export interface ReviewRow {
  /** The conflict's id. */
  id: string;
  /** The sector's database, where its resolutions go. */
  database: string;
  /** The card's number, or the capacity key that it is about. */
  subject: string;
  conflict: Conflict;
  /** Set while somebody is asking. */
  contacted?: Resolution;
}

/** What a conflict can be about. */
export type ReviewSubject =
  | { kind: 'card'; number: string }
  | { kind: 'offering'; id: string }
  | { kind: 'portions'; service: string; venue: string; date: LocalDate }
  /** When a desk made its visits. */
  | { kind: 'times'; desk: string };

/** What new documents are about, to be checked for conflicts when there is time. */
export interface QueuedRow {
  key: string;
  subject: ReviewSubject;
}

/** A document on its way to the server: it leaves only on acknowledgement (S3). */
export interface OutboxRow {
  id: string;
  database: string;
  /**
   * R13: an unconfirmed document has never been sent, and waits for a contact that determines when it was
   * made.
   */
  state: 'unconfirmed' | 'waiting' | 'refused';
  /** When the document was made, ms. */
  at: Instant;
  document: LogDocument;
  /** Set while it is unconfirmed. */
  stamp?: Stamp;
  /** S4: what the server said. */
  refusal?: { status: number; reason: string; at: Instant };
  /** S13: how often the server failed on this very document. */
  suspicions?: number;
}

/** S7: a pulled document that this build can't use, unchanged. */
export interface QuarantineRow {
  database: string;
  id: string;
  unreadable: Unreadable;
  document: unknown;
  at: Instant;
  /** As CardRow.run; absent in rows from older builds. */
  run?: number;
}

/** How far a database was pulled, and what its rows belong to. */
export interface CursorRow extends Cursor {
  database: string;
  /** Counts pulls from zero; see CardRow.run. */
  run: number;
  /** Server time at which this copy was last known to be complete and up to date. */
  asOf?: Instant;
  /** Increases with every change to the rows, so that readers can cache what they made from them. */
  revision: number;
  /** S9: when the server was last asked whether it has what this desk sent. */
  checked?: AcknowledgedCheck;
  /** S18, of the register alone. */
  base?: PackedBase;
}

/** S9: the result of one such check. */
export interface AcknowledgedCheck {
  /** By the corrected clock. */
  at: Instant;
  /** Documents that were asked about, and those that the server had lost. */
  asked: number;
  putBack: number;
}

/** Everything Tiski keeps on a device. */
export class TiskiDatabase extends Dexie {
  readonly settings!: EntityTable<SettingRow, 'key'>;
  readonly cards!: EntityTable<CardRow, 'number'>;
  readonly packed!: Table<PackedRow, [string, number]>;
  readonly deletedCards!: EntityTable<DeletedCardRow, 'number'>;
  readonly catalogue!: EntityTable<CatalogueRow, '_id'>;
  readonly visits!: EntityTable<VisitRow, '_id'>;
  readonly voids!: EntityTable<VoidRow, 'visit'>;
  readonly choices!: EntityTable<ChoiceRow, '_id'>;
  readonly releases!: EntityTable<ReleaseRow, 'choice'>;
  readonly resolutions!: EntityTable<ResolutionRow, '_id'>;
  readonly reviews!: EntityTable<ReviewRow, 'id'>;
  readonly outbox!: EntityTable<OutboxRow, 'id'>;
  readonly quarantine!: Table<QuarantineRow, [string, string]>;
  readonly cursors!: EntityTable<CursorRow, 'database'>;

  /** The review queue; on disk it has the name that the first builds gave it, `touched`. */
  get reviewQueue(): EntityTable<QueuedRow, 'key'> {
    return this.table('touched');
  }

  constructor(
    name: string,
    /** When this build was made: no correct clock is before it (R13). */
    readonly builtAt: Instant,
    /** The offset of the device's clock for whoever opened the database: a page or a worker (R13). */
    readonly clockMark: (deviceNow: Instant) => ClockMark,
  ) {
    // S1: by Chromium's default a transaction completes before it has reached the disk.
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
    this.version(2).stores({
      visits: '&_id, [card+at], [database+desk], at, stock',
      choices: '&_id, card, offering, [database+desk]',
      releases: '&choice, [database+desk]',
      resolutions: '&_id, conflict, [database+desk]',
      reviews: '&id, subject',
      touched: '&key',
    });
    this.version(3).stores({
      cards: '&number, *codes, shadows',
      packed: '&[snapshot+bucket]',
      deletedCards: '&number',
    });
    this.version(4).stores({
      voids: '&visit, [database+desk], at, document.card',
    });
    this.version(5).stores({}).upgrade(indexCanonicalCodes);
    this.version(6).stores({ deletedCards: '&number, shadows' }).upgrade(rememberDeletedCards);
  }
}

export function openDatabase(
  name = 'tiski',
  builtAt: Instant = Date.parse(__BUILD_TIME__),
  clockMark = clockMarks(),
): TiskiDatabase {
  return new TiskiDatabase(name, builtAt, clockMark);
}
