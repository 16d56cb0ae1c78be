import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../couch/database';
import { failureFromPouch } from '../couch/failure';
import { storedDocument } from '../couch/document-routes';
import { userDocumentId } from '../couch/users-access';
import type { UserContext } from '../couch/exchange';
import { accountFromDocument, type Account } from './account';
import { basicCredentials, type NameAndPassword } from './basic-credentials';
import { SignInLimiter, type SignInAttempt } from './attempt-limiter';
import { addressGroup } from './address-group';
import { isDesksOwn } from './desk-password';
import type { DeviceCookies } from './device-cookie';
import type { EndedSessions } from './ended-sessions';
import { noPlace, type Asking } from './fair-queue';
import type { Credentials, Identity } from './identity';
import { hashPassword, isPasswordOf, queueFor, type PasswordHash } from './password-hash';
import { isGenuine, sessionClaim, sessionToken, sessionTokenIn } from './session-cookie';

export interface AuthenticatorSettings {
  /** Signs session cookies. */
  secret: string;
  sessionSeconds: number;
  /** Of the hash that stands in for an unknown name's, so that both cost the same. */
  iterations: number;
  /** The clock, ms. */
  now: () => number;
  ended: EndedSessions;
  devices: DeviceCookies;
}

type Refused = Extract<Identity, { kind: 'wrong-credentials' | 'too-many-attempts' | 'busy' }>;

/** How a sign-in by name and password ended. */
export type SignIn =
  /** `device`: the value of the browser's device cookie from now on. */
  { kind: 'session'; user: UserContext; token: string; device: string } | Refused;

/** Kept at most; then begun anew. */
const mostRemembered = 10_000;

/** Tells who a request is from, by the accounts in `_users`. */
export class Authenticator {
  readonly #limiter: SignInLimiter;
  /** Read once for all who ask at the same time, and kept until `_users` changes. */
  readonly #accounts = new Map<string, Promise<Account | undefined>>();
  /** Credentials that were right once, by a key of this process's own, and the hash they were right for. */
  readonly #verified = new Map<string, string>();
  /** Attempts whose hash is being made. */
  readonly #attempts = new Map<string, Promise<Account | Refused>>();
  readonly #verifiedKey = randomBytes(32).toString('hex');
  readonly #nobody: Promise<PasswordHash>;

  constructor(
    private readonly users: Database,
    private readonly settings: AuthenticatorSettings,
  ) {
    this.#limiter = new SignInLimiter(settings.now);
    this.#nobody = hashPassword(randomBytes(16).toString('hex'), settings.iterations);
    users.onChange(() => this.#accounts.clear());
  }

  /** Calls back when an account has changed: what was known of any may be wrong now. Gives the stop. */
  onChange(listener: () => void): () => void {
    return this.users.onChange(listener);
  }

  /** Basic credentials first, then the session cookie, as CouchDB does. */
  async identify({ authorization, cookie, address }: Credentials): Promise<Identity> {
    const basic = basicCredentials(authorization);
    switch (basic.kind) {
      case 'malformed':
        return basic;
      case 'basic': {
        const account = await this.#verify(basic, { address });
        return 'kind' in account ? account : { kind: 'user', user: contextOf(account, 'default') };
      }
      case 'none':
        return this.#fromSession(cookie);
    }
  }

  /** Begins a session. */
  async signIn(pair: NameAndPassword, from: Pick<Credentials, 'address' | 'cookie'>): Promise<SignIn> {
    const account = await this.#verify(pair, from);
    if ('kind' in account) return account;
    return {
      kind: 'session',
      user: contextOf(account, 'cookie'),
      token: this.#tokenFor(account),
      device: this.settings.devices.valueAfter(from.cookie, { name: account.name, salt: account.hash.salt }),
    };
  }

  /** Ends the session of a cookie: signing out, which a cookie that is merely taken away doesn't. */
  async endSession(cookie: string | undefined): Promise<void> {
    const identity = await this.#fromSession(cookie);
    const token = sessionTokenIn(cookie);
    // Others' inventions are not kept: there is no end of them.
    if (identity.kind === 'user' && token !== undefined) {
      await this.settings.ended.end(token, this.settings.sessionSeconds);
    }
  }

  async #fromSession(cookie: string | undefined): Promise<Identity> {
    const claim = sessionClaim(cookie);
    const token = sessionTokenIn(cookie);
    if (claim === undefined || token === undefined || this.settings.ended.isEnded(token)) {
      return { kind: 'signed-out' };
    }
    const account = await this.#account(claim.name);
    const { secret, sessionSeconds } = this.settings;
    const age = this.#seconds() - claim.issuedAt;
    if (account === undefined || age >= sessionSeconds || !isGenuine(claim, secret, account.hash.salt)) {
      return { kind: 'signed-out' };
    }
    const user = contextOf(account, 'cookie');
    if (age <= sessionSeconds / 2) return { kind: 'user', user };
    const next = this.#tokenFor(account);
    this.settings.ended.renewed(token, next);
    return { kind: 'user', user, renewed: { token: next, maxAge: sessionSeconds } };
  }

