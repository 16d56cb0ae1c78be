import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bytesOf } from '../bytes';
import type { Credentials } from '../accounts/identity';
import type { CouchRequest, CouchResponse } from '../couch/exchange';
import { CouchFailure, invalidJson } from '../couch/failure';
import { parseJson } from '../couch/json';
import type { Route } from '../couch/route';
import { requireModestJson } from './json-shape';
import { sendPacked, sendPackedStream } from './pack-answer';

export const couchPrefix = '/couch';

/** Path and query below /couch, as on the wire. */
export function couchAddressOf(request: FastifyRequest): { path: string; query: URLSearchParams } {
  const [path = '', query = ''] = request.raw.url?.slice(couchPrefix.length).split(/\?(.*)/s) ?? [];
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
}

export function credentialsOf(request: FastifyRequest): Credentials {
  const { authorization, cookie } = request.headers;
  return { authorization, cookie, address: request.ip };
}

export function bodyBytes(request: FastifyRequest): Uint8Array<ArrayBuffer> {
  return Buffer.isBuffer(request.body) ? bytesOf(request.body) : new Uint8Array();
}

export function couchRequestFrom(request: FastifyRequest, signal: AbortSignal): CouchRequest {
  const { accept, 'content-type': contentType, 'if-match': ifMatch } = request.headers;
  return {
    id: request.id,
    method: request.method,
    ...couchAddressOf(request),
    headers: {
      ...(accept === undefined ? {} : { accept }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    },
    json: () => jsonBody(request),
    bytes: () => bodyBytes(request),
    signal,
  };
}

/** A shorter body is parsed at once. */
const shortBody = 64 * 1024;
const shallow = new WeakSet<FastifyRequest>();

/** Scans a long body that will be parsed as JSON, a piece at a time. @throws {CouchFailure} 400 or 413 */
export async function examineBody(request: FastifyRequest, route: Route): Promise<void> {
  const bytes = bodyBytes(request);
  if (route.kind === 'attachment' || bytes.length <= shortBody) return;
  await requireModestJson(bytes);
  shallow.add(request);
}

/** The body as JSON. A POST has to declare JSON, which a form of another site can't. */
export function jsonBody(request: FastifyRequest): unknown {
  const contentType = request.headers['content-type'] ?? '';
  if (request.method === 'POST' && !/^application\/json\b/i.test(contentType)) {
    throw new CouchFailure(415, 'bad_content_type', 'Content-Type must be application/json');
  }
  const bytes = bodyBytes(request);
  if (bytes.length === 0) throw invalidJson();
  return parseJson(bytes, shallow.has(request));
}

/** Headers of whatever comes out of a database: not cacheable, and never a page of this site. */
export function setCouchHeaders(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store');
  reply.header('vary', 'accept-encoding');
  reply.header('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
}

/** @param isPacked whether it may be sent as gzip */
export async function sendCouchResponse(
  reply: FastifyReply,
  response: CouchResponse,
  isPacked = false,
): Promise<FastifyReply> {
  setCouchHeaders(reply);
  reply.code(response.status).headers(response.headers ?? {});
  const { body } = response;
  reply.header('content-type', 'contentType' in body ? body.contentType : 'application/json');
  switch (body.kind) {
    case 'json': {
      const text = `${JSON.stringify(body.value)}\n`;
      return isPacked ? sendPacked(reply, text) : reply.send(text);
    }
    case 'text': {
      const text = `${body.text}\n`;
      return isPacked ? sendPacked(reply, text, body) : reply.send(text);
    }
    case 'bytes':
      return reply.header('content-disposition', 'attachment').send(Buffer.from(body.bytes));
    case 'multipart':
      return reply.send(Readable.from(body.chunks));
    case 'stream': {
      const stream = Readable.from(body.chunks);
      return isPacked ? sendPackedStream(reply, stream) : reply.send(stream);
    }
  }
}
