import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../accounts/identity';
import { deviceCookie } from '../accounts/device-cookie';
import { sessionCookie } from '../accounts/session-cookie';
import { couchPrefix } from './couch-request';
import { isFromBrowser } from './sign-in-body';

/** Sends a session to the browser; `maxAge` in seconds, 0 ends it. */
export function setSession(
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  maxAge: number,
): void {
  reply.header('set-cookie', sessionCookie(token, { secure: request.protocol === 'https', maxAge }));
}

/**
 * Marks a browser in which somebody has signed in; it sends the mark where people sign in, and nowhere else.
 * Programs get none: nano takes two cookies for one.
 */
export function setDevice(request: FastifyRequest, reply: FastifyReply, value: string): void {
  if (!isFromBrowser(request)) return;
  const isSecure = request.protocol === 'https';
  reply.header('set-cookie', deviceCookie(value, isSecure, `${couchPrefix}/_session`));
}

/** Sends the next session when the current one is past half its life. */
export function setRenewedSession(
  request: FastifyRequest,
  reply: FastifyReply,
  identity: Extract<Identity, { kind: 'user' }>,
): void {
  const { renewed } = identity;
  if (renewed !== undefined) setSession(request, reply, renewed.token, renewed.maxAge);
}
