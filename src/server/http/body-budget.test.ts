import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Identity } from '../accounts/identity';
import { addCouchRoute } from './couch-routes';
import { addBodyBudget, type BodyPace } from './body-budget';

const bodyLimit = 256 * 1024;
const large = bodyLimit - 1024;

/** The header `from` says who sends a test's request. */
const identify = ({ headers }: { headers: Record<string, unknown> }): Promise<Identity> =>
  Promise.resolve(
    typeof headers['from'] === 'string'
      ? { kind: 'user', user: { name: headers['from'], roles: [] } }
      : { kind: 'signed-out' },
  );

let app: FastifyInstance | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

/** A server that accepts bodies and does nothing with them. */
async function serve(pace?: BodyPace): Promise<number> {
  const made = Fastify({ forceCloseConnections: true, trustProxy: true });
  app = made;
  if (pace === undefined) {
    addCouchRoute(
      made,
      { bodyLimit, onFault: () => undefined },
      { identify, answer: async (_request, reply) => reply.send('taken') },
    );
  } else {
    await made.register((routes, _options, done) => {
      addBodyBudget(routes, { bodyLimit, identify, pace });
      routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
      routes.setErrorHandler((error: { status?: number }, _request, reply) =>
        reply.code(error.status ?? 500).send({}),
      );
      routes.post('/couch/x', async (_request, reply) => reply.send('taken'));
      done();
    });
  }
  await made.listen({ port: 0, host: '127.0.0.1' });
  const address = made.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A connection that announces a body and sends this much of it. */
function begin(port: number, announced: number, sent: number, headers: Record<string, string> = {}): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  const told = Object.entries({
    host: 'x',
    'content-type': 'text/plain',
    'content-length': String(announced),
    ...headers,
  });
  socket.write(
    `POST /couch/x HTTP/1.1\r\n${told.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  socket.write('x'.repeat(sent));
  return socket;
}

async function statusOf(socket: Socket): Promise<number> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString())?.[1]);
}

const whole = (port: number, bytes: number, headers: Record<string, string> = {}) =>
  statusOf(begin(port, bytes, bytes, headers));

describe('room for bodies', () => {
  it('is not taken by a sender who announces much and sends nothing, signed in or not', async () => {
    const port = await serve();
    for (let index = 0; index < 20; index += 1) begin(port, large, 0, { from: `desk-${index}` });
    const strangers = Array.from({ length: 20 }, () => begin(port, large, 0));
    expect(await Promise.all(strangers.map(statusOf))).toEqual(Array<number>(20).fill(401));
    expect(await whole(port, large, { from: 'hall' })).toBe(200);
    expect(await whole(port, 2000)).toBe(200);
  });

  it('is shared: neither one account nor one address takes all of it', async () => {
    const port = await serve();
    const greedy = { 'x-forwarded-for': '2001:db8::1' };
    const held = Array.from({ length: 6 }, (_, index) =>
      begin(port, large, bodyLimit / 2, { from: `g${index}`, ...greedy }),
    );
    // Two of them use up an address's share; the others are told to come back.
    expect(await Promise.race(held.map(statusOf))).toBe(503);
    const neighbour = { from: 'n', 'x-forwarded-for': '2001:db8::ffff' };
    expect(await whole(port, large, neighbour)).toBe(503);
    expect(await whole(port, large, { from: 'hall', 'x-forwarded-for': '2001:db8:0:1::1' })).toBe(200);
    // A visit or two fits even then.
    expect(await whole(port, 2000, greedy)).toBe(200);
  });

  it('is given back when the sender leaves', async () => {
    const port = await serve();
    const held = [1, 2].map((index) => begin(port, large, bodyLimit / 2, { from: `g${index}` }));
    await expect.poll(() => whole(port, large, { from: 'hall' })).toBe(503);
    for (const socket of held) socket.destroy();
    await expect.poll(() => whole(port, large, { from: 'hall' })).toBe(200);
  });

  it('a body that comes too slowly, or not at all, is dropped and its connection closed', async () => {
    const port = await serve({ graceMs: 200, bytesPerSecond: 10_000, longestMs: 60_000 });
    for (const sent of [0, 100]) {
      const slow = begin(port, large, sent, { from: 'hall' });
      const ended = once(slow, 'end');
      expect(await statusOf(slow)).toBe(503);
      await ended;
    }
    expect(await whole(port, large, { from: 'hall' })).toBe(200);
  });

  it('a body longer than the limit is refused by its length alone', async () => {
    const port = await serve();
    expect(await statusOf(begin(port, bodyLimit + 1, 0, { from: 'hall' }))).toBe(413);
  });
});
