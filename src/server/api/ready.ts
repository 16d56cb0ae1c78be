import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../monitoring/readiness';

/** After how many seconds a load balancer may ask again. */
const retryAfter = '2';

/** Whether traffic may come, for load balancers and containers: open to anybody, and answered in one word. */
export function addReady(routes: FastifyInstance, readiness: Readiness): void {
  routes.get('/ready', async (_request, reply) => {
    const reason = await readiness.problem();
    if (reason === undefined) return { status: 'ready' };
    return reply.code(503).header('retry-after', retryAfter).send({ status: 'not-ready', reason });
  });
}
