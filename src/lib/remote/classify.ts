import * as v from 'valibot';
import { sentenceOf } from '$lib/domain/fleet/refusal-reason';
import type { RemoteFailure } from '$lib/sync/ports';

/** The one place that knows what an HTTP answer means (S11–S13). */

const couchError = v.object({ error: v.string(), reason: v.optional(v.nullable(v.string())) });

/** An answer as received, with its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export type Classified<T> = { ok: true; value: T } | { ok: false; failure: RemoteFailure };

/**
 * Classifies an answer: a 2xx whose body has the expected shape is ours, everything else a failure.
 * @param now device time, for a Retry-After that is a date in an answer without one
 */
export function classifyAnswer<S extends v.GenericSchema>(
  answer: Answer,
  schema: S,
  now: number,
): Classified<v.InferOutput<S>> {
  const body = parseJson(answer.text);
  if (answer.status < 200 || answer.status > 299) {
    return { ok: false, failure: failureOf(answer, body, now) };
  }
  // A captive portal or a proxy answers 200 with a page of its own; a cut line leaves half a JSON.
  const parsed = v.safeParse(schema, body);
  return parsed.success
    ? { ok: true, value: parsed.output }
    : { ok: false, failure: { kind: 'not-our-server' } };
}

/** What our server, or CouchDB, says about a failure of its own. */
export interface ServerWords {
  /** The error code, for programs. */
  error?: string;
  /** An English sentence. */
  reason: string;
  /** The id by which to find a fault of the server in its log. */
  requestId?: string;
}

/** The error body of a failure; undefined if it isn't our server's. */
export function serverWords({ status, headers, text }: Answer): ServerWords | undefined {
  const parsed = v.safeParse(couchError, parseJson(text));
  if (!parsed.success) return undefined;
  const { error, reason } = parsed.output;
  const requestId = status >= 500 ? headers.get('x-request-id') : null;
  return { error, reason: sentenceOf(reason ?? error), ...(requestId !== null && { requestId }) };
}

function failureOf({ status, headers }: Answer, body: unknown, now: number): RemoteFailure {
  // Whatever stands between the device and the server also answers with these, in HTML.
  if (status === 429 || status === 503) return busy(headers, now);
  if (status === 413) return { kind: 'too-large' };
  // A captive portal that says so itself (RFC 6585, 6).
  if (status === 511) return { kind: 'not-our-server' };
  if (status >= 500) return { kind: 'server-error', status };

  const parsed = v.safeParse(couchError, body);
  if (!parsed.success) return { kind: 'not-our-server' };
  const { error, reason } = parsed.output;
  switch (status) {
    case 401:
      return { kind: 'signed-out' };
    case 403:
      return { kind: 'forbidden' };
    case 404:
      // CouchDB says 'missing' or 'deleted' about a document, and this about a database.
      if (reason === 'Database does not exist.' || reason === 'no_db_file') return { kind: 'missing' };
      break;
  }
  return { kind: 'rejected', status, reason: reason ?? error };
}

function busy(headers: Headers, now: number): RemoteFailure {
  const retryAfterMs = readRetryAfter(headers, now);
  return retryAfterMs === undefined ? { kind: 'busy' } : { kind: 'busy', retryAfterMs };
}

/** Retry-After is seconds or a date (RFC 9110, 10.2.3); the date is by the server's clock. */
function readRetryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const serverNow = Date.parse(headers.get('date') ?? '');
  return Math.max(0, at - (Number.isNaN(serverNow) ? now : serverNow));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
