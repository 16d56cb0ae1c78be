import { startTestServer } from '../server';
import { createCouchWorld } from './couch-world';
import { describeRemoteDatabase } from './remote-database.suite';

describeRemoteDatabase('the embedded endpoint', async () => {
  const server = await startTestServer();
  return createCouchWorld(`${server.url}/couch`, server.client, () => server.stop());
});
