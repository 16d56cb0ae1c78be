import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../tests/server';
import { addReady } from '../api/ready';
import type { CouchClient } from '../couch/client';
import { busy } from '../couch/failure';
import { Readiness } from './readiness';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Asks /ready of a server in the state that `prepare` leaves. */
async function answerOf(client: CouchClient, prepare: (readiness: Readiness) => void) {
  const app = Fastify();
  const readiness = new Readiness(client);
  prepare(readiness);
  addReady(app, readiness);
  const answer = await app.inject('/ready');
  await app.close();
  return {
    status: answer.statusCode,
    retryAfter: answer.headers['retry-after'],
    body: answer.json<object>(),
  };
}

const refusal = (reason: string) => ({
  status: 503,
  retryAfter: '2',
  body: { status: 'not-ready', reason },
});
const provisioned = (readiness: Readiness) => readiness.provisioned();

describe('/api/ready', () => {
  it('a server that has started is ready, and says nothing else', async () => {
    const { status, body, headers } = await send('GET', `${server.url}/api/ready`);
    expect([status, body]).toEqual([200, { status: 'ready' }]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('not before the store is provisioned', async () => {
    expect(await answerOf(server.client, () => undefined)).toEqual(refusal('not-provisioned'));
  });

  it('not over a store whose databases are gone', async () => {
    const missing = { status: 404, body: { error: 'not_found', reason: 'Database does not exist.' } };
    const empty: CouchClient = { request: () => Promise.resolve(missing) };
    expect(await answerOf(empty, provisioned)).toEqual(refusal('not-provisioned'));
  });

  it.each([
    ['can not be reached', () => Promise.reject(busy())],
    ['answers with an error', () => Promise.resolve({ status: 500, body: {} })],
  ])('not over a store that %s', async (_what, request) => {
    expect(await answerOf({ request }, provisioned)).toEqual(refusal('store-unreachable'));
  });

  it('not while it stops, and it stays so', async () => {
    const stopping = (readiness: Readiness) => {
      readiness.provisioned();
      readiness.stopping();
      readiness.provisioned();
    };
    expect(await answerOf(server.client, stopping)).toEqual(refusal('stopping'));
  });

  it('a store that says nothing is waited for two seconds, and asked once however many ask', async () => {
    let asked = 0;
    const silent: CouchClient = {
      request: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    };
    const readiness = new Readiness(silent);
    readiness.provisioned();
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => readiness.problem()));
    expect(new Set(answers)).toEqual(new Set(['store-unreachable']));
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(asked).toBe(1);
  });
});
