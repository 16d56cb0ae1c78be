import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignInLimiter } from '../accounts/attempt-limiter';
import { basicCredentials } from '../accounts/basic-credentials';
import { failureOf, tooManyAttempts, type Credentials, type Identity } from '../accounts/identity';
import { requireOwnPasswordChange } from '../accounts/users-rule';
import type { Backend } from '../backend';
import { isServerAdministrator } from '../couch/access';
import type { CouchClient } from '../couch/client';
import { readDocument, type IncomingDocument } from '../couch/document-shape';
import { jsonResponse, signedOut, type CouchResponse } from '../couch/exchange';
import { CouchFailure } from '../couch/failure';
import { isJsonObject } from '../couch/json';
import { remoteClient, type CouchAddress } from '../couch/remote-client';
import { parseRoute, refuseEpochWrite, usersDatabase, type Route } from '../couch/route';
import { pathOfRoute } from '../couch/route-path';
import { requireUsersAccess, userDocumentId } from '../couch/users-access';
import { bodyBytes, couchAddressOf, credentialsOf, jsonBody, sendCouchResponse } from './couch-request';
import { addCouchRoute, type CouchRouteSettings } from './couch-routes';
import { OpenRequests } from './open-requests';
import {
  authHeaders,
  hasBody,
  passed,
  refuseLocalInBody,
  requireKnownFeed,
  signedInName,
} from './proxy-request';
import { sendProxied } from './proxy-response';

export interface ProxySettings extends CouchRouteSettings {
  couch: CouchAddress;
  /** The clock, ms. */
  now: () => number;
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
      addCouchRoute(app, settings, (request, reply) => proxy.answer(request, reply, open.leaveSignal(reply)));
      app.addHook('preClose', (done) => {
        open.stop();
        done();
      });
    },
    close: () => Promise.resolve(),
  };
}

class CouchProxy {
  readonly #limiter: SignInLimiter;
  readonly #client: CouchClient;

  constructor(private readonly settings: ProxySettings) {
    this.#client = remoteClient(settings.couch);
    this.#limiter = new SignInLimiter(settings.now);
  }

  /** Asks CouchDB who it is. @throws {CouchFailure} 503 when it can't be asked */
  async identify(credentials: Credentials): Promise<Identity> {
    const basic = basicCredentials(credentials.authorization);
    if (basic.kind === 'malformed') return basic;
    const name = basic.kind === 'basic' ? basic.name : undefined;
    const waitSeconds = name === undefined ? 0 : this.#limiter.waitSeconds(credentials.address, name);
    if (waitSeconds > 0) return { kind: 'too-many-attempts', waitSeconds };
    const headers = { ...authHeaders(credentials), 'x-forwarded-for': credentials.address };
    const response = await this.#fetch('/_session', { headers });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.status === 403) return { kind: 'too-many-attempts', waitSeconds: lockoutSeconds };
    if (response.status === 401) {
      if (name !== undefined) this.#limiter.fail(credentials.address, name);
      return { kind: 'wrong-credentials' };
    }
    const context = isJsonObject(body) && isJsonObject(body['userCtx']) ? body['userCtx'] : {};
    const { name: user, roles } = context;
    if (typeof user !== 'string' || !Array.isArray(roles)) return { kind: 'signed-out' };
    return { kind: 'user', user: { name: user, roles: roles.map(String) } };
  }

  async answer(request: FastifyRequest, reply: FastifyReply, signal: AbortSignal): Promise<FastifyReply> {
    const { path, query } = couchAddressOf(request);
    const route = parseRoute(request.method, path);
    refuseEpochWrite(request.method, route);
    refuseLocalInBody(route, request);
    requireKnownFeed(route, query);
    const credentials = credentialsOf(request);
    if ('database' in route && route.database === usersDatabase) {
      const own = await this.#ownAccount(route, request, credentials);
      if (own !== undefined) return sendCouchResponse(reply, own);
    }
    const name = signedInName(route, request, credentials);
    const waitSeconds = name === undefined ? 0 : this.#limiter.waitSeconds(credentials.address, name);
    if (waitSeconds > 0) throw tooManyAttempts(waitSeconds);
    // Nothing of the session's query is needed, and `next` would send the browser elsewhere.
    const search = route.kind === 'session' || query.size === 0 ? '' : `?${query.toString()}`;
    const response = await this.#fetch(`${pathOfRoute(route)}${search}`, {
      method: request.method,
      headers: { ...authHeaders(credentials), ...passed(request) },
      signal,
      ...(hasBody(request) ? { body: bodyBytes(request) } : {}),
    });
    if (response.status === 401 && name !== undefined) this.#limiter.fail(credentials.address, name);
    if (isLockedOut(route, response)) throw tooManyAttempts(lockoutSeconds);
    return sendProxied(request, reply, response, route);
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
    const identity = await this.identify(credentials);
    if (identity.kind !== 'user' && identity.kind !== 'signed-out') throw failureOf(identity);
    const user = identity.kind === 'user' ? identity.user : signedOut;
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

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.settings.couch.origin}${path}`, { ...init, redirect: 'manual' });
    } catch {
      throw new CouchFailure(503, 'service_unavailable', 'The database server does not answer. Try later.');
    }
  }
}

/** How long CouchDB keeps an account locked for an address after failed attempts. */
const lockoutSeconds = 300;

/** CouchDB's own limit of failed sign-ins: on this address 403 has no other meaning. */
const isLockedOut = (route: Route, { status }: Response) => route.kind === 'session' && status === 403;
