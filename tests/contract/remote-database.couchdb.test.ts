import { expect, it } from 'vitest';
import { createApp } from '../../src/server/app';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { openBackend } from '../../src/server/open-backend';
import { createCouchWorld } from './couch-world';
import { describeRemoteDatabase, type World } from './remote-database.suite';
import { watchedApp } from './watched-app';

/** COUCHDB_URL: the administrator's address of a real Apache CouchDB, e.g. http://admin:admin@127.0.0.1:5984 */
const address = process.env['COUCHDB_URL'];

/** Tiski's proxy in front of it, without a city's databases. */
async function createProxiedWorld(couchUrl: string): Promise<World> {
  const backend = await openBackend({ folder: 'unused', couchUrl });
  const app = await createApp({
    backend,
    ...watchedApp(backend.client, () => undefined),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return createCouchWorld(`${url}/couch`, backend.client, async () => {
    app.server.closeAllConnections();
    await app.close();
    await backend.close();
  });
}

if (address === undefined) {
  it('runs over a real CouchDB when COUCHDB_URL is set', () => {
    expect(process.env).not.toHaveProperty('COUCHDB_URL');
  });
} else {
  describeRemoteDatabase('a real CouchDB', () =>
    createCouchWorld(new URL(address).origin, remoteClient(couchAddress(address))),
  );
  describeRemoteDatabase('a real CouchDB behind the proxy', () => createProxiedWorld(address));
}
