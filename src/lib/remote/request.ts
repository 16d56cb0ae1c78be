import * as v from 'valibot';
import type { Outcome, RemoteFailure } from '$lib/sync/ports';
import { classifyAnswer } from './classify';

export interface Account {
  name: string;
  password: string;
}

/** What was learned of the server's clock from an answer that is certainly its own (R13). */
export interface Contact {
  /** Server time minus device time, ms. */
  skewMs: number;
  /** The server's time. */
  serverNow: number;
}

export interface RequestOptions {
  now: () => number;
  /** A request that gets no further for so long is given up, ms. */
  idleMs: number;
  /** A request is given up after so long, however it goes on, ms. */
  longestMs?: number;
  signal?: AbortSignal;
  onContact?: (contact: Contact) => void;
}

export type Received<T> = { ok: true; value: T; text: string } | { ok: false; failure: RemoteFailure };

/** A slower answer says too little about the clock, ms. */
const longestClockReading = 10_000;
/** Nothing of ours takes longer on a line that works at all; a stranger's answer may have no end, ms. */
const usualLongestMs = 600_000;
/** Nothing of ours is longer, bytes. */
const longestBody = 64 * 1024 * 1024;
/** The slowest line on which a body is expected to arrive, bytes a ms: fetch doesn't tell how far it is. */
const slowestUpload = 2;

/** One request and its answer as a value; it throws for no network, status or body. */
export async function requestJson<S extends v.GenericSchema>(
  url: string,
  init: RequestInit,
  schema: S,
  options: RequestOptions,
): Promise<Received<v.InferOutput<S>>> {
  const { now, onContact } = options;
  const answer = await exchange(url, init, options);
  if (!answer.ok) return answer;
  const { status, headers, sentAt, headersAt } = answer;
  const text = new TextDecoder().decode(answer.bytes);
  const classified = classifyAnswer({ status, headers, text }, schema, now());
  if (!classified.ok) return classified;
  const contact = clockReading(headers.get('date'), sentAt, headersAt);
  if (contact) onContact?.(contact);
  return { ...classified, text };
}

/** The same for an answer that is bytes: whether they are our server's, the caller has to see. */
export async function requestBytes(
  url: string,
  init: RequestInit,
  options: RequestOptions,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const answer = await exchange(url, init, options);
  if (!answer.ok) return answer;
  const { status, headers, bytes } = answer;
  if (status >= 200 && status <= 299) return { ok: true, value: bytes };
  const text = new TextDecoder().decode(bytes);
  return classifyAnswer({ status, headers, text }, v.never(), options.now());
}

/** An answer with all of its body, whoever it is of. Instants are the device's. */
interface Answered {
  ok: true;
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
  sentAt: number;
  headersAt: number;
}

async function exchange(
  url: string,
  init: RequestInit,
  { now, idleMs, longestMs = usualLongestMs, signal }: RequestOptions,
): Promise<Answered | { ok: false; failure: RemoteFailure }> {
  // AbortSignal.any is younger than some of the tablets at the counters.
  const controller = new AbortController();
  const abort = () => controller.abort();
  const uploadMs = typeof init.body === 'string' ? init.body.length / slowestUpload : 0;
  let idle = setTimeout(abort, idleMs + uploadMs);
  const waitAnew = () => {
    clearTimeout(idle);
    idle = setTimeout(abort, idleMs);
  };
  const end = setTimeout(abort, longestMs);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const sentAt = now();
  try {
    const response = await fetch(url, {
      ...init,
      // The device has its own account: a cookie of somebody signed in beside it is never mixed in.
      credentials: 'omit',
      cache: 'no-store',
      // Visits are not carried to where a captive portal points.
      redirect: 'manual',
      signal: controller.signal,
    });
    const headersAt = now();
    waitAnew();
    const bytes = await readBody(response, waitAnew);
    const { status, headers } = response;
    return { ok: true, status, headers, bytes, sentAt, headersAt };
  } catch {
    // fetch rejects for every kind of broken line, and for the time-outs above. What may still be coming is not wanted.
    abort();
    return { ok: false, failure: { kind: 'unreachable' } };
  } finally {
    clearTimeout(idle);
    clearTimeout(end);
    signal?.removeEventListener('abort', abort);
  }
}

/** All of a body; tells of each piece that arrives. @throws when it goes on and on */
async function readBody({ body }: Response, onPiece: () => void): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    onPiece();
    pieces.push(piece.value);
    length += piece.value.length;
    if (length > longestBody) throw new RangeError('The answer is longer than any of ours.');
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** R13: the server's clock against the device's at the middle of the request. */
function clockReading(date: string | null, sentAt: number, headersAt: number): Contact | undefined {
  const truncated = Date.parse(date ?? '');
  if (Number.isNaN(truncated) || headersAt - sentAt > longestClockReading) return undefined;
  // The header has whole seconds: on average half of one is cut off.
  const serverNow = truncated + 500;
  return { skewMs: Math.round(serverNow - (sentAt + headersAt) / 2), serverNow };
}

export function basicAuthorization({ name, password }: Account): string {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
