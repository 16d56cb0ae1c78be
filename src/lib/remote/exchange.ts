import type { RemoteFailure } from '$lib/sync/ports';

export interface ExchangeOptions {
  /** The device's clock, ms. */
  now: () => number;
  /** A request that gets no further for so long is given up, ms. */
  idleMs: number;
  /** A request is given up after so long, and what its body may take, however it goes on, ms. */
  longestMs?: number;
  signal?: AbortSignal;
}

/** Nothing of ours takes longer on a line that works at all; a stranger's answer may have no end, ms. */
const usualLongestMs = 600_000;
/** Nothing of ours is longer, bytes. */
const longestBody = 64 * 1024 * 1024;
/** The slowest line on which a body is expected to arrive, bytes a ms: fetch doesn't tell how far it is. */
const slowestUpload = 2;

/** An answer with all of its body, whoever it is of. Instants are the device's. */
export interface Answered {
  ok: true;
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
  sentAt: number;
  headersAt: number;
}

/**
 * One request and all of its answer, of whatever status and whoever's.
 * @returns `unreachable` for every kind of broken line, and for a wait that was given up
 */
export async function exchange(
  url: string,
  init: RequestInit,
  { now, idleMs, longestMs = usualLongestMs, signal }: ExchangeOptions,
): Promise<Answered | { ok: false; failure: RemoteFailure }> {
  // AbortSignal.any is younger than some of the tablets at the counters.
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

/** Of what goes out: of a packed body its packed bytes. */
function lengthOf(body: RequestInit['body']): number {
  if (typeof body === 'string') return body.length;
  return body instanceof ArrayBuffer ? body.byteLength : 0;
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
