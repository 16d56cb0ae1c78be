import type * as v from 'valibot';
import type { RemoteFailure } from '$lib/sync/ports';
import { requestJson, type Received, type RequestOptions } from './request';

/** What is known about the way to the server, for as long as a syncer runs. */
export interface Packing {
  /** Something on the way doesn't accept gzip: an old server, or a proxy of the city's. */
  isRefused: boolean;
}

/** A shorter body fits into a packet or two uncompressed, characters. */
const worthPacking = 1_000;

/** `requestJson` with its body as gzip, if the browser can and nothing on the way refuses it. */
export async function requestPacked<S extends v.GenericSchema>(
  url: string,
  init: RequestInit,
  schema: S,
  options: RequestOptions,
  packing: Packing,
): Promise<Received<v.InferOutput<S>>> {
  const packed = packing.isRefused ? undefined : await packedInit(init);
  if (!packed) return requestJson(url, init, schema, options);
  const received = await requestJson(url, packed, schema, options);
  if (received.ok || !mayBePacking(received.failure)) return received;
  // S4: a refusal of the form alone must not look as if the server refused a visit.
  const plain = await requestJson(url, init, schema, options);
  if (plain.ok) packing.isRefused = true;
  return plain;
}

async function packedInit(init: RequestInit): Promise<RequestInit | undefined> {
  const { body } = init;
  if (typeof body !== 'string' || body.length < worthPacking) return undefined;
  if (typeof CompressionStream !== 'function') return undefined;
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  const headers = new Headers(init.headers);
  headers.set('content-encoding', 'gzip');
  // In one piece, so that its length is known and the server keeps no more room for it than it needs.
  return { ...init, headers, body: await new Response(stream).arrayBuffer() };
}

/**
 * A server that reads gzip as JSON says 400, one that knows better says 415, and a proxy has a page of its
 * own.
 */
function mayBePacking(failure: RemoteFailure): boolean {
  if (failure.kind === 'rejected') return failure.status === 400 || failure.status === 415;
  return failure.kind === 'not-our-server';
}
