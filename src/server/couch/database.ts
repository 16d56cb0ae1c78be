import { EventEmitter } from 'node:events';
import type { UserContext } from './exchange';
import type { IncomingDocument } from './document-shape';
import type { DocumentValidator } from './validation';

/** CouchDB's `_security` document. */
export interface Security {
  admins: { names: string[]; roles: string[] };
  members: { names: string[]; roles: string[] };
}

/** A database nobody but server administrators may use: CouchDB 3's standard. */
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
  /** Set when it has been deleted: a long poll may still wait for it. */
  isGone = false;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    readonly pouch: PouchDB.Database,
    /** Part of every `seq`, so that a cursor of another database is recognised. */
    readonly uuid: string,
    public security: Security,
    readonly writeRule?: WriteRule,
  ) {}

  /** Runs `work` after every earlier piece of work of this database has ended. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  announceChange(): void {
    this.#changes.emit('change');
  }

  /** Calls back at every change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#changes.on('change', listener);
    return () => this.#changes.off('change', listener);
  }

  /** Resolves when all work that was begun has ended. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
