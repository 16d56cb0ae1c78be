import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../accounts/identity';
import { sessionCookie } from '../accounts/session-cookie';

/** Hands a session to the browser; `maxAge` in seconds, 0 ends it. */
export function setSession(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  maxAge: number,
): void {
  reply.header('set-cookie', sessionCookie(token, { secure: request.protocol === 'https', maxAge }));
}

/** Hands on the next session when the one in use is past half its life. */
export function setRenewedSession(
  request: FastifyRequest,
  reply: FastifyReply,
  identity: Extract<Identity, { kind: 'user' }>,
): void {
  const { renewed } = identity;
  if (renewed !== undefined) setSession(request, reply, renewed.token, renewed.maxAge);
}
