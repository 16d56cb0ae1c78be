import { createHmac, randomBytes } from 'node:crypto';
import type { UserContext } from '../couch/exchange';
import type { Account } from './account';
import type { AccountSource } from './account-source';
import { basicCredentials, type NameAndPassword } from './basic-credentials';
import { SignInLimiter, type SignInAttempt } from './attempt-limiter';
import { addressGroup } from './address-group';
import { isDesksOwn } from './desk-password';
import type { DeviceCookies } from './device-cookie';
import type { EndedSessions } from './ended-sessions';
import { noPlace, type Asking } from './fair-queue';
import type { Credentials, Identity } from './identity';
import { hashPassword, isPasswordOf, isQuick, queueFor, type PasswordHash } from './password-hash';
import {
  genuineSession,
  newSessionId,
  sessionClaim,
  sessionToken,
  sessionTokenIn,
  type SessionSigning,
} from './session-cookie';
import { isOver, type GivenSession } from './session-limits';

export interface AuthenticatorSettings {
  /** The current setting: a CouchDB's may change. */
  signing: () => SessionSigning;
  /** Of the dummy hash for an unknown name, so that both take equally long. */
  iterations: number;
  /** The clock, ms. */
  now: () => number;
  ended: EndedSessions;
  devices: DeviceCookies;
  limiter?: SignInLimiter;
  /** What an account may do, from the store's point of view. */
  rolesOf: (account: Account) => readonly string[];
  /** Called when somebody has signed out of a session with an id: other servers have to know. */
  onEnd?: (name: string, id: string) => Promise<void>;
  /** Called after a slow check of a right password that could be quick: one that a desk gave itself. */
  onSlowDesk?: (account: Account, password: string) => void;
}

type Refused = Extract<Identity, { kind: 'wrong-credentials' | 'too-many-attempts' | 'busy' }>;

/** The outcome of a sign-in by name and password. */
export type SignIn =
  /** `seconds`: its life. `device`: the browser's new device cookie. */
  { kind: 'session'; user: UserContext; token: string; seconds: number; device: string } | Refused;

/** The most remembered; then it starts over. */
const mostRemembered = 10_000;

/** Authenticates requests against the accounts in `_users`. */
export class Authenticator {
  readonly #limiter: SignInLimiter;
  /** Credentials that were right once, by a key of this process, and the hash that they matched. */
  readonly #verified = new Map<string, string>();
  /** Attempts whose hash is being computed. */
  readonly #attempts = new Map<string, Promise<Account | Refused>>();
  readonly #verifiedKey = randomBytes(32).toString('hex');
  readonly #nobody: Promise<PasswordHash>;

  constructor(
    private readonly accounts: AccountSource,
    private readonly settings: AuthenticatorSettings,
  ) {
    this.#limiter = settings.limiter ?? new SignInLimiter(settings.now);
    this.#nobody = hashPassword(randomBytes(16).toString('hex'), settings.iterations);
  }

  /**
   * Calls back when an account has changed: what is cached about any may be wrong now. Returns a function
   * that stops it.
   */
  onChange(listener: () => void): () => void {
    return this.accounts.onChange(listener);
  }

