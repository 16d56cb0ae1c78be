import * as v from 'valibot';
import { databaseGrants, type DatabaseGrants } from '$lib/documents/database-rights';
import { databaseKind } from '$lib/documents/databases';
import { caseId, personId } from '$lib/documents/people/person-document';
import type { LogAction } from '../audit/audit-log';
import { denied, isServerAdministrator } from '../couch/access';
import type { UserContext } from '../couch/exchange';
import { busy, forbidden } from '../couch/failure';
import type { Route } from '../couch/route';

/**
 * How long an entry about reading in bulk covers what the same account reads in the same way, ms. A backup
 * asks hundreds of times, also for the audit log itself: an entry for each would make the next one longer.
 */
export const coveredMs = 10 * 60_000;

const mostCovered = 1_000;

/** Addresses that read although a body is posted to them. */
const postedReads = ['all-docs', 'design-docs', 'bulk-get', 'changes', 'revs-diff', 'ensure-full-commit'];

type InDatabase = Extract<Route, { database: string }>;

/**
 * The databases about people are the server's own, but its administrator reads them through /couch: a backup
 * of a running server needs that. Who does is in the audit log before anything is answered.
 */
export class LoggedAccess {
  readonly #covered = new Map<string, number>();

  constructor(
    private readonly log: LogAction,
    /** A clock that nobody sets, ms. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether requests to an address are logged. */
  concerns(route: Route): route is InDatabase {
    return 'database' in route && grantsOf(route)?.isLogged === true;
  }

  /**
   * @throws {CouchFailure} 401 or 403 for everybody but the server's administrator; 403 for writing what only
   *   the server writes; 503 if it can't be logged
   */
  async admit(route: InDatabase, method: string, user: UserContext): Promise<void> {
    if (!isServerAdministrator(user)) throw denied(user, 'You are not allowed to access this db.');
    const writes = isWriting(route, method);
    const grants = grantsOf(route);
    if (writes && grants?.isReadOnly === true) throw forbidden(grants.refusal);
    const account = user.name ?? 'server';
    const bulk = writes || 'id' in route ? undefined : `${account}\0${route.database}\0${route.kind}`;
    if (bulk !== undefined && this.now() - (this.#covered.get(bulk) ?? -Infinity) < coveredMs) return;
    const at = this.now();
    await this.#logOrRefuse(route, account, writes ? 'database-written' : 'database-read');
    if (bulk === undefined) return;
    if (this.#covered.size >= mostCovered) this.#covered.clear();
    this.#covered.set(bulk, at);
  }

  async #logOrRefuse(route: InDatabase, account: string, action: string): Promise<void> {
    const id = 'id' in route ? route.id : undefined;
    try {
      await this.log({
        account,
        action,
        about: `${route.database} ${route.kind}`,
        ...(v.is(personId, id) && { people: [id] }),
        ...(v.is(caseId, id) && { case: id }),
      });
    } catch {
      throw busy('The audit log can not be written now, so nothing is answered. Try again a little later.');
    }
  }
}

function grantsOf({ database }: InDatabase): DatabaseGrants | undefined {
  const kind = databaseKind(database);
  return kind && databaseGrants[kind];
}

/** Checkpoints of a replication are no writing: whoever copies a database keeps one there. */
function isWriting({ kind }: InDatabase, method: string): boolean {
  if (kind === 'local' || method === 'GET' || method === 'HEAD') return false;
  return !(method === 'POST' && postedReads.includes(kind));
}
