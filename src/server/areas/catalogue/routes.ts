import type { FastifyInstance } from 'fastify';
import type { ApiSettings } from '../../api/api-settings';
import { requireRole } from '../../api/caller';
import { sectors } from '../../provision/catalogue';
import { provisionSectors } from '../../provision/provision';

/** A coordinator's new service may belong to a new sector: its visits need a database. */
export function addCatalogue(routes: FastifyInstance, { backend }: Pick<ApiSettings, 'backend'>): void {
  routes.post('/sectors', async (request, reply) => {
    await requireRole(backend, request, reply, 'coordinator');
    await provisionSectors(backend.client);
    return { sectors: await sectors(backend.client) };
  });
}
