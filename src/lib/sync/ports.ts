import type { Contact } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';

/**
 * What the sync engine needs from the world. `remote/` implements the first half over HTTP, `store/` (through
 * the composition root) the second; tests bring fakes. Documents are opaque here except for `_id`.
 */

/** S10: whoever syncs, in a page or a service worker, holds this Web Lock. */
export const syncLock = 'tiski-sync';

/** Why a request failed, classified once, at the border (S11–S13). */
export type RemoteFailure =
  /** No answer: no network, server down, time-out. */
  | { kind: 'unreachable' }
  /** Somebody answered, but not our server: a captive portal, a proxy's error page, broken JSON. */
  | { kind: 'not-our-server' }
  /** 401: the account or its password is not accepted. */
  | { kind: 'signed-out' }
  /** 403 for the whole request. */
  | { kind: 'forbidden' }
  /** 429 or 503: come back later; `retryAfterMs` when the server said so. */
  | { kind: 'busy'; retryAfterMs?: number }
  /** 413: send less at once. */
  | { kind: 'too-large' }
  /** 404 for a whole database. */
  | { kind: 'missing' }
  /** Any other 5xx; with a `reason` where it is what the server's answers say together (S8). */
  | { kind: 'server-error'; status: number; reason?: string }
  /** Any other 4xx. */
  | { kind: 'rejected'; status: number; reason: string };

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: RemoteFailure };

export interface RemoteDocument {
  _id: string;
  [field: string]: unknown;
}

/** One change: a document, or its deletion. */
export interface Change {
  id: string;
  deleted: boolean;
  /** Not read here: whoever stores it parses it. */
  document?: unknown;
}

/** A page of changes and the cursor after it. `seq` is opaque text (S6). */
export interface ChangesPage {
  changes: Change[];
  seq: string;
  /** Changes still to come after this page; 0 if it was the last. */
  pending: number;
}

/** What the server said about one pushed document. */
export type PushAnswer =
  | { id: string; kind: 'stored' }
  /** 409: this id already exists; whether it is the pushed document, if that could be read. */
  | { id: string; kind: 'exists'; body: 'identical' | 'different' | 'unread' }
  | { id: string; kind: 'refused'; status: number; reason: string }
  /** Nothing is wrong with it, but the server can't take it now: it waits. */
  | { id: string; kind: 'later'; reason: string };

/**
 * S18: a packed copy of a database as of `seq`, opaque here. It belongs to one epoch. Each part is requested
 * and kept separately.
 */
export interface Snapshot {
  id: string;
  /** The cursor to continue from. */
  seq: string;
  cards: number;
  buckets: number;
  parts: { name: string; first: number; rows: number }[];
}

/** A database on the server. No method throws, except AbortSignal's own reason. */
export interface RemoteDatabase {
  readonly name: string;
  /** The database's epoch; undefined in `value` if it has none. */
  epoch(): Promise<Outcome<string | undefined>>;
  /** Up to `limit` changes after `since` ('0' for all). */
  changes(since: string, limit: number): Promise<Outcome<ChangesPage>>;
  /**
   * S18: the snapshot of the database's copy with this epoch; undefined if there is none that this build
   * reads.
   */
  snapshot(epoch: string): Promise<Outcome<Snapshot | undefined>>;
  /** A part's bytes, checked and unpacked: bytes other than announced are `not-our-server`. */
  snapshotPart(epoch: string, name: string): Promise<Outcome<Uint8Array>>;
  /** Resolves when something changed after `since` (true) or the wait ended quietly (false). */
  waitForChange(since: string, signal: AbortSignal): Promise<Outcome<boolean>>;
  /** One request for all documents; answers in any order, one per document. */
  push(documents: readonly RemoteDocument[]): Promise<Outcome<PushAnswer[]>>;
  /** S9: those of the ids for which the database has nothing, not even a deletion; one request. */
  missing(ids: readonly string[]): Promise<Outcome<string[]>>;
}

/** What this device signs in with. */
export interface Credentials {
  name: string;
  password: string;
}

/** How the server sees this device's account (S11). */
export type AccountState = 'active' | 'revoked';

/** The server, as one account sees it. */
export interface RemoteServer {
  database(name: string): RemoteDatabase;
  account(): Promise<Outcome<AccountState>>;
  /** R13: what a small answer says about the time; undefined if it says nothing. */
  time(): Promise<Outcome<Contact | undefined>>;
}

/** How far a database was pulled, and from which server's copy (S8). */
export interface Cursor {
  epoch: string;
  seq: string;
  /** False during a pull from zero. */
  isComplete: boolean;
  /** Epochs that this device had before, the latest first. */
  left?: readonly string[];
}

/** A page as it is written, together with the cursor after it (S6). */
export interface PulledPage {
  changes: readonly Change[];
  epoch: string;
  /** The cursor with which the page was requested: it must still be the device's. */
  since: string;
  seq: string;
  /** Whether the copy is up to date after this page. */
  isLast: boolean;
}

