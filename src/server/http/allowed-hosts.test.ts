import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../tests/server';
import { allowedHosts, hostName } from './allowed-hosts';

/** A request with its own Host, as a browser sends it for a name that resolves to us. */
async function ask(
  server: TestServer,
  host: string,
  { path = '/api/health', method = 'GET', headers = {} } = {},
): Promise<{ status: number; body: string }> {
  const sent = request(`${server.url}${path}`, { method, headers: { ...headers, host } });
  sent.end(method === 'POST' ? '{"venue":"uimahalli"}' : undefined);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

const json = { 'content-type': 'application/json' };
const openDesk = { path: '/api/demo/desk', method: 'POST', headers: json };

describe('a demo', { timeout: 120_000 }, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ demo: true, hosts: ['tiski.example.fi', 'fd00::5'] });
  }, 120_000);
  afterAll(() => server.stop());

  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST.',
    '127.0.0.1:8443',
    '[::1]:3000',
    'tiski.example.fi',
    'Tiski.Example.fi:443',
    '[fd00:0::5]',
  ])('answers to %s', async (host) => {
    expect((await ask(server, host)).status).toBe(200);
    expect((await ask(server, host, openDesk)).status).toBe(201);
  });

  it.each([
    'rebound.example',
    'localhost.rebound.example:3000',
    'tiski.example.fi.rebound.example',
    'not-tiski.example.fi',
    '10.0.0.5',
    '0.0.0.0',
    'rebound.example@localhost',
    'localhost@rebound.example',
    'localhost/',
    ':3000',
  ])('does not answer to "%s", wherever it is asked', async (host) => {
    for (const path of ['/', '/demo', '/api/health', '/couch/', '/couch/_session', '/nothing']) {
      expect(await ask(server, host, { path })).toMatchObject({ status: 421 });
    }
    const { status, body } = await ask(server, host, openDesk);
    expect(status).toBe(421);
    expect(body).not.toContain('code');
  });

  it('tells a person in text, and a program in JSON, what to set', async () => {
    const host = 'demo.example.fi:3000';
    const reason =
      'This Tiski does not answer as demo.example.fi. If you look after it and that is its name, ' +
      'start it with TISKI_HOSTS=demo.example.fi (several are separated by commas).\n';
    const page = { path: '/demo', headers: { accept: 'text/html,*/*' } };
    expect((await ask(server, host, page)).body).toBe(reason);
    expect(JSON.parse((await ask(server, host)).body)).toEqual({ error: 'wrong-host', reason });
  });

  it('is not fooled by X-Forwarded-Host, which a page may send, and trusts a proxy', async () => {
    const forwarded = (name: string) => ({ headers: { 'x-forwarded-host': name } });
    expect((await ask(server, 'rebound.example', forwarded('localhost'))).status).toBe(421);
    expect((await ask(server, 'localhost:3000', forwarded('rebound.example'))).status).toBe(421);
    expect((await ask(server, 'localhost:3000', forwarded('tiski.example.fi'))).status).toBe(200);
  });
});

describe('a city', { timeout: 120_000 }, () => {
  it.each([
    [[], 'tiski.example.fi', 200],
    [['tiski.example.fi'], 'tiski.example.fi', 200],
    [['tiski.example.fi'], 'localhost:3000', 200],
    [['tiski.example.fi'], 'rebound.example', 421],
  ])('with TISKI_HOSTS=%s answers to %s with %i', async (hosts, host, status) => {
    const server = await startTestServer({ hosts });
    try {
      expect((await ask(server, host)).status).toBe(status);
    } finally {
      await server.stop();
    }
  });
});

describe('the names of a demo', () => {
  const names = (host: string) => [...(allowedHosts({ isDemo: true, host, hosts: [] }) ?? [])];

  it.each([
    ['localhost', []],
    ['192.168.1.5', ['192.168.1.5']],
    ['fd00::5', ['[fd00::5]']],
    ['kone.local', ['kone.local']],
    // Every address of the machine: it can't know which of them others use.
    ['0.0.0.0', []],
    ['::', []],
  ])('listening on %s are loopback and %j', (host, more) => {
    expect(names(host)).toEqual(['localhost', '127.0.0.1', '[::1]', ...more]);
  });

  it.each([
    ['Tiski.Example.fi', 'tiski.example.fi'],
    ['tiski.example.fi:8443', 'tiski.example.fi'],
    ['päätös.fi', 'xn--pts-qlaa3i.fi'],
    ['http://tiski.example.fi', undefined],
    ['tiski.example.fi/demo', undefined],
    ['*', undefined],
    ['a b', undefined],
    ['', undefined],
  ])('%s is %s', (written, name) => {
    expect(hostName(written)).toBe(name);
  });
});
