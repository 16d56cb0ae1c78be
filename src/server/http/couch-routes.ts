import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonResponse } from '../couch/exchange';
import { badRequest, CouchFailure, failureFromPouch, tooLarge } from '../couch/failure';
import type { Identity } from '../accounts/identity';
import type { OnFault } from '../server-log';
import { addBodyBudget } from './body-budget';
import { couchPrefix, sendCouchResponse } from './couch-request';
import { addMultipartBodies } from './multipart-body';
import { addBodyUnpacking } from './unpack-body';
import { UnpackingRoom } from './unpacking-room';

export interface CouchRouteSettings {
  bodyLimit: number;
  /** Called with faults of ours that were answered with 500. */
  onFault: OnFault;
  /** Called with the answer to a batch of log documents. */
  onVisits?: (rows: unknown) => void;
}

/** How a store handles requests. */
export interface CouchFront {
  /** Who sends a request with a long body. */
  identify: (request: FastifyRequest) => Promise<Identity>;
  answer: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

/**
 * Passes every request below /couch to one function, with its body as bytes, and failures in CouchDB's form.
 */
export function addCouchRoute(
  app: FastifyInstance,
  { bodyLimit, onFault }: CouchRouteSettings,
  { identify, answer }: CouchFront,
): void {
  void app.register(
    (routes, _options, done) => {
      addBodyBudget(routes, { bodyLimit, identify });
      routes.removeAllContentTypeParsers();
      routes.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, parsed) =>
        parsed(null, body),
      );
      const room = new UnpackingRoom(bodyLimit);
      addBodyUnpacking(routes, room);
      addMultipartBodies(routes, room);
      routes.setErrorHandler((error: FastifyError, request, reply) => {
        const failure = couchFailureFrom(error);
        if (failure.status >= 500 && !(error instanceof CouchFailure)) onFault(error, request.id);
        return sendFailure(reply, failure);
      });
      routes.all('/', answer);
      routes.all('/*', answer);
      done();
    },
    { prefix: couchPrefix },
  );
}

export function sendFailure(reply: FastifyReply, failure: CouchFailure): Promise<FastifyReply> {
  return sendCouchResponse(reply, jsonResponse(failure.status, failure.body, failure.headers));
}

function couchFailureFrom(error: FastifyError | CouchFailure): CouchFailure {
  if (error instanceof CouchFailure) return error;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge();
  if (error.statusCode !== undefined && error.statusCode < 500) return badRequest(error.message);
  return failureFromPouch(error) ?? new CouchFailure(500, 'unknown_error', 'The server failed. Try again.');
}
