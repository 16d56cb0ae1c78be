import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignInLimiter, type SignInAttempt } from '../accounts/attempt-limiter';
import type { DeviceCookies } from '../accounts/device-cookie';
import type { EndedSessions } from '../accounts/ended-sessions';
import { basicCredentials } from '../accounts/basic-credentials';
import { failureOf, tooManyAttempts, type Credentials, type Identity } from '../accounts/identity';
import { sessionTokenIn } from '../accounts/session-cookie';
import { requireOwnPasswordChange } from '../accounts/users-rule';
import type { Backend } from '../backend';
import { isServerAdministrator } from '../couch/access';
import type { CouchClient } from '../couch/client';
import { readDocument, type IncomingDocument } from '../couch/document-shape';
import { jsonResponse, signedOut, type CouchResponse, type UserContext } from '../couch/exchange';
import { forbidden } from '../couch/failure';
import { isJsonObject, type JsonObject } from '../couch/json';
import type { CouchNodes } from '../couch/nodes';
import { remoteClient } from '../couch/remote-client';
import { asksForEpoch, ToldEpochs } from '../epochs/told-epochs';
import { isAdministratorsLocal, requireLocalAccess, requireLocalOwner } from '../couch/local-access';
import { parseRoute, usersDatabase, type Route } from '../couch/route';
import { pathOfRoute } from '../couch/route-path';
import { requireUsersAccess, userDocumentId } from '../couch/users-access';
import {
  bodyBytes,
  couchAddressOf,
  credentialsOf,
  examineBody,
  jsonBody,
  sendCouchResponse,
} from './couch-request';
import { addCouchRoute, type CouchRouteSettings } from './couch-routes';
import { OpenRequests } from './open-requests';
import { ProxyDevices } from './proxy-devices';
import {
  authHeaders,
  basicAttempt,
  isSameContent,
  passedOn,
  refuseLocalInBody,
  replicatedVisits,
  requireCounts,
  requireKnownFeed,
  signInPassedOn,
} from './proxy-request';
import { issuedToken, sendProxied } from './proxy-response';
import { signInFrom } from './sign-in-body';
import { isVisitsBatch, rowsBeside } from './visits-batch';

export interface ProxySettings extends CouchRouteSettings {
  couch: CouchNodes;
  /** The clock, ms. */
  now: () => number;
  ended: EndedSessions;
  devices: DeviceCookies;
}

/** A CouchDB elsewhere, behind the same routes as the embedded store. */
export function proxyBackend(settings: ProxySettings): Backend {
  const proxy = new CouchProxy(settings);
  const open = new OpenRequests();
  return {
    store: 'couchdb',
    client: remoteClient(settings.couch),
    identify: (credentials) => proxy.identify(credentials),
    addCouchRoutes: (app) => {
      addCouchRoute(app, settings, {
        identify: (request) => proxy.identify(credentialsOf(request)),
        answer: (request, reply) => proxy.answer(request, reply, open.leaveSignal(reply, isHeld(request))),
      });
      app.addHook('preClose', (done) => {
        open.stop();
        done();
      });
    },
    close: () => Promise.resolve(),
  };
}

/** Whether a request may wait for something that doesn't come: a feed of changes. */
const isHeld = (request: FastifyRequest) => couchAddressOf(request).query.has('feed');

class CouchProxy {
  readonly #limiter: SignInLimiter;
  readonly #client: CouchClient;
  readonly #devices: ProxyDevices;
  readonly #epochs: ToldEpochs;

  constructor(private readonly settings: ProxySettings) {
    this.#client = remoteClient(settings.couch);
    this.#limiter = new SignInLimiter(settings.now);
    this.#epochs = new ToldEpochs(this.#client);
    this.#devices = new ProxyDevices(this.#client, settings.devices);
  }

