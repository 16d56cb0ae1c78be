import * as v from 'valibot';
import type { ClockMark, Contact } from '$lib/domain/time/clock';
import type { Credentials, Outcome, RemoteFailure } from '$lib/sync/ports';
import { classifyAnswer } from './classify';
import { exchange, type ExchangeOptions } from './exchange';

export interface RequestOptions extends ExchangeOptions {
  /** Called with what an answer that is certainly the server's own says about its clock (R13). */
  onContact?: (contact: Contact) => void;
  /** The offset of the device's clock. */
  clockMark?: (deviceNow: number) => ClockMark;
}

export type Received<T> =
  | {
      ok: true;
      value: T;
      text: string;
      /** What the answer said about the server's clock, however slow it was. */
      contact?: Contact;
    }
  | { ok: false; failure: RemoteFailure };

/** The device has its own account: the cookie of somebody else signed in here is never sent along. */
const asDevice = { credentials: 'omit' } as const;

/** A slower answer says too little about the clock, ms. */
const longestClockReading = 10_000;
/** Longer than anybody waits for an answer, ms. */
const longestAnswer = 60_000;

/** One request and its answer as a value; it never throws because of network, status or body. */
export async function requestJson<S extends v.GenericSchema>(
  url: string,
  init: RequestInit,
  schema: S,
  options: RequestOptions,
): Promise<Received<v.InferOutput<S>>> {
  const { now, onContact, clockMark } = options;
  const answer = await exchange(url, { ...init, ...asDevice }, options);
  if (!answer.ok) return answer;
  const { status, headers, sentAt, headersAt } = answer;
  const text = new TextDecoder().decode(answer.bytes);
  const classified = classifyAnswer({ status, headers, text }, schema, now());
  if (!classified.ok) return classified;
  const mark = clockMark?.(now());
  const reading = clockReading(headers.get('date'), sentAt, headersAt);
  const contact = reading && { ...reading, ...(mark && { mark }) };
  if (contact && headersAt - sentAt <= longestClockReading) onContact?.(contact);
  return { ...classified, text, ...(contact && { contact }) };
}

/** The same for an answer in bytes: the caller has to check whether they are our server's. */
export async function requestBytes(
  url: string,
  init: RequestInit,
  options: RequestOptions,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const answer = await exchange(url, { ...init, ...asDevice }, options);
  if (!answer.ok) return answer;
  const { status, headers, bytes } = answer;
  if (status >= 200 && status <= 299) return { ok: true, value: bytes };
  const text = new TextDecoder().decode(bytes);
  return classifyAnswer({ status, headers, text }, v.never(), options.now());
}

/** R13: the server's clock against the device's at the middle of the request. */
function clockReading(date: string | null, sentAt: number, headersAt: number): Contact | undefined {
  const truncated = Date.parse(date ?? '');
  // No answer comes before its request, nor does any request of ours wait this long: the clock was set
  // meanwhile.
  const isSet = headersAt < sentAt || headersAt - sentAt > longestAnswer;
  if (Number.isNaN(truncated) || isSet) return undefined;
  // The header has whole seconds: on average half of one is cut off.
  const serverNow = truncated + 500;
  return { skewMs: Math.round(serverNow - (sentAt + headersAt) / 2), serverNow };
}

export function basicAuthorization({ name, password }: Credentials): string {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
