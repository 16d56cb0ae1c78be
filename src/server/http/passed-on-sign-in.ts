import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignInAttempt, SignInLimiter } from '../accounts/attempt-limiter';
import { basicCredentials } from '../accounts/basic-credentials';
import type { DeviceCookies } from '../accounts/device-cookie';
import type { EndedSessions } from '../accounts/ended-sessions';
import { failureOf, tooManyAttempts, type Credentials, type Identity } from '../accounts/identity';
import { sessionTokenIn } from '../accounts/session-cookie';
import type { CouchClient } from '../couch/client';
import { signedOut, type UserContext } from '../couch/exchange';
import { isJsonObject } from '../couch/json';
import type { CouchNodes } from '../couch/nodes';
import type { Route } from '../couch/route';
import { pathOfRoute } from '../couch/route-path';
import { credentialsOf } from './couch-request';
import type { ProxyCaller, ProxyRequest } from './proxy-caller';
import { ProxyDevices } from './proxy-devices';
import { authHeaders, basicAttempt, passedOn, signInPassedOn } from './proxy-request';
import { issuedToken, sendProxied } from './proxy-response';
import { signInFrom } from './sign-in-body';

export interface PassedOnSettings {
  couch: CouchNodes;
  /** The server's own. */
  client: CouchClient;
  ended: EndedSessions;
  devices: DeviceCookies;
  limiter: SignInLimiter;
}

/**
 * Passes names and passwords on to a CouchDB, which checks them: those of its own administrators, and
 * everybody's if sessions can't be made for it. It has its own lockout; failures are counted here as well.
 */
export class PassedOnSignIn {
  readonly #limiter: SignInLimiter;
  readonly #devices: ProxyDevices;

  constructor(private readonly settings: PassedOnSettings) {
    this.#limiter = settings.limiter;
    this.#devices = new ProxyDevices(settings.client, settings.devices);
  }

  /** Asks CouchDB who it is. @throws {CouchFailure} 503 if it can't be asked */
  async identify(shown: Credentials): Promise<Identity> {
    const credentials = this.#withoutEnded(shown);
    const basic = basicCredentials(credentials.authorization);
    if (basic.kind === 'malformed') return basic;
    const attempt = basicAttempt(credentials);
    const waitSeconds = attempt === undefined ? 0 : this.#limiter.waitSeconds(attempt);
    if (waitSeconds > 0) return { kind: 'too-many-attempts', waitSeconds };
    const headers = { ...authHeaders(credentials), 'x-forwarded-for': credentials.address };
    const response = await this.settings.couch.fetch('/_session', { headers, redirect: 'manual' });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.status === 403) return { kind: 'too-many-attempts', waitSeconds: lockoutSeconds };
    if (response.status === 401) {
      if (attempt !== undefined) this.#limiter.fail(attempt);
      return { kind: 'wrong-credentials' };
    }
    if (attempt !== undefined) this.#limiter.remember(attempt);
    const context = isJsonObject(body) && isJsonObject(body['userCtx']) ? body['userCtx'] : {};
    const { name: user, roles } = context;
    if (typeof user !== 'string' || !Array.isArray(roles)) return { kind: 'signed-out' };
    return { kind: 'user', user: { name: user, roles: roles.map(String) } };
  }

  caller(shown: Credentials): ProxyCaller {
    const credentials = this.#withoutEnded(shown);
    return {
      user: () => this.#user(credentials),
      send: (path, init) => this.#send(credentials, path, init),
      hasCouchSession: true,
    };
  }

  /** `_session`, as CouchDB answers it. */
  async answerSession(
    route: Route,
    request: FastifyRequest,
    reply: FastifyReply,
    signal: AbortSignal,
  ): Promise<FastifyReply> {
    const credentials = this.#withoutEnded(credentialsOf(request));
    if (request.method === 'DELETE') await this.#endSession(credentials);
    const signIn = request.method === 'POST' ? signInFrom(request) : undefined;
    const attempt =
      signIn === undefined ? basicAttempt(credentials) : await this.#signInAttempt(signIn.name, credentials);
    const { headers, body } =
      signIn === undefined ? passedOn(route, request) : signInPassedOn(request, signIn, attempt?.device);
    // The session's query isn't needed, and `next` would send the browser elsewhere.
    const response = await this.#counted(attempt, pathOfRoute(route), {
      method: request.method,
      headers: { ...(signIn === undefined && authHeaders(credentials)), ...headers },
      ...(body !== undefined && { body }),
      signal,
    });
    // At this address 403 can only mean CouchDB's own limit of failed sign-ins.
    if (response.status === 403) throw tooManyAttempts(lockoutSeconds);
    const issued = issuedToken(response);
    if (issued !== undefined) await this.settings.ended.begunAgain(issued);
    const device =
      signIn !== undefined && response.ok
        ? await this.#devices.valueAfter(credentials.cookie, signIn.name)
        : undefined;
    return sendProxied(request, reply, response, route, { hasSession: true, device });
  }

  async #send(credentials: Credentials, path: string, init: ProxyRequest): Promise<Response> {
    const headers = { ...authHeaders(credentials), ...init.headers };
    const response = await this.#counted(basicAttempt(credentials), path, { ...init, headers });
    const token = sessionTokenIn(credentials.cookie);
    const issued = issuedToken(response);
    if (issued !== undefined && token !== undefined) this.settings.ended.renewed(token, issued);
    return response;
  }

  /** @throws {CouchFailure} 429 after too many attempts */
  async #counted(attempt: SignInAttempt | undefined, path: string, init: ProxyRequest): Promise<Response> {
    const waitSeconds = attempt === undefined ? 0 : this.#limiter.waitSeconds(attempt);
    if (waitSeconds > 0) throw tooManyAttempts(waitSeconds);
    const response = await this.settings.couch.fetch(path, { ...init, redirect: 'manual' });
    if (attempt === undefined) return response;
    if (response.status === 401) this.#limiter.fail(attempt);
    if (response.ok) this.#limiter.remember(attempt);
    return response;
  }

  async #signInAttempt(name: string, { address, cookie }: Credentials): Promise<SignInAttempt> {
    const device = await this.#devices.deviceOf(cookie, name);
    return this.#limiter.asCounted({ address, name, device });
  }

  /** What CouchDB gets to see: it would accept a session that somebody has signed out of. */
  #withoutEnded(credentials: Credentials): Credentials {
    const token = sessionTokenIn(credentials.cookie);
    if (token === undefined || !this.settings.ended.isEnded(token)) return credentials;
    return { ...credentials, cookie: undefined };
  }

  /** CouchDB only removes the cookie. */
  async #endSession({ cookie, address }: Credentials): Promise<void> {
    const token = sessionTokenIn(cookie);
    const identity = await this.identify({ authorization: undefined, cookie, address });
    if (token !== undefined && identity.kind === 'user') await this.settings.ended.end(token, longestSession);
  }

  /** @throws {CouchFailure} for wrong credentials */
  async #user(credentials: Credentials): Promise<UserContext> {
    const identity = await this.identify(credentials);
    if (identity.kind !== 'user' && identity.kind !== 'signed-out') throw failureOf(identity);
    return identity.kind === 'user' ? identity.user : signedOut;
  }
}

/** How long CouchDB keeps an account locked for an address after failed attempts. */
const lockoutSeconds = 300;

/** Seconds; CouchDB's own setting may be unknown here, and defaults to ten minutes. */
const longestSession = 24 * 3600;
