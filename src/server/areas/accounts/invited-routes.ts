import type { FastifyInstance } from 'fastify';
import { AttemptLimiter } from '../../accounts/attempt-limiter';
import { bodyOf } from '../../api/json-bodies';
import { limited } from '../../api/limited';
import { acceptInvitation, lookAtInvitation } from './accept-invitation';
import type { AccountsSettings } from './routes';

const fiveMinutes = 5 * 60_000;

/** For whoever has a one-time link: open to anybody, for its secret is what counts. */
export function addInvited(routes: FastifyInstance, { backend, now, audit }: AccountsSettings): void {
  // A secret has 256 bits: what is limited is the work that strangers make.
  const limiter = new AttemptLimiter(100, fiveMinutes, () => now().getTime());
  routes.post('/invitations/look', (request) =>
    limited(limiter, request, () => lookAtInvitation(backend.client, bodyOf(request), now()), false),
  );
  routes.post('/invitations/accept', (request) =>
    limited(
      limiter,
      request,
      async () => {
        const name = await acceptInvitation(backend.client, bodyOf(request), now(), audit);
        await backend.accountChanged(name);
        return { name };
      },
      false,
    ),
  );
}