  /** Asks CouchDB who it is. @throws {CouchFailure} 503 when it can't be asked */
  async identify(shown: Credentials): Promise<Identity> {
    const credentials = this.#withoutEnded(shown);
    const basic = basicCredentials(credentials.authorization);
    if (basic.kind === 'malformed') return basic;
    const attempt = basicAttempt(credentials);
    const waitSeconds = attempt === undefined ? 0 : this.#limiter.waitSeconds(attempt);
    if (waitSeconds > 0) return { kind: 'too-many-attempts', waitSeconds };
    const headers = { ...authHeaders(credentials), 'x-forwarded-for': credentials.address };
    const response = await this.#fetch('/_session', { headers });
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

  async answer(request: FastifyRequest, reply: FastifyReply, signal: AbortSignal): Promise<FastifyReply> {
    const { path, query } = couchAddressOf(request);
    const route = parseRoute(request.method, path);
    requireLocalAccess(request.method, route, bodyBytes(request).length);
    await examineBody(request, route);
    refuseLocalInBody(route, request);
    requireCounts(route, request);
    requireKnownFeed(route, query);
    const credentials = this.#withoutEnded(credentialsOf(request));
    const token = sessionTokenIn(credentials.cookie);
    if (route.kind === 'session' && request.method === 'DELETE') await this.#endSession(credentials);
    if ('database' in route && route.database === usersDatabase) {
      const own = await this.#ownAccount(route, request, credentials);
      if (own !== undefined) return sendCouchResponse(reply, own);
    }
    if (isAdministratorsLocal(route)) requireLocalOwner(request.method, await this.#user(credentials));
    await this.#refuseSecondRoots(route, replicatedVisits(route, request, query), credentials);
    const signIn = route.kind === 'session' && request.method === 'POST' ? signInFrom(request) : undefined;
    const attempt =
      signIn === undefined ? basicAttempt(credentials) : await this.#signInAttempt(signIn.name, credentials);
    const waitSeconds = attempt === undefined ? 0 : this.#limiter.waitSeconds(attempt);
    if (waitSeconds > 0) throw tooManyAttempts(waitSeconds);
    // Nothing of the session's query is needed, and `next` would send the browser elsewhere.
    const search = route.kind === 'session' || query.size === 0 ? '' : `?${query.toString()}`;
    const isForEpoch = asksForEpoch(request.method, route);
    const response = await this.#fetch(`${pathOfRoute(route)}${search}`, {
      // Of a HEAD nobody could tell which 404 it is.
      method: isForEpoch ? 'GET' : request.method,
      ...(signIn === undefined
        ? passedOn(route, request, credentials)
        : signInPassedOn(request, signIn, attempt?.device)),
      signal,
    });
    const { onVisits } = this.settings;
    if (onVisits !== undefined && response.ok && isVisitsBatch(route))
      void rowsBeside(response).then(onVisits);
    if (response.status === 401 && attempt !== undefined) this.#limiter.fail(attempt);
    if (isLockedOut(route, response)) throw tooManyAttempts(lockoutSeconds);
    if (response.ok && attempt !== undefined) this.#limiter.remember(attempt);
    const epoch = isForEpoch
      ? await this.#epochs.answer(route.database, response.status, await bodyOf(response))
      : undefined;
    if (epoch !== undefined) return sendCouchResponse(reply, epoch);
    const issued = issuedToken(response);
    if (issued !== undefined && route.kind === 'session') await this.settings.ended.begunAgain(issued);
    else if (issued !== undefined && token !== undefined) this.settings.ended.renewed(token, issued);
    const device =
      signIn !== undefined && response.ok
        ? await this.#devices.valueAfter(credentials.cookie, signIn.name)
        : undefined;
    return sendProxied(request, reply, response, route, device);
  }

