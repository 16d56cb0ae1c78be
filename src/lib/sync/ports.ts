/**
 * What the sync engine needs of the world. `remote/` fulfils the first half over HTTP, `store/` (through
 * the composition root) the second; tests bring fakes. Documents are opaque here but for `_id`.
 */

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
  /** Any other 5xx. */
  | { kind: 'server-error'; status: number }
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
  document?: RemoteDocument;
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
  /** 409: something with this id is there; `remote` is its body when it could be read. */
  | { id: string; kind: 'exists'; remote?: RemoteDocument }
  | { id: string; kind: 'refused'; status: number; reason: string };

export interface RemoteDatabase {
  readonly name: string;
  /** The database's epoch; undefined in `value` when it has none. */
  epoch(): Promise<Outcome<string | undefined>>;
  /** Up to `limit` changes after `since` ('0' for all). */
  changes(since: string, limit: number): Promise<Outcome<ChangesPage>>;
  /** Resolves when something changed after `since` (true) or the wait ended quietly (false). */
  waitForChange(since: string, signal: AbortSignal): Promise<Outcome<boolean>>;
  /** One request for all documents; answers in any order, one per document. */
  push(documents: readonly RemoteDocument[]): Promise<Outcome<PushAnswer[]>>;
}
