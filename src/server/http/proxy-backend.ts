import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignInLimiter } from '../accounts/attempt-limiter';
import { deskIterations, isDesksOwn } from '../accounts/desk-password';
import type { DeviceCookies } from '../accounts/device-cookie';
import type { EndedSessions } from '../accounts/ended-sessions';
import type { Credentials, Identity } from '../accounts/identity';
import { hashPassword } from '../accounts/password-hash';
import { requireOwnPasswordChange } from '../accounts/users-rule';
import type { Backend } from '../backend';
import { isServerAdministrator, requireDatabaseAdministrator, securityFrom } from '../couch/access';
import type { CouchClient } from '../couch/client';
import { readDocument, type IncomingDocument } from '../couch/document-shape';
import { jsonResponse, type CouchResponse } from '../couch/exchange';
import { isJsonObject, type JsonObject } from '../couch/json';
import { isAdministratorsLocal, requireLocalAccess, requireLocalOwner } from '../couch/local-access';
import type { CouchNodes } from '../couch/nodes';
import { remoteClient } from '../couch/remote-client';
import { parseRoute, usersDatabase, type Route } from '../couch/route';
import { pathOfRoute } from '../couch/route-path';
import { requireUsersAccess, userDocumentId } from '../couch/users-access';
import { asksForEpoch, ToldEpochs } from '../epochs/told-epochs';
import {
  bodyBytes,
  couchAddressOf,
  credentialsOf,
  examineBody,
  jsonBody,
  sendCouchResponse,
} from './couch-request';
import { addCouchRoute, type CouchRouteSettings } from './couch-routes';
import { DirectSignIn } from './direct-sign-in';
import { LoggedAccess } from './logged-access';
import { OpenRequests } from './open-requests';
import { PassedOnSignIn } from './passed-on-sign-in';
import { needsPlainReasons, plainResponse } from './plain-reasons';
import type { ProxyCaller } from './proxy-caller';
import { passedOn, refuseLocalInBody, requireCounts, requireKnownFeed } from './proxy-request';
import { sendProxied } from './proxy-response';
import { refuseSecondRoots, replicatedVisits } from './second-roots';
import { setRenewedSession } from './session-header';
import { isVisitsBatch, rowsBeside } from './visits-batch';

export interface ProxySettings extends CouchRouteSettings {
  couch: CouchNodes;
  /** The clock, ms. */
  now: () => number;
  ended: EndedSessions;
  devices: DeviceCookies;
  /** Called with what the operator should know. */
  onNotice: (text: string) => void;
}

/** A remote CouchDB behind the same routes as the embedded store. */
export function proxyBackend(settings: ProxySettings): Backend {
  const client = remoteClient(settings.couch);
  const shared = { ...settings, client, limiter: new SignInLimiter(settings.now) };
  const direct = new DirectSignIn(shared);
  const proxy = new CouchProxy(settings, client, direct, new PassedOnSignIn(shared));
  const open = new OpenRequests();
  let stopFollowing = () => Promise.resolve();
  return {
    store: 'couchdb',
    client,
    identify: (credentials) => proxy.identify(credentials),
    accountChanged: (name) => direct.changed(name),
    addCouchRoutes: (app, log) => {
      const access = new LoggedAccess(log);
      // A command that only works on the data needs an account or two, and ends.
      stopFollowing = direct.follow();
      addCouchRoute(app, settings, {
        identify: (request) => proxy.identify(credentialsOf(request)),
        answer: (request, reply) =>
          proxy.answer(request, reply, { access, signal: open.leaveSignal(reply, isHeld(request)) }),
      });
      app.addHook('preClose', (done) => {
        open.stop();
        done();
      });
    },
    close: () => stopFollowing(),
  };
}

/** Whether a request may wait for something that doesn't come: a feed of changes. */
const isHeld = (request: FastifyRequest) => couchAddressOf(request).query.has('feed');

class CouchProxy {
  readonly #client: CouchClient;
  readonly #direct: DirectSignIn;
  readonly #epochs: ToldEpochs;
  readonly #passedOn: PassedOnSignIn;

  constructor(
    private readonly settings: ProxySettings,
    client: CouchClient,
    direct: DirectSignIn,
    passedOn: PassedOnSignIn,
  ) {
    this.#client = client;
    this.#epochs = new ToldEpochs(client);
    this.#direct = direct;
    this.#passedOn = passedOn;
  }

