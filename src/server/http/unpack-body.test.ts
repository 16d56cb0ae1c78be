import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addCouchRoute } from './couch-routes';
import { bodyBytes, sendCouchResponse } from './couch-request';
import { jsonResponse } from '../couch/exchange';

const bodyLimit = 200_000;

describe('room for compressed bodies', () => {
  let app: FastifyInstance;
  afterEach(() => app.close());

  /** Answers with the length of each body, when `gate` allows it. */
  async function listen(gate: () => Promise<unknown>): Promise<string> {
    app = Fastify({ forceCloseConnections: true });
    addCouchRoute(
      app,
      { bodyLimit, onFault: () => undefined },
      {
        identify: async () => ({ kind: 'user', user: { name: 'anna', roles: [] } }),
        answer: async (request, reply) => {
          await gate();
          return sendCouchResponse(reply, jsonResponse(200, bodyBytes(request).length));
        },
      },
    );
    return app.listen({ port: 0, host: '127.0.0.1' });
  }
  const packed = (bytes: number) => gzipSync(randomBytes(bytes / 2).toString('hex'));
  const post = (url: string, body: Buffer, signal?: AbortSignal) =>
    fetch(`${url}/couch/db/_bulk_docs`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      body: Uint8Array.from(body),
      ...(signal && { signal }),
    });

  it('is taken by their unpacked size, and given back with the answer', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let waiting = 0;
    const url = await listen(() => {
      waiting += 1;
      return gate;
    });
    const first = post(url, packed(150_000));
    await vi.waitFor(() => expect(waiting).toBe(1));
    const second = await post(url, packed(100_000));
    expect(second.status).toBe(503);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    open();
    const answer = await first;
    expect([answer.status, await answer.json()]).toEqual([200, 150_000]);
    for (let round = 0; round < 3; round += 1) {
      const later = await post(url, packed(190_000));
      expect([later.status, await later.json()]).toEqual([200, 190_000]);
    }
  });

  it('is given back when the client leaves', async () => {
    let waiting = 0;
    let isOpen = false;
    const url = await listen(async () => {
      waiting += 1;
      while (!isOpen) await delay(5);
    });
    const leaver = new AbortController();
    const left = post(url, packed(150_000), leaver.signal).catch(() => 'left');
    await vi.waitFor(() => expect(waiting).toBe(1));
    leaver.abort();
    expect(await left).toBe('left');
    isOpen = true;
    await vi.waitFor(async () => expect((await post(url, packed(150_000))).status).toBe(200));
  });
});
