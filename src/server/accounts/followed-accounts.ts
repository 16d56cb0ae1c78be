import { askNodes } from '../couch/ask-nodes';
import { documentPath } from '../couch/client';
import type { IncomingDocument } from '../couch/document-shape';
import { busy } from '../couch/failure';
import { isJsonObject, type JsonObject } from '../couch/json';
import type { CouchNodes } from '../couch/nodes';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';
import { accountFromDocument, type Account } from './account';
import type { AccountSource } from './account-source';
import { UsersFollower } from './users-follower';

/** `elsewhere`: an account whose password or state only the CouchDB itself can judge. */
type FoundAccount = Account | 'elsewhere' | undefined;

interface Reading {
  found: Promise<FoundAccount>;
  begunAt: number;
  isOver: boolean;
}

/**
 * An account is read again after this long, ms, even if no change was reported: the reporting node may lag
 * behind.
 */
const longestKept = 60_000;
/** The same while no changes can be heard: just enough for one request. */
const shortlyKept = 1000;
const mostKept = 20_000;

/**
 * The accounts of a CouchDB, which others write too. They are cached while every change of `_users` is heard,
 * for a minute at most; otherwise for a second. Nobody gets in with an account that can't be read.
 */
export class FollowedAccounts implements AccountSource {
  readonly #known = new Map<string, Reading>();
  readonly #listeners = new Set<(name?: string) => void>();
  readonly #follower: UsersFollower;

  constructor(private readonly couch: CouchNodes) {
    this.#follower = new UsersFollower(couch, {
      changed: (ids) => ids.forEach((id) => this.#changed(nameFrom(id))),
      lost: () => this.#known.clear(),
      found: () => this.#tell(),
    });
  }

  /** Starts to follow; returns a function that stops it. */
  follow(): () => Promise<void> {
    return this.#follower.start();
  }

  /** @throws {CouchFailure} 503, as everything here, if the CouchDB does not answer */
  async isElsewhere(name: string): Promise<boolean> {
    return (await this.#found(name)) === 'elsewhere';
  }

  async account(name: string): Promise<Account | undefined> {
    return accountIn(await this.#found(name));
  }

  async reread(name: string): Promise<Account | undefined> {
    return accountIn(await this.#read(name));
  }

  onChange(listener: (name?: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(name: string): void {
    this.#known.delete(name);
    this.#tell(name);
  }

  #tell(name?: string): void {
    for (const listener of this.#listeners) listener(name);
  }

  #found(name: string): Promise<FoundAccount> {
    const known = this.#known.get(name);
    if (known === undefined) return this.#read(name);
    const kept = this.#follower.isCurrent() ? longestKept : shortlyKept;
    const isFresh = performance.now() - known.begunAt < kept;
    // Several requests at once read it only once.
    return isFresh || !known.isOver ? known.found : this.#read(name);
  }

  #read(name: string): Promise<FoundAccount> {
    const reading: Reading = { found: this.#stored(name), begunAt: performance.now(), isOver: false };
    this.#known.delete(name);
    this.#known.set(name, reading);
    const forget = () => {
      if (this.#known.get(name) === reading) this.#known.delete(name);
    };
    reading.found.then((found) => {
      reading.isOver = true;
      // Names that nobody has are not cached: there is no end to them.
      if (found === undefined) forget();
    }, forget);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostKept) break;
      this.#known.delete(oldest);
    }
    return reading.found;
  }

  async #stored(name: string): Promise<FoundAccount> {
    const path = `${documentPath(usersDatabase, userDocumentId(name))}?conflicts=true`;
    const { status, body } = await askNodes(this.couch, path, { asAdministrator: true });
    if (status === 404) return undefined;
    if (status === 200 && isJsonObject(body)) return accountFound(name, body);
    throw busy('Accounts can not be read. Try later.');
  }
}

/**
 * CouchDB lets nobody in with a conflicting account, and knows older hashes than we do, and authenticator
 * codes.
 */
function accountFound(name: string, document: JsonObject): FoundAccount {
  const account = accountFromDocument(document as IncomingDocument);
  const isOrdinary = account?.name === name && !('_conflicts' in document) && !('totp' in document);
  if (isOrdinary) return account;
  return 'password_scheme' in document || 'password_sha' in document ? 'elsewhere' : undefined;
}

const accountIn = (found: FoundAccount): Account | undefined => (found === 'elsewhere' ? undefined : found);

const nameFrom = (id: string) => id.replace(userDocumentId(''), '');
