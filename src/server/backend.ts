import type { FastifyInstance } from 'fastify';
import type { Credentials, Identity } from './accounts/identity';
import type { LogAction } from './audit/audit-log';
import type { CouchClient } from './couch/client';

/** Where the data is: the embedded store, or a CouchDB behind a proxy. The app works with both. */
export interface Backend {
  readonly store: 'embedded' | 'couchdb';
  /** Acts as the server's administrator. */
  readonly client: CouchClient;
  /** Who makes a request. */
  identify(credentials: Credentials): Promise<Identity>;
  /**
   * An account that was just changed with `client`: takes effect here at once, and at other servers when they
   * hear of it.
   */
  accountChanged(name: string): Promise<void>;
  /**
   * Adds the routes below /couch/.
   * @param log who asks there for something about people
   */
  addCouchRoutes(app: FastifyInstance, log: LogAction): void;
  close(): Promise<void>;
}

/** Bytes of the largest request body below /couch/. */
export const standardBodyLimit = 8 * 1024 * 1024;
