import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../monitoring/readiness';

/** Seconds after which a load balancer may ask again. */
const retryAfter = '2';

/** Whether traffic may come, for load balancers and containers: anybody may ask, and hears one word. */
export function addReady(routes: FastifyInstance, readiness: Readiness): void {
  routes.get('/ready', async (_request, reply) => {
    const reason = await readiness.problem();
    if (reason === undefined) return { status: 'ready' };
    return reply.code(503).header('retry-after', retryAfter).send({ status: 'not-ready', reason });
  });
}
