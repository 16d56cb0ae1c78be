import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator } from '../accounts/authenticator';
import { failureOf } from '../accounts/identity';
import { jsonResponse } from '../couch/exchange';
import { credentialsOf, sendCouchResponse } from './couch-request';
import { sendFailure } from './couch-routes';
import { setDevice, setSession } from './session-header';
import { isFromBrowser, signInFrom } from './sign-in-body';

/** `POST _session`. */
export async function answerSignIn(
  authenticator: Authenticator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = await authenticator.signIn(
    signInFrom(request),
    credentialsOf(request),
    isFromBrowser(request),
  );
  if (session.kind !== 'session') {
    setSession(request, reply, '', 0);
    return sendFailure(reply, failureOf(session));
  }
  setSession(request, reply, session.token, session.seconds);
  setDevice(request, reply, session.device);
  const { name, roles } = session.user;
  return sendCouchResponse(reply, jsonResponse(200, { ok: true, name, roles }));
}

/** `DELETE _session`. */
export async function answerSignOut(
  authenticator: Authenticator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  await authenticator.endSession(request.headers.cookie);
  setSession(request, reply, '', 0);
  return sendCouchResponse(reply, jsonResponse(200, { ok: true }));
}
