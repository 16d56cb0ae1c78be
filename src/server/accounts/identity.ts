import type { UserContext } from '../couch/exchange';
import { CouchFailure, badRequest, busy, unauthorized } from '../couch/failure';

/** What a request shows to authenticate itself. */
export interface Credentials {
  authorization: string | undefined;
  cookie: string | undefined;
  /** The client's address, for the count of failed sign-ins. */
  address: string;
}

/** A person's session in a browser. */
export interface BrowserSession {
  id: string;
  /** When it is over unless it is used before, ms. */
  until: number;
}

/** Who makes a request, or why that can't be said. */
export type Identity =
  | {
      kind: 'user';
      user: UserContext;
      /** If there is one that has an id. */
      session?: BrowserSession;
      /** The session is past half its life, and this is the next one; `maxAge` in seconds. */
      renewed?: { token: string; maxAge: number };
    }
  | { kind: 'signed-out' }
  | { kind: 'wrong-credentials' }
  | { kind: 'malformed'; reason: string }
  | { kind: 'too-many-attempts'; waitSeconds: number }
  /** Too many passwords are waiting to be checked. */
  | { kind: 'busy' };

/** The answer, in CouchDB's form, to a request whose sender can't be identified. */
export function failureOf(identity: Exclude<Identity, { kind: 'user' | 'signed-out' }>): CouchFailure {
  switch (identity.kind) {
    case 'wrong-credentials':
      return unauthorized('Name or password is incorrect.');
    case 'malformed':
      return badRequest(identity.reason);
    case 'too-many-attempts':
      return tooManyAttempts(identity.waitSeconds);
    case 'busy':
      return busy();
  }
}

export const tooManyAttempts = (waitSeconds: number) =>
  new CouchFailure(429, 'too_many_requests', 'Too many failed attempts. Wait before the next one.', {
    'retry-after': String(waitSeconds),
  });