  /**
   * The account whose password it is. The slow hash runs once for the same right credentials.
   * @param from the cookie where it may tell a device
   */
  async #verify(
    { name, password }: NameAndPassword,
    { address, cookie }: { address: string; cookie?: string | undefined },
  ): Promise<Account | Refused> {
    const account = await this.#account(name);
    const fingerprint = createHmac('sha256', this.#verifiedKey).update(`${name}\0${password}`).digest('hex');
    if (account !== undefined && this.#verified.get(fingerprint) === account.hash.derived_key) return account;
    // A desk that begins with several requests at once makes one attempt.
    const salt = account?.hash.salt;
    const device = salt === undefined ? undefined : this.settings.devices.deviceOf(cookie, { name, salt });
    const attempt = `${fingerprint} ${address} ${device ?? ''} ${account?.hash.derived_key ?? ''}`;
    const running =
      this.#attempts.get(attempt) ?? this.#attempt({ address, name, device }, password, account);
    this.#attempts.set(attempt, running);
    try {
      const outcome = await running;
      if (!('kind' in outcome)) this.#remember(fingerprint, outcome);
      return outcome;
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  async #attempt(
    attempt: SignInAttempt,
    password: string,
    account: Account | undefined,
  ): Promise<Account | Refused> {
    const hash = account?.hash ?? (await this.#nobody);
    const check = async (): Promise<Account | Refused> =>
      (await isPasswordOf(password, hash)) && account !== undefined ? account : { kind: 'wrong-credentials' };
    // Nobody guesses a desk's own password: it is held up by nothing, and neither is the desk.
    const isCounted = account === undefined || !isDesksOwn(password, account.roles);
    const outcome = await queueFor(hash).run(askingOf(attempt), () =>
      isCounted ? this.#counted(attempt, check) : check(),
    );
    return outcome === noPlace ? { kind: 'busy' } : outcome;
  }

  /**
   * When its turn has come: a hundred desks behind one address may begin at once, and attempts that were made at the
   * same time count all the same.
   */
  async #counted(
    attempt: SignInAttempt,
    check: () => Promise<Account | Refused>,
  ): Promise<Account | Refused> {
    const counted = this.#limiter.asCounted(attempt);
    const waitSeconds = this.#limiter.waitSeconds(counted);
    if (waitSeconds > 0) return { kind: 'too-many-attempts', waitSeconds };
    this.#limiter.fail(counted);
    const outcome = await check();
    if ('kind' in outcome) return outcome;
    this.#limiter.forgive(counted);
    this.#limiter.remember(counted);
    return outcome;
  }

  #remember(fingerprint: string, { hash }: Account): void {
    if (this.#verified.size >= mostRemembered) this.#verified.clear();
    this.#verified.set(fingerprint, hash.derived_key);
  }

  #account(name: string): Promise<Account | undefined> {
    const known = this.#accounts.get(name);
    if (known) return known;
    const reading = this.#readAccount(name);
    this.#accounts.set(name, reading);
    const forget = () => {
      if (this.#accounts.get(name) === reading) this.#accounts.delete(name);
    };
    // Names that nobody has are not kept: there is no end of them.
    reading.then((account) => account ?? forget(), forget);
    return reading;
  }

  async #readAccount(name: string): Promise<Account | undefined> {
    try {
      return accountFromDocument(await storedDocument(this.users, userDocumentId(name)));
    } catch (error) {
      if (failureFromPouch(error)?.status === 404) return undefined;
      throw error;
    }
  }

  #tokenFor({ name, hash }: Account): string {
    const tokenAt = (seconds: number) => sessionToken(name, seconds, this.settings.secret, hash.salt);
    // Two sessions of one second are one: where somebody has signed out of it, the next second's.
    let seconds = this.#seconds();
    while (this.settings.ended.isEnded(tokenAt(seconds))) seconds += 1;
    return tokenAt(seconds);
  }

  #seconds(): number {
    return Math.floor(this.settings.now() / 1000);
  }
}

/** Guesses at an address fill no line that a known device waits in. */
const askingOf = ({ address, name, device }: SignInAttempt): Asking =>
  device === undefined
    ? { address: addressGroup(address), name }
    : { address: `devices of ${name}`, name: device };

/** The role `administrator` is the embedded endpoint's server administrator. */
function contextOf({ name, roles }: Account, authenticated: 'cookie' | 'default'): UserContext {
  return { name, roles: roles.includes('administrator') ? [...roles, '_admin'] : roles, authenticated };
}
