import {
  requireDatabaseAdministrator,
  requireMember,
  requireServerAdministrator,
  securityFrom,
} from './access';
import { allDocs } from './all-docs';
import { deleteAttachment, getAttachment, putAttachment } from './attachments';
import { bulkDocs, bulkGet, revsDiff } from './bulk-routes';
import { changes } from './changes';
import type { Asker } from './changes-waiting';
import type { Database } from './database';
import type { DatabaseStore } from './database-store';
import { designDocs } from './design-docs';
import { deleteDocument, getDocument, postDocument, putDocument } from './document-routes';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import type { OnFault } from '../server-log';
import { failureFromPouch, methodNotAllowed, notFound } from './failure';
import { isAdministratorsLocal, requireLocalOwner } from './local-access';
import { deleteLocal, getLocal, putLocal } from './local-documents';
import { parseRoute, usersDatabase, type Route } from './route';
import { sequenceText, startTimeOf } from './sequence';
import { requireUsersAccess } from './users-access';
import { uuids } from './uuids';

/**
 * What the embedded endpoint says about itself; the version is that of the CouchDB whose protocol it speaks.
 */
const welcome = {
  couchdb: 'Welcome',
  version: '3.5.0',
  features: [],
  vendor: { name: 'Tiski, embedded' },
};

/** CouchDB's API over our own store. Never rejects: every failure is an answer. */
export class Endpoint {
  /** @param onFault called with faults of ours that were answered with 500 */
  constructor(
    private readonly store: DatabaseStore,
    private readonly onFault: OnFault,
  ) {}

  /**
   * @param user who makes the request
   * @param asker looks that up again later, for waiting requests; `user` if absent
   */
  async handle(
    request: CouchRequest,
    user: UserContext,
    asker: Asker = { user: () => Promise.resolve(user), onChange: () => () => undefined },
  ): Promise<CouchResponse> {
    try {
      const route = parseRoute(request.method, request.path);
      return await this.#answer(route, request, user, asker);
    } catch (error) {
      const failure = failureFromPouch(error);
      if (failure !== undefined) return jsonResponse(failure.status, failure.body, failure.headers);
      this.onFault(error, request.id);
      return jsonResponse(500, { error: 'unknown_error', reason: 'The server failed. Try again.' });
    }
  }

  async #answer(
    route: Route,
    request: CouchRequest,
    user: UserContext,
    asker: Asker,
  ): Promise<CouchResponse> {
    switch (route.kind) {
      case 'welcome':
        return jsonResponse(200, welcome);
      case 'up':
        return jsonResponse(200, { status: 'ok', seeds: {} });
      case 'session':
        if (request.method === 'GET' || request.method === 'HEAD') return sessionAnswer(user);
        throw methodNotAllowed(['GET', 'HEAD']);
      case 'uuids':
        return uuids(request);
      case 'all-databases':
        requireServerAdministrator(user);
        return jsonResponse(200, this.store.names());
      case 'database':
        return this.#database(route.database, request, user);
      default: {
        const database = await this.store.get(route.database);
        this.#requireAccess(route, request.method, user, database);
        return this.#inDatabase(database, route, request, user, asker);
      }
    }
  }

  #requireAccess(route: Route, method: string, user: UserContext, database: Database): void {
    if (database.name === usersDatabase) requireUsersAccess(route, method, user);
    else requireMember(user, database);
  }

  async #database(name: string, request: CouchRequest, user: UserContext): Promise<CouchResponse> {
    switch (request.method) {
      case 'PUT':
        requireServerAdministrator(user);
        await this.store.create(name);
        return jsonResponse(201, { ok: true });
      case 'DELETE':
        requireServerAdministrator(user);
        await this.store.destroy(name);
        return jsonResponse(200, { ok: true });
    }
    const database = await this.store.get(name);
    this.#requireAccess({ kind: 'database', database: name }, request.method, user, database);
    if (request.method === 'POST') return postDocument(database, request, user);
    const { doc_count, update_seq } = await database.pouch.info();
    return jsonResponse(200, {
      db_name: name,
      doc_count,
      // The store doesn't count deletions; couchrestore asks whether there has ever been anything.
      ...(Number(update_seq) === 0 && { doc_del_count: 0 }),
      update_seq: sequenceText(Number(update_seq), database),
      instance_start_time: startTimeOf(database),
      purge_seq: 0,
      compact_running: false,
      disk_format_version: 8,
    });
  }

  async #inDatabase(
    database: Database,
    route: Exclude<Route, { kind: 'welcome' | 'up' | 'session' | 'uuids' | 'all-databases' | 'database' }>,
    request: CouchRequest,
    user: UserContext,
    asker: Asker,
  ): Promise<CouchResponse> {
    switch (route.kind) {
      case 'all-docs':
        return allDocs(database, request);
      case 'design-docs':
        return designDocs(database, request);
      case 'bulk-docs':
        return bulkDocs(database, request, user);
      case 'bulk-get':
        return bulkGet(database, request);
      case 'changes':
        return changes(database, request, asker);
      case 'revs-diff':
        return revsDiff(database, request);
      case 'ensure-full-commit':
        return jsonResponse(201, { ok: true, instance_start_time: startTimeOf(database) });
      case 'security':
        if (request.method !== 'PUT') return jsonResponse(200, database.security);
        requireDatabaseAdministrator(user, database);
        await this.store.setSecurity(database, securityFrom(request.json()));
        return jsonResponse(200, { ok: true });
      case 'local':
        if (isAdministratorsLocal(route)) requireLocalOwner(request.method, user);
        if (request.method === 'PUT') return putLocal(database, route.id, request);
        return request.method === 'DELETE' ? deleteLocal(database, route.id) : getLocal(database, route.id);
      case 'document':
        if (request.method === 'PUT') return putDocument(database, route.id, request, user);
        if (request.method === 'DELETE') return deleteDocument(database, route.id, request, user);
        return getDocument(database, route.id, request);
      case 'attachment':
        if (request.method === 'PUT') return putAttachment(database, route, request, user);
        if (request.method === 'DELETE') return deleteAttachment(database, route, request, user);
        return getAttachment(database, route, request);
      default:
        throw notFound();
    }
  }
}

/** GET _session: who makes the request. */
export function sessionAnswer(user: UserContext): CouchResponse {
  const authenticated = user.authenticated === undefined ? {} : { authenticated: user.authenticated };
  return jsonResponse(200, {
    ok: true,
    userCtx: { name: user.name, roles: user.roles },
    info: { authentication_handlers: ['cookie', 'default'], ...authenticated },
  });
}