  /** Basic credentials first, then the session cookie, as CouchDB does. */
  async identify({ authorization, cookie, address }: Credentials): Promise<Identity> {
    const basic = basicCredentials(authorization);
    switch (basic.kind) {
      case 'malformed':
        return basic;
      case 'basic': {
        const account = await this.#verify(basic, { address });
        return 'kind' in account ? account : { kind: 'user', user: this.#contextOf(account, 'default') };
      }
      case 'none':
        return this.#fromSession(cookie);
    }
  }

  /**
   * Starts a session.
   * @param isBrowser whether a person will want to see it and to end it; a program gets one of CouchDB's form
   */
  async signIn(
    pair: NameAndPassword,
    from: Pick<Credentials, 'address' | 'cookie'>,
    isBrowser = false,
  ): Promise<SignIn> {
    const account = await this.#verify(pair, from);
    if ('kind' in account) return account;
    return {
      kind: 'session',
      user: this.#contextOf(account, 'cookie'),
      token: this.#tokenFor(account, isBrowser ? newSessionId() : undefined),
      seconds: this.settings.signing().seconds,
      device: this.settings.devices.valueAfter(from.cookie, { name: account.name, salt: account.hash.salt }),
    };
  }

  /** Ends a cookie's session: signing out, which merely deleting a cookie doesn't do. */
  async endSession(cookie: string | undefined): Promise<void> {
    const identity = await this.#fromSession(cookie);
    const token = sessionTokenIn(cookie);
    // Names that nobody has are not remembered: there is no end to them.
    if (identity.kind === 'user' && token !== undefined) {
      await this.settings.ended.end(token, this.settings.signing().seconds);
      const { session, user } = identity;
      if (session !== undefined) await this.settings.onEnd?.(user.name ?? '', session.id);
    }
  }

  async #fromSession(cookie: string | undefined): Promise<Identity> {
    const claim = sessionClaim(cookie);
    const token = sessionTokenIn(cookie);
    if (claim === undefined || token === undefined || this.settings.ended.isEnded(token)) {
      return { kind: 'signed-out' };
    }
    const account = await this.accounts.account(claim.name);
    const signing = this.settings.signing();
    const age = this.#seconds() - claim.issuedAt;
    const session = account && genuineSession(claim, signing, account.hash.salt);
    if (
      session === undefined ||
      age >= signing.seconds ||
      isOver(account?.sessions ?? {}, session, this.#seconds())
    ) {
      return { kind: 'signed-out' };
    }
    return this.#inSession(account as Account, session, token);
  }

  /** Past half its life a session gets another token; its id stays. */
  #inSession(account: Account, { id, issuedAt }: GivenSession, token: string): Identity {
    const { seconds } = this.settings.signing();
    const user = this.#contextOf(account, 'cookie');
    const isYoung = this.#seconds() - issuedAt <= seconds / 2;
    const until = ((isYoung ? issuedAt : this.#seconds()) + seconds) * 1000;
    const identity: Identity = { kind: 'user', user, ...(id !== undefined && { session: { id, until } }) };
    if (isYoung) return identity;
    const next = this.#tokenFor(account, id);
    this.settings.ended.renewed(token, next);
    return { ...identity, renewed: { token: next, maxAge: seconds } };
  }

  /**
   * The account whose password it is. The slow hash runs only once for the same right credentials.
   * @param from the cookie, if it may identify a device
   */
  async #verify(
    { name, password }: NameAndPassword,
    { address, cookie }: { address: string; cookie?: string | undefined },
  ): Promise<Account | Refused> {
    const account = await this.accounts.account(name);
    const fingerprint = createHmac('sha256', this.#verifiedKey).update(`${name}\0${password}`).digest('hex');
    if (account !== undefined && this.#verified.get(fingerprint) === account.hash.derived_key) return account;
    // A desk that starts with several requests at once makes one attempt.
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
    const check = () => this.#checked(attempt.name, password, { account, hash });
    // Nobody guesses a desk's own password: it is never held up, and neither is the desk.
    const isCounted = account === undefined || !isDesksOwn(password, account.roles);
    const outcome = await queueFor(hash).run(askingOf(attempt), () =>
      isCounted ? this.#counted(attempt, check) : check(),
    );
    return outcome === noPlace ? { kind: 'busy' } : outcome;
  }

  /** The cache may be a moment old, so nothing is called wrong because of it alone. */
  async #checked(
    name: string,
    password: string,
    { account, hash }: { account: Account | undefined; hash: PasswordHash },
  ): Promise<Account | Refused> {
    if ((await isPasswordOf(password, hash)) && account !== undefined)
      return this.#checkedSlowly(account, password);
    const now = account && (await this.accounts.reread(name));
    if (now === undefined || now.hash.derived_key === hash.derived_key) return { kind: 'wrong-credentials' };
    return (await isPasswordOf(password, now.hash)) ? now : { kind: 'wrong-credentials' };
  }

  #checkedSlowly(account: Account, password: string): Account {
    const { onSlowDesk } = this.settings;
    if (!isQuick(account.hash) && isDesksOwn(password, account.roles)) onSlowDesk?.(account, password);
    return account;
  }

  /**
   * Counted when its turn has come: a hundred desks behind one address may start at once, and attempts made
   * at the same time still all count.
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

  #tokenFor({ name, hash, sessions }: Account, id?: string): string {
    const tokenAt = (issuedAt: number) =>
      sessionToken({ name, issuedAt, id }, this.settings.signing(), hash.salt);
    // Two sessions of the same second may be the same one: if it was ended, use the next second's.
    const now = this.#seconds();
    let seconds = now;
    while (isOver(sessions, { id, issuedAt: seconds }, now) || this.settings.ended.isEnded(tokenAt(seconds)))
      seconds += 1;
    return tokenAt(seconds);
  }

  #contextOf(account: Account, authenticated: 'cookie' | 'default'): UserContext {
    return { name: account.name, roles: this.settings.rolesOf(account), authenticated };
  }

  #seconds(): number {
    return Math.floor(this.settings.now() / 1000);
  }
}

/** Guesses at an address never fill the queue of a known device. */
const askingOf = ({ address, name, device }: SignInAttempt): Asking =>
  device === undefined
    ? { address: addressGroup(address), name }
    : { address: `devices of ${name}`, name: device };
