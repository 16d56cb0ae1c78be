import { setTimeout as delay } from 'node:timers/promises';
import { askNodes } from '../couch/ask-nodes';
import { isJsonObject } from '../couch/json';
import type { CouchNodes } from '../couch/nodes';
import { administratorName } from '../provision/administrator';
import type { Account } from './account';
import type { AccountSource } from './account-source';
import { readCouchSigning, type CannotSign, type CouchSigning } from './couch-signing';
import { sessionCookieName, sessionToken, type SessionSigning } from './session-cookie';

/** How often settings are read again, ms: an administrator may change them. */
const longestKept = 60_000;

/** A node that has just heard of a new password may accept a session a moment late, ms. */
const momentsLate = [0, 100, 300, 600];

const reasons: Record<CannotSign, string> = {
  unreadable: "the account of COUCHDB_URL may not read CouchDB's settings (_membership, _node/…/_config)",
  'no-secret': 'a node has no chttpd_auth/secret',
  'secrets-differ': 'its nodes have different values of chttpd_auth/secret',
  refused: 'it refuses them: see its clock, chttpd/authentication_handlers and chttpd_auth/hash_algorithms',
};

/**
 * Sessions that Tiski makes for a CouchDB's accounts and CouchDB accepts as its own (docs/decisions/0009):
 * whether it can make them, and whether they are accepted.
 */
export class CouchSessions {
  #state: Promise<CouchSigning> | undefined;
  #readAt = 0;
  #isReading = false;
  #signing: SessionSigning = { secret: '', seconds: 0, algorithms: [] };
  #told: CannotSign | 'signs' = 'signs';
  /** The account whose session was refused. */
  #doubted: string | undefined;

  /** @param notice called when sessions can't be made, and when they can again */
  constructor(
    private readonly couch: CouchNodes,
    private readonly accounts: AccountSource,
    private readonly now: () => number,
    private readonly notice: (text: string) => void,
  ) {}

  /** What sessions are signed with, once `state` has confirmed it. */
  get signing(): SessionSigning {
    return this.#signing;
  }

  /** @throws {CouchFailure} 503 until it has been read once */
  state(): Promise<CouchSigning> {
    if (this.#state === undefined) {
      const reading = this.#read();
      this.#state = reading;
      reading.catch(() => (this.#state = undefined));
    } else if (performance.now() - this.#readAt > longestKept) this.#readAgain();
    return this.#state;
  }

  /** The `Cookie` header with which CouchDB accepts a request as the account's. */
  cookieFor(account: Account): string {
    const signed = { name: account.name, issuedAt: Math.floor(this.now() / 1000) };
    const token = sessionToken(signed, this.#signing, account.hash.salt);
    return `${sessionCookieName}=${token}`;
  }

  /** Whether CouchDB accepts the account's session, at once or in a moment. @throws {CouchFailure} 503 */
  async isTaken(account: Account): Promise<boolean> {
    for (const ms of momentsLate) {
      await delay(ms);
      if ((await this.#nameSeen(this.cookieFor(account))) === account.name) return true;
    }
    return false;
  }

  /** The account's session was refused although it is in order: settings are read again in the background. */
  doubt(name: string): void {
    this.#doubted = name;
    this.#readAgain();
  }

  #readAgain(): void {
    if (this.#isReading) return;
    const reading = this.#read();
    reading.then(
      () => (this.#state = reading),
      // What was read before applies until a node can be asked.
      () => undefined,
    );
  }

  async #read(): Promise<CouchSigning> {
    this.#isReading = true;
    try {
      const read = await readCouchSigning(this.couch);
      if (read.kind === 'signs') this.#signing = read.signing;
      const state: CouchSigning =
        read.kind === 'signs' && (await this.#isRefused()) ? { kind: 'cannot', why: 'refused' } : read;
      this.#readAt = performance.now();
      this.#tell(state);
      return state;
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Tried with the account that was refused, else with the administrator's; without either there is nothing
   * against it.
   */
  async #isRefused(): Promise<boolean> {
    for (const name of [this.#doubted, administratorName]) {
      const account = name === undefined ? undefined : await this.accounts.reread(name);
      if (account === undefined) continue;
      if (!(await this.isTaken(account))) return true;
      this.#doubted = undefined;
      return false;
    }
    return false;
  }

  async #nameSeen(cookie: string): Promise<unknown> {
    const { body } = await askNodes(this.couch, '/_session', { headers: { cookie } });
    return isJsonObject(body) && isJsonObject(body['userCtx']) ? body['userCtx']['name'] : undefined;
  }

  #tell(state: CouchSigning): void {
    const told = state.kind === 'signs' ? 'signs' : state.why;
    if (told === this.#told) return;
    this.#told = told;
    this.notice(
      state.kind === 'signs'
        ? 'Passwords are checked by this server again, and CouchDB takes the sessions that it makes.'
        : `Passwords go on to CouchDB, which checks each slowly after a restart: sessions can't be made for it, since ${reasons[state.why]}. tiski doctor says what to do.`,
    );
  }
}
