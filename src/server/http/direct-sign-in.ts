import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../accounts/account';
import { Authenticator, type AuthenticatorSettings } from '../accounts/authenticator';
import { basicCredentials } from '../accounts/basic-credentials';
import { CouchSessions } from '../accounts/couch-sessions';
import { quickenDeskHash } from '../accounts/desk-hash';
import { endSessions } from '../accounts/end-sessions';
import { FollowedAccounts } from '../accounts/followed-accounts';
import { failureOf, type Credentials, type Identity } from '../accounts/identity';
import { sessionClaim } from '../accounts/session-cookie';
import type { CouchClient } from '../couch/client';
import { sessionAnswer } from '../couch/endpoint';
import { signedOut, type UserContext } from '../couch/exchange';
import { busy, methodNotAllowed } from '../couch/failure';
import type { CouchNodes } from '../couch/nodes';
import { credentialsOf, sendCouchResponse } from './couch-request';
import type { ProxyCaller, ProxyRequest } from './proxy-caller';
import { answerSignIn, answerSignOut } from './session-answers';
import { setRenewedSession } from './session-header';
import { signInFrom } from './sign-in-body';

/** Rounds of the dummy hash for an unknown name: as many as a CouchDB uses for people's passwords. */
const iterations = 600_000;

export interface DirectSettings extends Pick<AuthenticatorSettings, 'now' | 'ended' | 'devices' | 'limiter'> {
  couch: CouchNodes;
  /** The server's own. */
  client: CouchClient;
  /** Called with what the operator should know. */
  onNotice: (text: string) => void;
}

/**
 * Checks names and passwords of a CouchDB's accounts here, by the same rules as the embedded store. Requests
 * go to CouchDB with a session that is made for the account, at the time of the request
 * (docs/decisions/0009).
 */
export class DirectSignIn {
  readonly #accounts: FollowedAccounts;
  readonly #sessions: CouchSessions;
  readonly #authenticator: Authenticator;
  readonly #couch: CouchNodes;

