import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiFailure } from '../api-failure';
import { bytesOf } from '../bytes';
import { isJsonObject, parseJson, type JsonObject } from '../couch/json';

const bodyLimit = 16 * 1024;

/** JSON only: together with a SameSite=Strict cookie that keeps other sites' forms out. */
export function readJsonBodies(routes: FastifyInstance): void {
  routes.removeAllContentTypeParsers();
  routes.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit },
    (_request, body, parsed) => {
      try {
        const bytes = bytesOf(body as Buffer);
        parsed(null, bytes.length === 0 ? {} : parseJson(bytes));
      } catch {
        parsed(new ApiFailure(400, 'not-json', 'The body is not JSON in UTF-8.'));
      }
    },
  );
  routes.addHook('preValidation', (request, reply, next) => {
    reply.header('cache-control', 'no-store');
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
    next(request.method === 'POST' && !isJson ? notJsonType() : undefined);
  });
}

export const notJsonType = () => new ApiFailure(415, 'not-json', 'Content-Type must be application/json.');

/** @throws {ApiFailure} 400 unless the body is an object */
export function bodyOf(request: FastifyRequest): JsonObject {
  if (isJsonObject(request.body)) return request.body;
  throw new ApiFailure(400, 'not-an-object', 'The body must be a JSON object.');
}
