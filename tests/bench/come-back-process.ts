import Fastify from 'fastify';
import { openBackend } from '../../src/server/open-backend';
import { ensureAdministrator } from '../../src/server/provision/administrator';
import { adminPassword } from './load-server';

/**
 * Started by come-back.ts; ends when its parent lets go of it. With a CouchDB it changes nothing there when
 * it starts.
 */
const [folder = '', couchUrl] = process.argv.slice(2);
const backend = await openBackend({ folder, ...(couchUrl === undefined ? {} : { couchUrl }) });
if (couchUrl === undefined) await ensureAdministrator(backend, adminPassword);
const app = Fastify({ forceCloseConnections: true });
backend.addCouchRoutes(app, () => Promise.resolve());
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => {
  void app
    .close()
    .then(() => backend.close())
    .then(() => process.exit(0));
});
process.send?.(url);
