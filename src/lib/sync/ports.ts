import type { Contact } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';

/**
 * What the sync engine needs of the world. `remote/` fulfils the first half over HTTP, `store/` (through
 * the composition root) the second; tests bring fakes. Documents are opaque here but for `_id`.
 */

/** S10: whoever syncs, in a page or a service worker, holds this Web Lock. */
export const syncLock = 'tiski-sync';

/** Why a request failed, understood once, at the border (S11–S13). */
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
  /** Changes that are still to come after this page; 0 when it was the last. */
  pending: number;
}

/** What the server said of one pushed document. */
export type PushAnswer =
  | { id: string; kind: 'stored' }
  /** 409: something with this id is there; whether it is the pushed document, where that could be read. */
  | { id: string; kind: 'exists'; body: 'identical' | 'different' | 'unread' }
  | { id: string; kind: 'refused'; status: number; reason: string };

/**
 * S18: a packed copy of a database as it was at `seq`, opaque here. It belongs to one epoch. Each part is asked for
 * and kept by itself.
 */
export interface Snapshot {
  id: string;
  /** The cursor to go on from. */
  seq: string;
  cards: number;
  buckets: number;
  parts: { name: string; first: number; rows: number }[];
}

/** A database on the server. No method throws, but for AbortSignal's own reason. */
export interface RemoteDatabase {
  readonly name: string;
  /** The database's epoch; undefined in `value` when it has none. */
  epoch(): Promise<Outcome<string | undefined>>;
  /** Up to `limit` changes after `since` ('0' for all). */
  changes(since: string, limit: number): Promise<Outcome<ChangesPage>>;
  /** S18: the snapshot of the database's copy with this epoch; undefined when there is none that this build reads. */
  snapshot(epoch: string): Promise<Outcome<Snapshot | undefined>>;
  /** A part's bytes, checked and unpacked: other bytes than were announced are `not-our-server`. */
  snapshotPart(epoch: string, name: string): Promise<Outcome<Uint8Array>>;
  /** Resolves when something changed after `since` (true) or the wait ended quietly (false). */
  waitForChange(since: string, signal: AbortSignal): Promise<Outcome<boolean>>;
  /** One request for all documents; answers in any order, one per document. */
  push(documents: readonly RemoteDocument[]): Promise<Outcome<PushAnswer[]>>;
  /** S9: those of the ids of which the database has nothing, not even a deletion; one request. */
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
  /** R13: what a small answer tells of the time; undefined where it told none. */
  time(): Promise<Outcome<Contact | undefined>>;
}

/** How far a database was pulled, and from which server's copy (S8). */
export interface Cursor {
  epoch: string;
  seq: string;
  /** False while a pull from zero is under way. */
  isComplete: boolean;
  /** Epochs that this device had before, the last one first. */
  left?: readonly string[];
}

/** A page as it is written, together with the cursor after it (S6). */
export interface PulledPage {
  changes: readonly Change[];
  epoch: string;
  /** The cursor that the page was asked for with: it must still be the device's. */
  since: string;
  seq: string;
  /** Whether the copy is up to date after this page. */
  isLast: boolean;
}

/** Why the server does not want a document (S4). */
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
   * S6, S7: the rows, their quarantine and the cursor; a pull from zero sweeps what it did not meet. False,
   * and nothing written, when the device's cursor is no longer where the page begins.
   */
  applyPage(database: string, page: PulledPage): Promise<boolean>;
  /**
   * S8: a cursor at zero with the epochs that it has left, and every document of this desk's own back into the outbox;
   * how many.
   */
  startOver(database: string, epoch: string, left?: readonly string[]): Promise<number>;
  /** S18: whether the device can keep a snapshot of this database. */
  takesSnapshots(database: string): boolean;
  /** S18: the parts of a snapshot that the device has, by place; another one's that was left half loaded goes. */
  stagedParts(snapshot: Snapshot): Promise<Set<number>>;
  /** Keeps a part beside the register, which goes on answering. False when the bytes are no such part. */
  stagePart(snapshot: Snapshot, index: number, bytes: Uint8Array): Promise<boolean>;
  /**
   * S6, S8: puts a snapshot whose parts are all there in the register's place, with its cursor. False, and nothing
   * changed, when the cursor is not at the zero of this epoch any more, or something is wrong with the parts.
   */
  adoptSnapshot(snapshot: Snapshot, epoch: string): Promise<boolean>;
  /** R13: whether something waits until a contact has told when it was made; `waiting` does not give it. */
  hasUnconfirmed(): Promise<boolean>;
  /** R13: dates all of that, by a contact that came after it or without any; now it waits to be sent. */
  confirmTimes(contact: Contact | undefined): Promise<void>;
  /** The oldest documents that may be sent to a database. */
  waiting(database: string, limit: number): Promise<RemoteDocument[]>;
  /**
   * S3: the server has them. Nothing is written when the database's cursor has another epoch than `epoch` by now:
   * the answer is one of a copy that is no more (S8).
   */
  acknowledge(database: string, ids: readonly string[], epoch: string | undefined): Promise<void>;
  /** S4: the server does not want them; they are kept. */
  refuse(refusals: readonly Refusal[]): Promise<void>;
  /** S13: the server failed on these alone while others got through; refused when that goes on. */
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
   * S9: notes the answer. What is missing waits again, and every database is pulled from zero; how many were
   * put back.
   */
  endCheck(database: string, check: { asked: number; missing: readonly string[] }): Promise<number>;
  /** Calls back when documents begin to wait, in any tab; gives the stop. */
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
  /** It answers, or the device fails itself, and the attempt did not succeed. */
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
  /** Of the database that loads, changes done and changes known to come. */
  progress?: { database: string; done: number; total: number };
  nextAttemptAt?: Instant;
  lastFailure?: SyncFailure['kind'];
  /** For a technician: what the server or the device said. */
  detail?: string;
}

/** The world's time and chance, so that tests own both. */
export interface Timing {
  now(): Instant;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}
