import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bytesOf } from '../bytes';
import type { Credentials } from '../accounts/identity';
import type { CouchRequest, CouchResponse } from '../couch/exchange';
import { CouchFailure, invalidJson } from '../couch/failure';
import { parseJson } from '../couch/json';

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

/** The body as JSON. A POST has to say that it is JSON, which a form of another site can't. */
export function jsonBody(request: FastifyRequest): unknown {
  const contentType = request.headers['content-type'] ?? '';
  if (request.method === 'POST' && !/^application\/json\b/i.test(contentType)) {
    throw new CouchFailure(415, 'bad_content_type', 'Content-Type must be application/json');
  }
  const bytes = bodyBytes(request);
  if (bytes.length === 0) throw invalidJson();
  return parseJson(bytes);
}

/** Headers of whatever comes out of a database: not for any cache, and no page of this site. */
export function setCouchHeaders(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store');
  reply.header('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
}

export function sendCouchResponse(reply: FastifyReply, response: CouchResponse): FastifyReply {
  setCouchHeaders(reply);
  reply.code(response.status).headers(response.headers ?? {});
  const { body } = response;
  switch (body.kind) {
    case 'json':
      return reply.header('content-type', 'application/json').send(`${JSON.stringify(body.value)}\n`);
    case 'text':
      return reply.header('content-type', 'application/json').send(`${body.text}\n`);
    case 'bytes':
      return reply
        .header('content-type', body.contentType)
        .header('content-disposition', 'attachment')
        .send(Buffer.from(body.bytes));
    case 'stream':
      return reply.header('content-type', 'application/json').send(Readable.from(body.chunks));
  }
}
