import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { couchAddresses } from './remote-client';
import { CouchNodes } from './nodes';

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A node that counts the requests that reach it. */
async function aNode(
  port = 0,
  answer: { status: number; body: object } | 'cut' | 'silent' = { status: 200, body: {} },
) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`);
    if (answer === 'silent') return;
    if (answer === 'cut') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  running.push(server);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const { port: own } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  return { url: `http://admin:x@127.0.0.1:${own}`, port: own, seen, stop };
}

const nodesOf = (nodes: readonly { url: string }[], now?: () => number) =>
  new CouchNodes(couchAddresses(nodes.map(({ url }) => url).join(',')), now);

describe('the nodes of a CouchDB', () => {
  it('one serves while it lives, and another from then on', async () => {
    const [first, second] = [await aNode(), await aNode()];
    const nodes = nodesOf([first, second]);
    await nodes.fetch('/a');
    await nodes.fetch('/b');
    await first.stop();
    await nodes.fetch('/c');
    const again = await aNode(first.port);
    await nodes.fetch('/d', { method: 'PUT', body: '{}' });
    expect(first.seen).toEqual(['GET /a nobody', 'GET /b nobody']);
    expect(second.seen).toEqual(['GET /c nobody', 'PUT /d nobody']);
    expect(again.seen).toEqual([]);
  });

  it('a dead one rests, and is asked again if no other answers', async () => {
    const [first, second] = [await aNode(), await aNode()];
    let now = 0;
    const nodes = nodesOf([first, second], () => now);
    await first.stop();
    await nodes.fetch('/a');
    await second.stop();
    const again = await aNode(first.port);
    now = 1;
    await nodes.fetch('/b');
    expect(again.seen).toEqual(['GET /b nobody']);
  });

  it('what may have been stored is not sent twice; a read is repeated elsewhere', async () => {
    const [broken, whole] = [await aNode(0, 'cut'), await aNode()];
    await expect(nodesOf([broken, whole]).fetch('/a', { method: 'POST', body: '{}' })).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
    });
    expect(whole.seen).toEqual([]);
    expect((await nodesOf([broken, whole]).fetch('/b')).status).toBe(200);
    expect(whole.seen).toEqual(['GET /b nobody']);
  });

  it('without any: 503 and when to come again', async () => {
    const node = await aNode();
    await node.stop();
    await expect(nodesOf([node, node]).fetch('/')).rejects.toMatchObject({ status: 503 });
  });

  it('412 nodedown is trouble, any other 412 an answer', async () => {
    const down = await aNode(0, {
      status: 412,
      body: { error: 'nodedown', reason: 'progress not possible' },
    });
    const there = await aNode(0, { status: 412, body: { error: 'file_exists' } });
    await expect(nodesOf([down]).fetch('/x', { method: 'PUT' })).rejects.toMatchObject({ status: 503 });
    const answer = await nodesOf([there]).fetch('/x', { method: 'PUT' });
    expect([answer.status, await answer.json()]).toEqual([412, { error: 'file_exists' }]);
  });

  it('the administrator’s credentials go where they are requested, each node’s to that node', async () => {
    const node = await aNode();
    await nodesOf([node]).fetch('/', { asAdministrator: true });
    expect(node.seen).toEqual([`GET / Basic ${btoa('admin:x')}`]);
  });

  it('one that accepts a request and says nothing rests, and the next is asked', async () => {
    const [silent, other] = [await aNode(0, 'silent'), await aNode()];
    const nodes = nodesOf([silent, other]);
    await nodes.fetch('/a', { patienceMs: 50 });
    await nodes.fetch('/b', { patienceMs: 50 });
    expect([silent.seen, other.seen]).toEqual([['GET /a nobody'], ['GET /a nobody', 'GET /b nobody']]);
    const alone = nodesOf([await aNode(0, 'silent')]);
    await expect(alone.fetch('/a', { patienceMs: 50 })).rejects.toMatchObject({ status: 503 });
  });

  it('an aborted request is not the node’s fault', async () => {
    const node = await aNode();
    const other = await aNode(1);
    const nodes = nodesOf([node, other]);
    await expect(nodes.fetch('/', { signal: AbortSignal.abort() })).rejects.toMatchObject({ status: 503 });
    await nodes.fetch('/');
    expect([node.seen, other.seen]).toEqual([['GET / nobody'], []]);
  });
});
