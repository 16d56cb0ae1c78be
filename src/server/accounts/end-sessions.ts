import type { CouchClient } from '../couch/client';
import type { JsonObject } from '../couch/json';
import { changeAccount } from './change-account';
import { sessionLimitsFrom, withAllEnded, withEnded, type SessionLimits } from './session-limits';

/** Ends some of an account's sessions, at every server. @param now ms */
export const endSessions = (client: CouchClient, name: string, ids: readonly string[], now: number) =>
  limitSessions(client, name, (limits) => withEnded(limits, ids, Math.floor(now / 1000)));

/** Ends all of them, except perhaps one. @param now ms */
export const endAllSessions = (client: CouchClient, name: string, now: number, except?: string) =>
  limitSessions(client, name, (limits) => withAllEnded(limits, Math.floor(now / 1000), except));

/** @throws {UnexpectedCouchReply} */
async function limitSessions(
  client: CouchClient,
  name: string,
  limit: (limits: SessionLimits) => SessionLimits,
): Promise<'done' | 'conflict' | 'no-account'> {
  return changeAccount(client, name, (stored): JsonObject | 'no-account' =>
    stored === undefined
      ? 'no-account'
      : { ...stored, sessions: limit(sessionLimitsFrom(stored['sessions'])) },
  );
}
