import type { FastifyRequest } from 'fastify';
import { addressGroup } from '../accounts/address-group';
import type { AttemptLimiter } from '../accounts/attempt-limiter';
import { ApiFailure } from '../api-failure';

/**
 * Counts `work` against a limit by address; successes only count if the caller says so.
 * @throws {ApiFailure} 429 when the limit is reached
 */
export async function limited<T>(
  limiter: AttemptLimiter,
  request: FastifyRequest,
  work: () => Promise<T>,
  countsRight: boolean,
): Promise<T> {
  const address = addressGroup(request.ip);
  const waitSeconds = limiter.waitSeconds(address);
  if (waitSeconds > 0) {
    const reason = 'Too many attempts. Wait before the next one.';
    throw new ApiFailure(429, 'too-many-requests', reason, undefined, { 'retry-after': String(waitSeconds) });
  }
  limiter.fail(address);
  const result = await work();
  if (!countsRight) limiter.forgive(address);
  return result;
}
