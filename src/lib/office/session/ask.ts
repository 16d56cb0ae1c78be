import type * as v from 'valibot';
import { classifyAnswer, serverWords, type Answer, type ServerWords } from '$lib/remote/classify';
import { exchange } from '$lib/remote/exchange';
import type { RemoteFailure } from '$lib/sync/ports';

export type OfficeFailure =
  /** No answer, or not our server's. */
  | { kind: 'unreachable' }
  /** 401: not signed in, or wrong name or password. */
  | { kind: 'signed-out' }
  /** 403: signed in, but without the right. */
  | { kind: 'forbidden' }
  | { kind: 'busy'; seconds: number }
  /** Anything else, in the server's own words. */
  | ({ kind: 'failed' } & ServerWords);

export type OfficeOutcome<T> = { ok: true; value: T } | { ok: false; failure: OfficeFailure };

/**
 * One request as the signed-in person (session cookie); every outcome is a value.
 * @param idleMs gives up if nothing arrives for this long; longer for what keeps the server busy
 */
export type Ask = <T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  schema: v.GenericSchema<unknown, T>,
  body?: unknown,
  idleMs?: number,
) => Promise<OfficeOutcome<T>>;

const usualIdleMs = 15_000;
/** How long to wait when a busy server doesn't say, seconds. */
const usualPause = 60;

/** For the session alone: an area calls `OfficeSession.ask`, which notices that a sign-in has ended. */
export const askServer: Ask = async (method, path, schema, body, idleMs = usualIdleMs) => {
  const init = {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const answered = await exchange(path, init, { now: Date.now, idleMs });
  if (!answered.ok) return { ok: false, failure: { kind: 'unreachable' } };
  const { status, headers, bytes } = answered;
  const answer = { status, headers, text: new TextDecoder().decode(bytes) };
  const classified = classifyAnswer(answer, schema, Date.now());
  return classified.ok ? classified : { ok: false, failure: officeFailure(classified.failure, answer) };
};

function officeFailure(failure: RemoteFailure, answer: Answer): OfficeFailure {
  const words = serverWords(answer);
  // Something between us and the server may answer with any status, but not in our server's words.
  if (!words) return { kind: 'unreachable' };
  switch (failure.kind) {
    case 'unreachable':
    case 'not-our-server':
      return { kind: 'unreachable' };
    case 'signed-out':
    case 'forbidden':
      return { kind: failure.kind };
    case 'busy':
      return { kind: 'busy', seconds: Math.ceil((failure.retryAfterMs ?? 0) / 1_000) || usualPause };
    case 'too-large':
    case 'missing':
    case 'server-error':
    case 'rejected':
      return { kind: 'failed', ...words };
  }
}
