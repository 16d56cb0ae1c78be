import type { FastifyInstance, FastifyRequest } from 'fastify';
import { busy } from '../couch/failure';

/** A visit or two: such a request finds room when batches don't. */
const smallBody = 16 * 1024;

/**
 * Lets bodies in as long as there is room for them; else the request is answered with 503 and Retry-After before its
 * body is read. So a city of desks that come back all at once fills neither the memory nor a queue that none of them
 * would outwait. All bodies together may be as long as the longest single one, small ones as long again.
 * @param bodyLimit bytes of the longest body
 */
export function addBodyBudget(app: FastifyInstance, bodyLimit: number): void {
  let taken = 0;
  app.addHook('onRequest', (request, reply, next) => {
    const bytes = bodyLength(request, bodyLimit);
    const room = bytes <= smallBody ? 2 * bodyLimit : bodyLimit;
    if (bytes > 0 && taken > 0 && taken + bytes > room) {
      next(busy());
      return;
    }
    taken += bytes;
    reply.raw.once('close', () => (taken -= bytes));
    next();
  });
}

/** Bytes that a request announces; a body of unknown length counts as the longest, which is all that is read of it. */
function bodyLength({ headers }: FastifyRequest, bodyLimit: number): number {
  if (headers['transfer-encoding'] !== undefined) return bodyLimit;
  return Math.min(Number(headers['content-length'] ?? 0) || 0, bodyLimit);
}
