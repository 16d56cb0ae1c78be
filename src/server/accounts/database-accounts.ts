import type { Database } from '../couch/database';
import { storedDocument } from '../couch/document-routes';
import { failureFromPouch } from '../couch/failure';
import { userDocumentId } from '../couch/users-access';
import { accountFromDocument, type Account } from './account';
import type { AccountSource } from './account-source';

/**
 * The accounts of the embedded store: read once for everybody who asks, and cached until `_users` changes.
 */
export class DatabaseAccounts implements AccountSource {
  readonly #known = new Map<string, Promise<Account | undefined>>();

  constructor(private readonly users: Database) {
    users.onChange(() => this.#known.clear());
  }

  account(name: string): Promise<Account | undefined> {
    const known = this.#known.get(name);
    if (known) return known;
    const reading = this.#read(name);
    this.#known.set(name, reading);
    const forget = () => {
      if (this.#known.get(name) === reading) this.#known.delete(name);
    };
    // Names that nobody has are not cached: there is no end to them.
    reading.then((account) => account ?? forget(), forget);
    return reading;
  }

  /** The cache always equals the store: nobody else writes it. */
  reread(name: string): Promise<Account | undefined> {
    return this.account(name);
  }

  onChange(listener: () => void): () => void {
    return this.users.onChange(listener);
  }

  async #read(name: string): Promise<Account | undefined> {
    try {
      return accountFromDocument(await storedDocument(this.users, userDocumentId(name)));
    } catch (error) {
      if (failureFromPouch(error)?.status === 404) return undefined;
      throw error;
    }
  }
}
