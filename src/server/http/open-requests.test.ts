import { once } from 'node:events';
import { request } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WakeUps } from '../couch/wake-ups';
import { OpenRequests } from './open-requests';

describe('requests that wait', () => {
  let open: OpenRequests;
  let app: FastifyInstance;
  let arrived: () => void;
  let ended: () => void;
  const wakeUps = new WakeUps(() => 0);
  beforeEach(() => {
    open = new OpenRequests();
    app = Fastify({ forceCloseConnections: true });
    app.get('/', async (_request, reply) => {
      const signal = open.leaveSignal(reply);
      const leave = wakeUps.join(0, () => undefined);
      arrived();
      if (!signal.aborted) await once(signal, 'abort');
      leave();
      ended();
      return 'done';
    });
  });
  afterEach(() => app.close());

  it('are released when their clients leave, and when the server stops', async () => {
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const begin = async () => {
      const isThere = new Promise<void>((resolve) => (arrived = resolve));
      const client = request(url).on('error', () => undefined);
      client.end();
      await isThere;
      return client;
    };
    const clients = [await begin(), await begin(), await begin()];
    expect([open.size, wakeUps.size]).toEqual([3, 3]);

    for (const client of clients.slice(0, 2)) {
      const isGone = new Promise<void>((resolve) => (ended = resolve));
      client.destroy();
      await isGone;
    }
    expect([open.size, wakeUps.size]).toEqual([1, 1]);

    const isGone = new Promise<void>((resolve) => (ended = resolve));
    open.stop();
    await isGone;
    expect(wakeUps.size).toBe(0);
  });
});