/** Why the server refuses a document (S4). */
export interface Refusal {
  id: string;
  status: number;
  reason: string;
}

/** The device's side: every method is one transaction, and has reached the disk when it resolves. */
export interface LocalStore {
  /** Databases to pull and push, the most urgent first. */
  databases(): Promise<string[]>;
  cursor(database: string): Promise<Cursor | undefined>;
  /**
   * S6, S7: the rows, their quarantine and the cursor; a pull from zero sweeps what it did not meet. Returns
   * false, and writes nothing, if the device's cursor is no longer where the page begins.
   */
  applyPage(database: string, page: PulledPage): Promise<boolean>;
  /**
   * S8: sets the cursor to zero with the epochs that it has left, and puts every document of this desk's own
   * back into the outbox; returns how many.
   */
  startOver(database: string, epoch: string, left?: readonly string[]): Promise<number>;
  /** S18: whether the device can keep a snapshot of this database. */
  takesSnapshots(database: string): boolean;
  /**
   * S18: the parts of a snapshot that the device has, by position; removes another one that was left half
   * loaded.
   */
  stagedParts(snapshot: Snapshot): Promise<Set<number>>;
  /** Keeps a part beside the register, which still answers. False if the bytes are not such a part. */
  stagePart(snapshot: Snapshot, index: number, bytes: Uint8Array): Promise<boolean>;
  /**
   * S6, S8: replaces the register by a snapshot whose parts are all there, with its cursor. Returns false,
   * and changes nothing, if the cursor is no longer at the zero of this epoch, or something is wrong with the
   * parts.
   */
  adoptSnapshot(snapshot: Snapshot, epoch: string): Promise<boolean>;
  /** R13: whether something waits for a contact to determine when it was made; `waiting` leaves it out. */
  hasUnconfirmed(): Promise<boolean>;
  /** R13: dates all of that, by a contact that came after it or without any; then it waits to be sent. */
  confirmTimes(contact: Contact | undefined): Promise<void>;
  /** The oldest documents that may be sent to a database. */
  waiting(database: string, limit: number): Promise<RemoteDocument[]>;
  /**
   * S3: the server has them. Writes nothing if the database's cursor by now has another epoch than `epoch`:
   * the answer is from a copy that no longer exists (S8).
   */
  acknowledge(database: string, ids: readonly string[], epoch: string | undefined): Promise<void>;
  /** S4: the server refuses them; they are kept. */
  refuse(refusals: readonly Refusal[]): Promise<void>;
  /** S13: the server failed on these alone while others got through; they are refused if that continues. */
  suspect(suspects: readonly Refusal[]): Promise<void>;
  /** S7: whether a document of a newer version was met. */
  needsUpdate(): Promise<boolean>;
  /** S7: tries the quarantine again, with this build. */
  reviewQuarantine(): Promise<void>;
  isRevoked(): Promise<boolean>;
  /** S11: the register and other desks' visits go, this desk's own stay. */
  setAccountState(state: AccountState): Promise<void>;
  /** Forgets what no rule needs any more; cheap to call often. */
  prune(): Promise<void>;
  /** S9: whether a database was not asked for a day whether it has what this desk sent. */
  isCheckDue(database: string): Promise<boolean>;
  /** S9: ids of what this desk logged and the server acknowledged, the newest first. */
  acknowledged(database: string): Promise<string[]>;
  /**
   * S9: records the answer. What is missing waits again, and every database is pulled from zero; returns how
   * many were put back.
   */
  endCheck(database: string, check: { asked: number; missing: readonly string[] }): Promise<number>;
  /** Calls back when documents start to wait, in any tab; returns a function that stops it. */
  onWaiting(listener: () => void): () => void;
}

/** Why an attempt failed: the server's side, or the device's own storage. */
export type SyncFailure = RemoteFailure | { kind: 'device'; reason: string };

export type SyncPhase =
  | 'starting'
  | 'in-sync'
  | 'sending'
  | 'loading'
  /** Our server gives no answer. */
  | 'offline'
  /** It answers, or the device itself fails, and the attempt did not succeed. */
  | 'trouble'
  | 'signed-out'
  | 'revoked'
  | 'update-needed';

/** S12: whether a failure means that our server can't be reached now. */
export const isLineTrouble = (kind: SyncFailure['kind'] | undefined): boolean =>
  kind === 'unreachable' || kind === 'not-our-server';

/** What the screens are told. Instants are device time. */
export interface SyncState {
  phase: SyncPhase;
  /** For the database that is loading: changes done, and changes known to come. */
  progress?: { database: string; done: number; total: number };
  nextAttemptAt?: Instant;
  lastFailure?: SyncFailure['kind'];
  /** For a technician: what the server or the device said. */
  detail?: string;
}

/** The world's time and randomness, so that tests control both. */
export interface Timing {
  now(): Instant;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}
