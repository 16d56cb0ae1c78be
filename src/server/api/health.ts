import type { FastifyInstance } from 'fastify';
import { isDemoStore } from '../demo/demo-store';
import type { ApiSettings } from './api-settings';

type HealthSettings = Pick<ApiSettings, 'backend' | 'version' | 'isDemo' | 'now'>;

/** What the server is, and what time it is there: open to anybody. */
export function addHealth(routes: FastifyInstance, { backend, version, isDemo, now }: HealthSettings): void {
  routes.get('/health', async (_request, reply) => {
    const told = { version, time: now().toISOString(), store: backend.store };
    try {
      return { status: 'ok', ...told, demo: (await isDemoStore(backend.client)) && isDemo };
    } catch {
      return reply.code(503).send({ status: 'failing', ...told, demo: false });
    }
  });
}
