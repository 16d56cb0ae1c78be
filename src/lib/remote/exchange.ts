import type { RemoteFailure } from '$lib/sync/ports';

export interface ExchangeOptions {
  /** The device's clock, ms. */
  now: () => number;
  /** A request without progress for this long is given up, ms. */
  idleMs: number;
  /**
   * A request is given up after this long plus the time that its body may take, whatever its progress, ms.
   */
  longestMs?: number;
  signal?: AbortSignal;
}

/** None of our answers takes longer on a line that works at all; a stranger's may be endless, ms. */
const usualLongestMs = 600_000;
/** None of our answers is longer, bytes. */
const longestBody = 64 * 1024 * 1024;
/** The slowest line on which a body is expected to arrive, bytes per ms: fetch doesn't report progress. */
const slowestUpload = 2;

/** A complete answer, whoever sent it. Instants are the device's. */
export interface Answered {
  ok: true;
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
  sentAt: number;
  headersAt: number;
}

/**
 * One request and its complete answer, whatever its status and whoever sent it.
 * @returns `unreachable` for every kind of broken line, and for a wait that was given up
 */
export async function exchange(
  url: string,
  init: RequestInit,
  { now, idleMs, longestMs = usualLongestMs, signal }: ExchangeOptions,
): Promise<Answered | { ok: false; failure: RemoteFailure }> {
  // AbortSignal.any is newer than some of the tablets at the counters.
  const controller = new AbortController();
  const abort = () => controller.abort();
  const uploadMs = lengthOf(init.body) / slowestUpload;
  let idle = setTimeout(abort, idleMs + uploadMs);
  const waitAnew = () => {
    clearTimeout(idle);
    idle = setTimeout(abort, idleMs);
  };
  const end = setTimeout(abort, longestMs + uploadMs);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const sentAt = now();
  try {
    const response = await fetch(url, {
      ...init,
      cache: 'no-store',
      // Visits are not sent where a captive portal redirects.
      redirect: 'manual',
      signal: controller.signal,
    });
    const headersAt = now();
    waitAnew();
    const bytes = await readBody(response, waitAnew);
    const { status, headers } = response;
    return { ok: true, status, headers, bytes, sentAt, headersAt };
  } catch {
    // fetch rejects for every kind of broken line, and for the time-outs above. Anything still to come is not
    // wanted.
    abort();
    return { ok: false, failure: { kind: 'unreachable' } };
  } finally {
    clearTimeout(idle);
    clearTimeout(end);
    signal?.removeEventListener('abort', abort);
  }
}

/** Of what is sent: for a compressed body its compressed bytes. */
function lengthOf(body: RequestInit['body']): number {
  if (typeof body === 'string') return body.length;
  return body instanceof ArrayBuffer ? body.byteLength : 0;
}

/** All of a body; reports each piece that arrives. @throws if it never ends */
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
