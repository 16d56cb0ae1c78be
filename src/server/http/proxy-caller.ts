import type { Identity } from '../accounts/identity';
import type { UserContext } from '../couch/exchange';

/** Whoever sends a request that goes on to a CouchDB. */
export interface ProxyCaller {
  /** Who they are: signed out, too. @throws {CouchFailure} for credentials that are wrong */
  user(): Promise<UserContext>;
  /**
   * Sends a request on with their rights, none but theirs.
   * @throws {CouchFailure} for credentials that are wrong, and 503
   */
  send(path: string, init: ProxyRequest): Promise<Response>;
  /** The next session, where theirs is past half its life; CouchDB's own answers tell otherwise. */
  identity?: Extract<Identity, { kind: 'user' }>;
  /** Whether a session in CouchDB's answer is for them. */
  hasCouchSession: boolean;
}

export interface ProxyRequest extends RequestInit {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** A long poll: its sender's rights may end meanwhile. */
  waits?: boolean;
}