  async #signInAttempt(name: string, { address, cookie }: Credentials): Promise<SignInAttempt> {
    const device = await this.#devices.deviceOf(cookie, name);
    return this.#limiter.asCounted({ address, name, device });
  }

  /**
   * A visit never changes, but CouchDB asks no validation function about what is stored where a replica shares no
   * revision with it. Looked at before, so two such requests at the same instant may both pass: the desk watch
   * finds what they leave.
   * @throws {CouchFailure} 403 for the whole request when one document is another than the stored one
   */
  async #refuseSecondRoots(
    route: Route,
    replicas: readonly JsonObject[],
    credentials: Credentials,
  ): Promise<void> {
    if (replicas.length === 0 || !('database' in route)) return;
    // CouchDB itself refuses whoever may not write.
    if ((await this.identify(credentials)).kind !== 'user') return;
    const path = `/${encodeURIComponent(route.database)}/_all_docs?include_docs=true`;
    const { body } = await this.#client.request('POST', path, { keys: replicas.map(({ _id }) => _id) });
    const rows = isJsonObject(body) && Array.isArray(body['rows']) ? (body['rows'] as unknown[]) : [];
    replicas.forEach((replica, index) => {
      const row = rows[index];
      if (!isJsonObject(row) || 'error' in row) return;
      const { doc } = row;
      if (!isJsonObject(doc) || !isSameContent(doc, replica)) {
        throw forbidden('Visits never change. Write a void to undo one.');
      }
    });
  }

  /**
   * Everybody's own account, read and given another password with the server's credentials: CouchDB 3 keeps
   * `_users` closed to all but its administrators, who pass. The rules are the embedded endpoint's.
   * @returns undefined for an administrator's request
   * @throws {CouchFailure} 401, 403 or 404 for all else in `_users`
   */
  async #ownAccount(
    route: Route,
    request: FastifyRequest,
    credentials: Credentials,
  ): Promise<CouchResponse | undefined> {
    const user = await this.#user(credentials);
    requireUsersAccess(route, request.method, user);
    if (isServerAdministrator(user)) return undefined;
    const stored = await this.#client.request('GET', pathOfRoute(route));
    if (request.method !== 'PUT' || !isJsonObject(stored.body))
      return jsonResponse(stored.status, stored.body);
    const document = readDocument(jsonBody(request), () => userDocumentId(user.name ?? ''));
    const password = requireOwnPasswordChange(document, stored.body as IncomingDocument, user.name);
    const body = { ...stored.body, _rev: document._rev, password };
    const changed = await this.#client.request('PUT', pathOfRoute(route), body);
    return jsonResponse(changed.status, changed.body);
  }

  /** What CouchDB gets to see: it would take a session that somebody has signed out of. */
  #withoutEnded(credentials: Credentials): Credentials {
    const token = sessionTokenIn(credentials.cookie);
    if (token === undefined || !this.settings.ended.isEnded(token)) return credentials;
    return { ...credentials, cookie: undefined };
  }

  /** CouchDB only takes the cookie away. */
  async #endSession({ cookie, address }: Credentials): Promise<void> {
    const token = sessionTokenIn(cookie);
    const identity = await this.identify({ authorization: undefined, cookie, address });
    if (token !== undefined && identity.kind === 'user') await this.settings.ended.end(token, longestSession);
  }

  /** @throws {CouchFailure} for credentials that are wrong */
  async #user(credentials: Credentials): Promise<UserContext> {
    const identity = await this.identify(credentials);
    if (identity.kind !== 'user' && identity.kind !== 'signed-out') throw failureOf(identity);
    return identity.kind === 'user' ? identity.user : signedOut;
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    return this.settings.couch.fetch(path, { ...init, redirect: 'manual' });
  }
}

const bodyOf = (response: Response): Promise<unknown> =>
  response
    .clone()
    .json()
    .catch(() => undefined);

/** How long CouchDB keeps an account locked for an address after failed attempts. */
const lockoutSeconds = 300;

/** Seconds; CouchDB's own setting is not told to us, and is ten minutes as it comes. */
const longestSession = 24 * 3600;

/** CouchDB's own limit of failed sign-ins: on this address 403 has no other meaning. */
const isLockedOut = (route: Route, { status }: Response) => route.kind === 'session' && status === 403;
