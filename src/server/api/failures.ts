import type { FastifyError, FastifyInstance } from 'fastify';
import { ApiFailure } from '../api-failure';
import { UnexpectedCouchReply } from '../couch/client';
import { busy, CouchFailure } from '../couch/failure';
import type { OnFault } from '../server-log';
import { notJsonType } from './json-bodies';

/** Answers whatever a route throws as an `ApiFailure`; faults of the server are logged as well. */
export function answerFailures(routes: FastifyInstance, onFault: OnFault): void {
  routes.setErrorHandler((error: FastifyError, { id: requestId }, reply) => {
    const failure = apiFailureFrom(error);
    reply.code(failure.status).headers(failure.headers);
    if (failure.status !== 500) return reply.send(failure.body);
    onFault(error, requestId);
    return reply.send({ ...failure.body, requestId });
  });
}

const unreachable = ({ reason, headers }: CouchFailure) =>
  new ApiFailure(503, 'database-unreachable', reason, undefined, headers);

function apiFailureFrom(error: FastifyError | Error): ApiFailure {
  if (error instanceof ApiFailure) return error;
  if (error instanceof CouchFailure && error.status === 503) return unreachable(error);
  if (error instanceof UnexpectedCouchReply && error.reply.status === 503) return unreachable(busy());
  if (!('statusCode' in error) || error.statusCode === undefined || error.statusCode >= 500) {
    return new ApiFailure(500, 'server-failed', 'The server failed. Try again.');
  }
  if (error.statusCode === 415) return notJsonType();
  if (error.statusCode === 413) return new ApiFailure(413, 'too-large', 'The body is too large.');
  return new ApiFailure(error.statusCode, 'bad-request', error.message);
}
