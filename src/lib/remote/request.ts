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
  timeoutMs: number;
  signal?: AbortSignal;
  onContact?: (contact: Contact) => void;
}

export type Received<T> = { ok: true; value: T; text: string } | { ok: false; failure: RemoteFailure };

/** A slower answer says too little about the clock, ms. */
const longestClockReading = 10_000;

/** One request and its answer as a value; it throws for no network, status or body. */
export async function requestJson<S extends v.GenericSchema>(
  url: string,
  init: RequestInit,
  schema: S,
  options: RequestOptions,
): Promise<Received<v.InferOutput<S>>> {
  const { now, onContact } = options;
  return exchange(url, init, options, async (response, sentAt) => {
    const headersAt = now();
    const text = await response.text();
    const { status, headers } = response;
    const classified = classifyAnswer({ status, headers, text }, schema, now());
    if (!classified.ok) return classified;
    const contact = clockReading(headers.get('date'), sentAt, headersAt);
    if (contact) onContact?.(contact);
    return { ...classified, text };
  });
}

/** The same for an answer that is bytes: whether they are our server's, the caller has to see. */
export async function requestBytes(
  url: string,
  init: RequestInit,
  options: RequestOptions,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  return exchange(url, init, options, async (response) => {
    if (response.ok) return { ok: true, value: new Uint8Array(await response.arrayBuffer()) };
    const { status, headers } = response;
    return classifyAnswer({ status, headers, text: await response.text() }, v.never(), options.now());
  });
}

async function exchange<T>(
  url: string,
  init: RequestInit,
  { now, timeoutMs, signal }: RequestOptions,
  read: (response: Response, sentAt: number) => Promise<T>,
): Promise<T | { ok: false; failure: RemoteFailure }> {
  // AbortSignal.any is younger than some of the tablets at the counters.
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
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
    return await read(response, sentAt);
  } catch {
    // fetch rejects for every kind of broken line, and for the time-out above.
    return { ok: false, failure: { kind: 'unreachable' } };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
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
