import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askServer as ask } from '$lib/office/session/ask';
import { cardNumber } from '../../tests/builders';
import { basic, send } from '../../tests/contract/couch-target';
import { watchedApp } from '../../tests/contract/watched-app';
import { createApp } from './app';
import type { Backend } from './backend';
import type { CouchClient } from './couch/client';
import { openBackend } from './open-backend';
import { ensureAdministrator } from './provision/administrator';
import { serverLog } from './server-log';

/** What was written, and where. */
function anOutput(isTTY = false) {
  const lines: string[] = [];
  return { lines, isTTY, write: (text: string) => lines.push(text) };
}

const card = cardNumber(4);
const aFault = () => new TypeError(`The card ${card} of Maija is odd`);

describe('serverLog', () => {
  it('writes a line of JSON if there is no terminal: where it failed, not about what', () => {
    const output = anOutput();
    const log = serverLog(output);
    log.fault(aFault(), 'abcd1234');
    log.fault(aFault());
    log.warn('Waiting.');
    expect(output.lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    const [ofRequest, other, warning] = output.lines.map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(ofRequest).toMatchObject({ level: 'error', requestId: 'abcd1234', fault: 'TypeError' });
    expect((ofRequest?.['frames'] as string[])[0]).toMatch(/^at aFault .*server-log\.test\.ts/);
    expect(new Date(String(ofRequest?.['time'])).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(other).not.toHaveProperty('requestId');
    expect(warning).toMatchObject({ level: 'warn', msg: 'Waiting.' });
    expect(output.lines.join('')).not.toMatch(new RegExp(`Maija|${card}`));
  });

  it('writes plain lines in a terminal', () => {
    const output = anOutput(true);
    const log = serverLog(output);
    log.fault(aFault(), 'abcd1234');
    log.warn('Waiting.');
    expect(output.lines[0]).toMatch(/^The request abcd1234 failed: TypeError\n {4}at aFault .*\n/);
    expect(output.lines[1]).toBe('Waiting.\n');
    expect(output.lines.join('')).not.toMatch(new RegExp(`Maija|${card}`));
  });

  it('accepts a thrown value that is not an error', () => {
    const output = anOutput();
    serverLog(output).fault(`no ${card}`);
    expect(output.lines.join('')).toContain('"fault":"Error"');
    expect(output.lines.join('')).not.toContain(card);
  });
});

describe('a request that fails', () => {
  const admin = { name: 'administrator', password: 'fault-tests-only' };
  let folder: string;
  let backend: Backend;
  let app: FastifyInstance;
  let url: string;
  let output: ReturnType<typeof anOutput>;

  /** The real store, except for the desks: a fault of ours. */
  const faulty = (client: CouchClient): CouchClient => ({
    request: (method, path, body) =>
      path.startsWith('/tiski-desks') ? Promise.reject(aFault()) : client.request(method, path, body),
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-fault-'));
    backend = await openBackend(
      { folder, iterations: 10_000 },
      {
        onFault: (error, requestId) => serverLog(output).fault(error, requestId),
      },
    );
    await ensureAdministrator(backend, admin.password);
    const client = faulty(backend.client);
    app = await createApp({
      backend: { ...backend, client },
      ...watchedApp(client, () => undefined),
      onFault: (error, requestId) => serverLog(output).fault(error, requestId),
    });
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  beforeEach(() => {
    output = anOutput();
  });
  afterAll(async () => {
    await app.close();
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is found in the log by the id in header and body', async () => {
    const answer = await send('GET', `${url}/api/desks?card=${card}`, { as: admin });
    const requestId = answer.headers.get('x-request-id');
    expect(requestId).toMatch(/^[0-9a-f]{8}$/);
    expect([answer.status, answer.body]).toEqual([
      500,
      { error: 'server-failed', reason: 'The server failed. Try again.', requestId },
    ]);
    expect(output.lines).toHaveLength(1);
    expect(JSON.parse(output.lines.join(''))).toMatchObject({ requestId, fault: 'TypeError' });
    const secrets = [card, 'Maija', admin.name, admin.password, basic(admin), '127.0.0.1'];
    expect(secrets.filter((secret) => output.lines.join('').includes(secret))).toEqual([]);
  });

  it('has its own id each time, which nobody outside chooses', async () => {
    const headers = { 'x-request-id': 'chosen', 'request-id': 'chosen' };
    const ids = [];
    for (let times = 0; times < 3; times++) {
      ids.push((await send('GET', `${url}/api/health`, { headers })).headers.get('x-request-id'));
    }
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain('chosen');
  });

  it('every answer has one, and only 500 has it in its body', async () => {
    for (const path of ['/api/nothing', '/couch/', '/couch/_session', '/nothing']) {
      const { headers, body } = await send('GET', url + path);
      expect([path, headers.get('x-request-id')]).toEqual([path, expect.stringMatching(/^[0-9a-f]{8}$/)]);
      expect(body).not.toHaveProperty('requestId');
    }
  });

  it('the office is told the id of a fault, and of nothing else', async () => {
    const fault = await ask('POST', `${url}/api/pair`, v.unknown(), { code: 'AAAA-AAAA' });
    expect(fault).toMatchObject({
      ok: false,
      failure: { kind: 'failed', requestId: expect.stringMatching(/^[0-9a-f]{8}$/) as string },
    });
    const refused = await ask('POST', `${url}/api/pair`, v.unknown(), []);
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'failed', error: 'not-an-object' } });
    expect(refused.ok ? {} : refused.failure).not.toHaveProperty('requestId');
  });
});