  /** @throws {CouchFailure} 503 if CouchDB can't be asked */
  async identify(credentials: Credentials): Promise<Identity> {
    const judge = (await this.#direct.judges(credentials)) ? this.#direct : this.#passedOn;
    return judge.identify(credentials);
  }

  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { access, signal }: { access: LoggedAccess; signal: AbortSignal },
  ): Promise<FastifyReply> {
    const { path, query } = couchAddressOf(request);
    const route = parseRoute(request.method, path);
    requireLocalAccess(request.method, route, bodyBytes(request).length);
    await examineBody(request, route);
    refuseLocalInBody(route, request);
    requireCounts(route, request);
    requireKnownFeed(route, query);
    if (route.kind === 'session') {
      const isJudgedHere = await this.#direct.judgesSession(request);
      return isJudgedHere
        ? this.#direct.answerSession(request, reply)
        : this.#passedOn.answerSession(route, request, reply, signal);
    }
    const caller = await this.#caller(credentialsOf(request));
    if (caller.identity !== undefined) setRenewedSession(request, reply, caller.identity);
    if (access.concerns(route)) await access.admit(route, request.method, await caller.user());
    if ('database' in route && route.database === usersDatabase) {
      const own = await this.#ownAccount(route, request, caller);
      if (own !== undefined) return sendCouchResponse(reply, own);
    }
    if (isAdministratorsLocal(route)) requireLocalOwner(request.method, await caller.user());
    if (route.kind === 'security' && request.method === 'PUT') await this.#requireRightsHolder(route, caller);
    const replicas = replicatedVisits(route, request, query);
    // CouchDB itself refuses anybody who may not write.
    if (replicas.length > 0 && (await caller.user()).name !== null)
      await refuseSecondRoots(this.#client, route, replicas);
    const search = query.size === 0 ? '' : `?${query.toString()}`;
    const isForEpoch = asksForEpoch(request.method, route);
    const response = await caller.send(`${pathOfRoute(route)}${search}`, {
      // For a HEAD nobody could tell which 404 it is.
      method: isForEpoch ? 'GET' : request.method,
      ...passedOn(route, request),
      redirect: 'manual',
      signal,
      waits: query.get('feed') === 'longpoll',
    });
    const { onVisits } = this.settings;
    if (onVisits !== undefined && response.ok && isVisitsBatch(route))
      void rowsBeside(response).then(onVisits);
    const epoch = isForEpoch
      ? await this.#epochs.answer(route.database, response.status, await bodyOf(response))
      : undefined;
    if (epoch !== undefined) return sendCouchResponse(reply, epoch);
    const told = needsPlainReasons(request, route) && response.ok ? await plainResponse(response) : response;
    return sendProxied(request, reply, told, route, { hasSession: caller.hasCouchSession });
  }

  async #caller(credentials: Credentials): Promise<ProxyCaller> {
    const judge = (await this.#direct.judges(credentials)) ? this.#direct : this.#passedOn;
    return judge.caller(credentials);
  }

  /**
   * CouchDB tells somebody who may not write `_security` that it failed: 500, no majority.
   * @throws {CouchFailure} 401 or 403
   */
  async #requireRightsHolder(route: Route & { database: string }, caller: ProxyCaller): Promise<void> {
    const { status, body } = await this.#client.request('GET', pathOfRoute(route));
    if (status === 200) requireDatabaseAdministrator(await caller.user(), { security: securityFrom(body) });
  }

  /**
   * A person's own account, read or given another password with the server's credentials: CouchDB 3 closes
   * `_users` to all but its administrators, who pass. The rules are the embedded endpoint's.
   * @returns undefined for an administrator's request
   * @throws {CouchFailure} 401, 403 or 404 for all else in `_users`
   */
  async #ownAccount(
    route: Route,
    request: FastifyRequest,
    caller: ProxyCaller,
  ): Promise<CouchResponse | undefined> {
    const user = await caller.user();
    requireUsersAccess(route, request.method, user);
    if (isServerAdministrator(user)) return undefined;
    const stored = await this.#client.request('GET', pathOfRoute(route));
    if (request.method !== 'PUT' || !isJsonObject(stored.body))
      return jsonResponse(stored.status, stored.body);
    const document = readDocument(jsonBody(request), () => userDocumentId(user.name ?? ''));
    const password = requireOwnPasswordChange(document, stored.body as IncomingDocument, user.name);
    const body = { ...stored.body, _rev: document._rev, ...(await this.#asStored(password, stored.body)) };
    const changed = await this.#client.request('PUT', pathOfRoute(route), body);
    await this.#direct.changed(user.name ?? '');
    return jsonResponse(changed.status, changed.body);
  }

  /** A desk's own password as its quick hash; any other as it is, for CouchDB to hash slowly. */
  async #asStored(password: string, { roles }: JsonObject): Promise<object> {
    return isDesksOwn(password, roles) ? hashPassword(password, deskIterations) : { password };
  }
}

const bodyOf = (response: Response): Promise<unknown> =>
  response
    .clone()
    .json()
    .catch(() => undefined);
