import type { UserContext } from './exchange';
import type { IncomingDocument } from './document-shape';
import { SharedPages } from './shared-pages';
import type { DocumentValidator } from './validation';
import { WakeUps } from './wake-ups';
import type { WriteRequest } from './write-documents';

/** CouchDB's `_security` document. */
export interface Security {
  admins: { names: string[]; roles: string[] };
  members: { names: string[]; roles: string[] };
}

/** A database that only server administrators may use: CouchDB 3's default. */
export const closedSecurity: Security = {
  admins: { names: [], roles: ['_admin'] },
  members: { names: [], roles: ['_admin'] },
};

/**
 * A rule of the endpoint's own for one database, run before the validation functions: may change the document
 * (a password becomes a hash). @throws {CouchFailure} 403
 */
export type WriteRule = (
  document: IncomingDocument,
  previous: IncomingDocument | undefined,
  user: UserContext,
) => Promise<IncomingDocument>;

/** One opened database: its store, its rights, and a queue that makes read-validate-write atomic. */
export class Database {
  /** The validation functions of its design documents, compiled; undefined until needed. */
  validators: DocumentValidator[] | undefined;
  /** Set when it has been deleted: a long poll may still be waiting for it. */
  isGone = false;
  /** Write requests that wait for their turn. */
  readonly writes: WriteRequest[] = [];
  /** The long polls that wait for a change. */
  readonly wakeUps = new WakeUps(() => this.sequence);
  readonly pages = new SharedPages();
  readonly #listeners = new Set<() => void>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    readonly pouch: PouchDB.Database,
    /** Part of every `seq`, so that a cursor of another database is recognized. */
    readonly uuid: string,
    /** Of the last change. */
    public sequence: number,
    public security: Security,
    readonly writeRule?: WriteRule,
  ) {}

  /** Runs `work` after all earlier work of this database has ended. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Called after documents were stored, before anybody is told so. */
  async announceChange(): Promise<void> {
    this.sequence = Number((await this.pouch.info()).update_seq);
    this.pages.forget();
    for (const listener of this.#listeners) listener();
    this.wakeUps.ring();
  }

  /** Calls back immediately at every change. Returns a function that stops it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when all work that was begun has ended. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