  constructor({ couch, client, onNotice, ...settings }: DirectSettings) {
    this.#couch = couch;
    this.#accounts = new FollowedAccounts(couch);
    this.#sessions = new CouchSessions(couch, this.#accounts, settings.now, onNotice);
    this.#authenticator = new Authenticator(this.#accounts, {
      ...settings,
      iterations,
      signing: () => this.#sessions.signing,
      rolesOf: ({ roles }) => roles,
      onEnd: async (name, id) => {
        await endSessions(client, name, [id], settings.now());
        await this.changed(name);
      },
      // Not awaited: if it fails, the next check is slow again.
      onSlowDesk: (account, password) =>
        void quickenDeskHash(client, account, password).catch(() => undefined),
    });
  }

  /** Starts to follow the accounts; returns a function that stops it. */
  follow(): () => Promise<void> {
    return this.#accounts.follow();
  }

  /**
   * Whether the sender is identified here, and not by CouchDB. @throws {CouchFailure} 503 if it does not
   * answer
   */
  async judges(credentials: Credentials): Promise<boolean> {
    return this.#judgesName(nameIn(credentials));
  }

  async #judgesName(name: string | undefined): Promise<boolean> {
    const state = await this.#sessions.state();
    if (state.kind !== 'signs') return false;
    if (name === undefined) return true;
    return !state.administrators.has(name) && !(await this.#accounts.isElsewhere(name));
  }

  identify(credentials: Credentials): Promise<Identity> {
    return this.#authenticator.identify(credentials);
  }

  /**
   * An account that was just changed through this server: takes effect at once, not when the change feed
   * reports it.
   */
  async changed(name: string): Promise<void> {
    await this.#accounts.reread(name);
  }

  /**
   * The same for `_session`, where a sign-in's name is in its body. @throws {CouchFailure} 400 and so on for
   * the body
   */
  async judgesSession(request: FastifyRequest): Promise<boolean> {
    const isSignIn = request.method === 'POST';
    return this.#judgesName(isSignIn ? signInFrom(request).name : nameIn(credentialsOf(request)));
  }

  async answerSession(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    switch (request.method) {
      case 'POST':
        return answerSignIn(this.#authenticator, request, reply);
      case 'DELETE':
        return answerSignOut(this.#authenticator, request, reply);
      case 'GET':
      case 'HEAD': {
        const credentials = credentialsOf(request);
        const name = nameIn(credentials);
        // A device may wipe its register because of this answer, so it must not come from memory.
        if (name !== undefined) await this.#accounts.reread(name);
        const { identity } = await this.caller(credentials);
        if (identity !== undefined) setRenewedSession(request, reply, identity);
        return sendCouchResponse(reply, sessionAnswer(identity?.user ?? signedOut));
      }
      default:
        throw methodNotAllowed(['GET', 'HEAD', 'POST', 'DELETE']);
    }
  }

  /** @throws {CouchFailure} for wrong credentials */
  async caller(credentials: Credentials): Promise<ProxyCaller> {
    const identity = await this.identify(credentials);
    if (identity.kind === 'signed-out') {
      return {
        user: () => Promise.resolve(signedOut),
        send: (path, init) => this.#couch.fetch(path, init),
        hasCouchSession: false,
      };
    }
    if (identity.kind !== 'user') throw failureOf(identity);
    const { user } = identity;
    return {
      user: () => Promise.resolve(user),
      send: (path, init) =>
        init.waits === true
          ? this.#sendWaiting(credentials, user, path, init)
          : this.#send(credentials, path, init),
      identity,
      hasCouchSession: false,
    };
  }

  /**
   * CouchDB does not carry out what it answers with 401. If the account is in order here, it has a new
   * password that the node has not heard of yet, and the request is sent again; or sessions are no longer
   * accepted, which is not the sender's fault: 503, until it is known how to continue.
   */
  async #send(credentials: Credentials, path: string, init: ProxyRequest): Promise<Response> {
    const response = await this.#sendAs(await this.#accountOf(credentials), path, init);
    if (response.status !== 401) return response;
    const account = await this.#accountAgain(credentials);
    if (account === undefined) return response;
    await response.body?.cancel();
    if (await this.#sessions.isTaken(account)) return this.#sendAs(account, path, init);
    this.#sessions.doubt(account.name);
    throw busy('The database server does not take the session. Try later.');
  }

  /**
   * S11: a sender who loses a right while waiting is told: by an answer, or by a broken line if one has
   * begun.
   */
  async #sendWaiting(
    credentials: Credentials,
    user: UserContext,
    path: string,
    init: ProxyRequest,
  ): Promise<Response> {
    const lost = new AbortController();
    const look = async () => {
      if (!(await this.#hasStill(credentials, user))) lost.abort();
    };
    const stop = this.#accounts.onChange((name) => {
      // If the sender can't be identified just now, the wait goes on: CouchDB judges when the poll ends.
      if (name === undefined || name === user.name) look().catch(() => undefined);
    });
    const leave = () => {
      stop();
      lost.abort();
    };
    init.signal.addEventListener('abort', leave, { once: true });
    if (init.signal.aborted) leave();
    try {
      return await this.#send(credentials, path, { ...init, signal: lost.signal });
    } catch (error) {
      if (!lost.signal.aborted || init.signal.aborted) throw error;
    }
    stop();
    return (await this.caller(credentials)).send(path, { ...init, waits: false });
  }

  async #hasStill(credentials: Credentials, { roles }: UserContext): Promise<boolean> {
    const identity = await this.identify(credentials);
    return identity.kind === 'user' && roles.every((role) => identity.user.roles.includes(role));
  }

  #sendAs(account: Account, path: string, init: ProxyRequest): Promise<Response> {
    const headers = { ...init.headers, cookie: this.#sessions.cookieFor(account) };
    return this.#couch.fetch(path, { ...init, headers });
  }

  /** @throws {CouchFailure} 503 if the account has gone since the sender was identified */
  async #accountOf(credentials: Credentials): Promise<Account> {
    const account = await this.#accounts.account(nameIn(credentials) ?? '');
    if (account === undefined) throw busy();
    return account;
  }

  async #accountAgain(credentials: Credentials): Promise<Account | undefined> {
    const account = await this.#accounts.reread(nameIn(credentials) ?? '');
    return (await this.identify(credentials)).kind === 'user' ? account : undefined;
  }
}

/** The name that credentials claim, Basic before a session; undefined if they claim none. */
function nameIn({ authorization, cookie }: Credentials): string | undefined {
  const basic = basicCredentials(authorization);
  if (basic.kind === 'basic') return basic.name;
  return basic.kind === 'none' ? sessionClaim(cookie)?.name : undefined;
}
