import { expect, it, vi } from 'vitest';
import { send } from '../../../tests/contract/couch-target';
import { startTestServer, testAdminPassword } from '../../../tests/server';
import { FaultProxy } from '../../../tests/setup/fault-proxy';

it('a server that stops finishes current writes, and tells waiting clients to come again', async () => {
  const couch = await startTestServer();
  const line = await FaultProxy.to(() => couch.url);
  const credentials = `administrator:${testAdminPassword}`;
  const server = await startTestServer({ couchUrl: `${line.url.replace('//', `//${credentials}@`)}/couch` });
  const complaints = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const as = { name: 'administrator', password: testAdminPassword };
  try {
    const poll = fetch(`${server.url}/couch/tiski-catalogue/_changes?feed=longpoll&since=now`, {
      headers: { authorization: `Basic ${btoa(credentials)}` },
    });
    line.break({ kind: 'hold' }, /_bulk_docs/);
    const isStored = new Promise<void>((resolve) => (line.onMet = resolve));
    const write = send('POST', `${server.url}/couch/tiski-register/_bulk_docs`, { as, body: { docs: [] } });
    await isStored;
    const closing = server.close();
    const answer = await poll;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    line.heal();
    expect((await write).status).toBe(201);
    await closing;
    expect(complaints.mock.calls.filter(([text]) => String(text).includes('"error"'))).toEqual([]);
  } finally {
    complaints.mockRestore();
    await server.stop();
    await line.stop();
    await couch.stop();
  }
});
