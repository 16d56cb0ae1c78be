import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureOf } from '../accounts/identity';
import type { Backend } from '../backend';
import { credentialsOf } from '../http/couch-request';
import { setRenewedSession } from '../http/session-header';
import { ApiFailure } from './api-failure';

/** @throws {ApiFailure} 401 signed out or wrong credentials, 403 without the role, 429 after too many attempts */
export async function requireAdministrator(
  backend: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const identity = await backend.identify(credentialsOf(request));
  switch (identity.kind) {
    case 'user':
      setRenewedSession(request, reply, identity);
      if (identity.user.roles.includes('administrator') || identity.user.roles.includes('_admin')) return;
      throw new ApiFailure(403, 'not-allowed', 'Only an administrator may do this.');
    case 'signed-out':
      throw new ApiFailure(401, 'signed-out', 'Sign in first.');
    case 'wrong-credentials':
      throw new ApiFailure(401, 'wrong-credentials', 'Name or password is incorrect.');
    default: {
      const { status, error, reason, headers } = failureOf(identity);
      throw new ApiFailure(status, error.replaceAll('_', '-'), reason, undefined, headers);
    }
  }
}
