import https from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../tests/certificate';
import { startTestServer, testAdminPassword, type TestServer } from '../../../tests/server';
import { startTlsProxy, type ProxySettings } from '../../../tests/tls-proxy';
import { pollFindings } from './poll-check';
import { proxyFindings } from './proxy-check';

const dayMs = 24 * 3600_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs + 3600_000);

describe('a reverse proxy', () => {
  let app: string;
  let server: TestServer;
  const running: Awaited<ReturnType<typeof startTlsProxy>>[] = [];
  const trusted = https.globalAgent.options.ca;

  beforeAll(async () => {
    app = await mkdtemp(join(tmpdir(), 'tiski-app-'));
    await writeFile(join(app, 'index.html'), '<!doctype html>');
    await writeFile(join(app, 'service-worker.js'), 'self.skipWaiting();');
    server = await startTestServer({ build: app });
  });
  afterEach(async () => {
    https.globalAgent.options.ca = trusted;
    for (const proxy of running.splice(0)) await proxy.stop();
  });
  afterAll(async () => {
    await server.stop();
    await rm(app, { recursive: true, force: true });
  });

  /** A proxy in front of the real server, with its certificate trusted by this process. */
  async function aProxy(settings: Partial<ProxySettings> = {}, ends = inDays(60)): Promise<string> {
    const certificate = makeCertificate(ends);
    https.globalAgent.options.ca = certificate.cert;
    const proxy = await startTlsProxy({ ...certificate, to: server.url, ...settings });
    running.push(proxy);
    return proxy.origin;
  }

  const faults = async (origin: string) =>
    (await proxyFindings(origin, new Date()))
      .filter(({ state }) => state === 'bad' || state === 'warning')
      .map(({ state, says }) => `${state}: ${says}`);

  it('that passes everything on is good', async () => {
    const findings = await proxyFindings(await aProxy(), new Date());
    expect(findings.map(({ state }) => state)).toEqual([
      ...['good', 'good', 'good', 'not-checked', 'good', 'good'],
    ]);
    expect(findings[0]?.says).toBe('The certificate is good for 60 more days.');
  });

  it('that says nothing about TLS is noticed, by the session cookie and by HSTS', async () => {
    expect(await faults(await aProxy({ isSilent: true }))).toEqual([
      expect.stringMatching(/^warning: .*Strict-Transport-Security is missing/),
      expect.stringMatching(/^bad: X-Forwarded-Proto does not reach the server/),
    ]);
  });

  it('whose certificate expires soon, has expired or is nobody’s is reported', async () => {
    expect(await faults(await aProxy({}, inDays(5)))).toEqual([
      'warning: The certificate is good for 5 more days.',
    ]);
    expect(await faults(await aProxy({}, inDays(-2)))).toEqual([
      expect.stringMatching(/^bad: The certificate of .* \(CERT_HAS_EXPIRED\)/),
    ]);
    const origin = await aProxy();
    https.globalAgent.options.ca = trusted;
    expect(await faults(origin)).toEqual([expect.stringMatching(/^bad: The certificate of .*SELF_SIGNED/)]);
  });

  it('that has another name is reported', async () => {
    const origin = (await aProxy()).replace('localhost', '127.0.0.1');
    expect(await faults(origin)).toEqual([expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID')]);
  });

  it('that breaks the service worker is reported', async () => {
    const headers: ProxySettings['headers'] = (sent, path) =>
      path === '/service-worker.js'
        ? { ...sent, 'content-type': 'text/plain', 'cache-control': 'public, max-age=3600' }
        : sent;
    expect(await faults(await aProxy({ headers }))).toEqual([
      expect.stringMatching(/^bad: The service worker comes as "text\/plain"/),
      expect.stringMatching(/^bad: The service worker may be kept/),
    ]);
  });

  it('that compresses again is reported', async () => {
    const origin = await aProxy({ packsAgain: true });
    expect(await faults(origin)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^bad: the page is packed twice/)]),
    );
  });

  it('that drops cookies is reported', async () => {
    const headers: ProxySettings['headers'] = ({ 'set-cookie': _cookie, ...others }) => others;
    expect(await faults(await aProxy({ headers }))).toEqual([
      expect.stringMatching(/^bad: .*\/couch\/_session does not answer as Tiski does/),
    ]);
  });

  it('that is not there is reported, and so is an address without TLS', async () => {
    expect(await faults('https://localhost:9')).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(await faults(server.url)).toEqual([expect.stringMatching(/^bad: The address is http/)]);
  });

  it('held requests come to their end, or are cut', async () => {
    const held = 1_200;
    expect(await pollFindings(await aProxy(), testAdminPassword, held)).toMatchObject([{ state: 'good' }]);
    const cut = await pollFindings(await aProxy({ cutAfterMs: 300 }), testAdminPassword, held);
    expect(cut).toMatchObject([{ state: 'bad' }]);
    expect(cut[0]?.says).toContain('status 504');
    expect(await pollFindings(server.url, undefined)).toMatchObject([{ state: 'not-checked' }]);
    expect(await pollFindings(server.url, 'wrong-password')).toMatchObject([{ state: 'not-checked' }]);
  });
});
