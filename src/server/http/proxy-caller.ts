import type { Identity } from '../accounts/identity';
import type { UserContext } from '../couch/exchange';

/** The sender of a request that goes on to a CouchDB. */
export interface ProxyCaller {
  /** Who they are, including nobody. @throws {CouchFailure} for wrong credentials */
  user(): Promise<UserContext>;
  /**
   * Sends a request on with their rights, and only theirs.
   * @throws {CouchFailure} for wrong credentials, and 503
   */
  send(path: string, init: ProxyRequest): Promise<Response>;
  /** The next session, if theirs is past half its life, unless CouchDB's own answers say otherwise. */
  identity?: Extract<Identity, { kind: 'user' }>;
  /** Whether a session in CouchDB's answer is for them. */
  hasCouchSession: boolean;
}

export interface ProxyRequest extends RequestInit {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** For a long poll: its sender's rights may end meanwhile. */
  waits?: boolean;
}
