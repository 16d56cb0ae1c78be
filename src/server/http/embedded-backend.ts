import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '../accounts/authenticator';
import { DatabaseAccounts } from '../accounts/database-accounts';
import { quickenDeskHash } from '../accounts/desk-hash';
import { DeviceCookies } from '../accounts/device-cookie';
import { endSessions } from '../accounts/end-sessions';
import { EndedSessions } from '../accounts/ended-sessions';
import { failureOf } from '../accounts/identity';
import { cookieSecret } from '../accounts/secret';
import { usersRule } from '../accounts/users-rule';
import type { LogAction } from '../audit/audit-log';
import type { Backend } from '../backend';
import { DatabaseStore } from '../couch/database-store';
import { embeddedClient } from '../couch/embedded-client';
import { Endpoint } from '../couch/endpoint';
import { signedOut, type UserContext } from '../couch/exchange';
import { requireLocalAccess } from '../couch/local-access';
import { parseRoute, usersDatabase } from '../couch/route';
import { asksForEpoch, ToldEpochs } from '../epochs/told-epochs';
import type { OnFault } from '../server-log';
import { bodyBytes, couchRequestFrom, credentialsOf, examineBody, sendCouchResponse } from './couch-request';
import { addCouchRoute } from './couch-routes';
import { LoggedAccess } from './logged-access';
import { OpenRequests } from './open-requests';
import { mayBePacked } from './pack-answer';
import { needsPlainReasons, plainRows } from './plain-reasons';
import { answerSignIn, answerSignOut } from './session-answers';
import { setRenewedSession } from './session-header';
import { isVisitsBatch } from './visits-batch';

export interface EmbeddedSettings {
  /** The data folder. */
  folder: string;
  bodyLimit: number;
  sessionSeconds: number;
  /** Of password hashes. */
  iterations: number;
  /** The clock, ms. */
  now: () => number;
  onFault: OnFault;
  /** Called with the answer to a batch of log documents. */
  onVisits?: (rows: unknown) => void;
}

/** Opens the store of a data folder and speaks CouchDB's protocol over it. */
export async function openEmbeddedBackend(settings: EmbeddedSettings): Promise<Backend> {
  const { folder, iterations, onFault } = settings;
  const store = await DatabaseStore.open(folder, { [usersDatabase]: usersRule(iterations) });
  if (!store.names().includes(usersDatabase)) await store.create(usersDatabase);
  const secret = await cookieSecret(folder);
  const endpoint = new Endpoint(store, onFault);
  const client = embeddedClient(endpoint);
  const signing = { secret, seconds: settings.sessionSeconds, algorithms: ['sha256'] };
  const authenticator = new Authenticator(new DatabaseAccounts(await store.get(usersDatabase)), {
    ...settings,
    signing: () => signing,
    ended: await EndedSessions.open(folder, settings.now),
    onEnd: async (name, id) => void (await endSessions(client, name, [id], settings.now())),
    devices: new DeviceCookies(secret, settings.now),
    // The role makes it the endpoint's server administrator.
    rolesOf: ({ roles }) => (roles.includes('administrator') ? [...roles, '_admin'] : roles),
    // If it fails, the next check is slow again. One that outlives the server finds the store closed.
    onSlowDesk: (account, password) => void quickenDeskHash(client, account, password).catch(() => undefined),
  });
  const open = new OpenRequests();
  return {
    store: 'embedded',
    client,
    identify: (credentials) => authenticator.identify(credentials),
    // Its store says so itself.
    accountChanged: () => Promise.resolve(),
    addCouchRoutes: (app: FastifyInstance, log: LogAction) => {
      const front = new EmbeddedFront(endpoint, new ToldEpochs(client), authenticator, settings, {
        open,
        access: new LoggedAccess(log),
      });
      addCouchRoute(app, settings, {
        identify: (request) => authenticator.identify(credentialsOf(request)),
        answer: (request, reply) => front.answer(request, reply),
      });
      app.addHook('preClose', (done) => {
        open.stop();
        done();
      });
    },
    close: () => store.close(),
  };
}

/** What HTTP adds to the endpoint: authentication, sessions, and cookies that renew themselves. */
class EmbeddedFront {
  constructor(
    private readonly endpoint: Endpoint,
    private readonly epochs: ToldEpochs,
    private readonly authenticator: Authenticator,
    private readonly settings: EmbeddedSettings,
    private readonly requests: { open: OpenRequests; access: LoggedAccess },
  ) {}

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const couchRequest = couchRequestFrom(request, this.requests.open.leaveSignal(reply));
    const route = parseRoute(couchRequest.method, couchRequest.path);
    requireLocalAccess(couchRequest.method, route, bodyBytes(request).length);
    await examineBody(request, route);
    if (route.kind === 'session' && request.method === 'POST') {
      return answerSignIn(this.authenticator, request, reply);
    }
    if (route.kind === 'session' && request.method === 'DELETE') {
      return answerSignOut(this.authenticator, request, reply);
    }
    const user = await this.#user(request, reply);
    const { access } = this.requests;
    if (access.concerns(route)) await access.admit(route, request.method, user);
    const asker = {
      user: () => this.#user(request),
      onChange: (listener: () => void) => this.authenticator.onChange(listener),
    };
    const response = await this.endpoint.handle(couchRequest, user, asker);
    const { body, status } = response;
    if (asksForEpoch(request.method, route)) {
      const stored = body.kind === 'json' ? body.value : undefined;
      const epoch = await this.epochs.answer(route.database, status, stored);
      if (epoch !== undefined) return sendCouchResponse(reply, epoch);
    }
    if (status === 201 && body.kind === 'json' && isVisitsBatch(route)) this.settings.onVisits?.(body.value);
    const told =
      body.kind === 'json' && needsPlainReasons(request, route)
        ? { ...response, body: { ...body, value: plainRows(body.value) } }
        : response;
    return sendCouchResponse(reply, told, mayBePacked(request, route));
  }

  /** @throws {CouchFailure} for wrong credentials */
  async #user(request: FastifyRequest, reply?: FastifyReply): Promise<UserContext> {
    const identity = await this.authenticator.identify(credentialsOf(request));
    switch (identity.kind) {
      case 'user':
        if (reply !== undefined) setRenewedSession(request, reply, identity);
        return identity.user;
      case 'signed-out':
        return signedOut;
      default:
        throw failureOf(identity);
    }
  }
}
