import * as v from 'valibot';
import type { ClockMark, Contact } from '$lib/domain/time/clock';
import type { Credentials, Outcome, RemoteFailure } from '$lib/sync/ports';
import { classifyAnswer } from './classify';
import { exchange, type ExchangeOptions } from './exchange';

export interface RequestOptions extends ExchangeOptions {
  /** Told what was learned of the server's clock from an answer that is certainly its own (R13). */
  onContact?: (contact: Contact) => void;
  /** Where the device's clock stands. */
  clockMark?: (deviceNow: number) => ClockMark;
}

export type Received<T> =
  | {
      ok: true;
      value: T;
      text: string;
      /** What the answer told of the server's clock, however slow it was. */
      contact?: Contact;
    }
  | { ok: false; failure: RemoteFailure };

/** The device has its own account: a cookie of somebody signed in beside it is never mixed in. */
const asDevice = { credentials: 'omit' } as const;

/** A slower answer says too little about the clock, ms. */
const longestClockReading = 10_000;
/** Longer than an answer is waited for, ms. */
const longestAnswer = 60_000;

/** One request and its answer as a value; it throws for no network, status or body. */
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

/** The same for an answer that is bytes: whether they are our server's, the caller has to see. */
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
  // No answer is there before its question, nor does anything of ours wait so long: the clock was set meanwhile.
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
