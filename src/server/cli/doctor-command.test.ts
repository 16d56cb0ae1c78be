import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../tests/certificate';
import { standInPassword, startStandIn } from '../../../tests/couchdb-stand-in';
import { startTestServer, testAdminPassword } from '../../../tests/server';
import { startTlsProxy } from '../../../tests/tls-proxy';
import { requireOk } from '../couch/client';
import { isJsonObject } from '../couch/json';
import type { CheckName, Finding } from '../doctor/finding';
import { runDoctor } from './doctor-command';
import type { DoctorOptions } from './options';

/** Nobody listens there. */
const silentPort = '9';

async function doctor(options: Partial<DoctorOptions>, environment: NodeJS.ProcessEnv = {}) {
  let text = '';
  const out = { write: (line: string) => (text += line) };
  const all = { isSlow: false, isJson: true, port: silentPort, ...options };
  const code = await runDoctor(all, environment, out);
  return { code, text, findings: (all.isJson ? JSON.parse(text) : []) as Finding[] };
}

const of = (findings: readonly Finding[], check: CheckName) =>
  findings.filter((each) => each.check === check).map(({ state }) => state);

describe('tiski doctor', () => {
  let above: string;
  let data: string;

  beforeAll(async () => {
    above = await mkdtemp(join(tmpdir(), 'tiski-doctor-'));
    data = join(above, 'data');
    await (await startTestServer({ dataDir: data })).close();
  });
  afterAll(() => rm(above, { recursive: true, force: true }));

  it('reads the store of a stopped server, and changes nothing', async () => {
    const kept = async () => ({
      databases: await readFile(join(data, 'databases.json'), 'utf8'),
      keys: await readdir(join(data, 'keys')),
      folder: await readdir(data),
      changes: await sequences(),
    });
    const sequences = async () => {
      const server = await startTestServer({ dataDir: data });
      const names = (await requireOk(server.client, 'GET', '/_all_dbs')) as string[];
      const infos = names.map((name) => requireOk(server.client, 'GET', `/${name}`));
      const told = (await Promise.all(infos)).map((info) => isJsonObject(info) && info['update_seq']);
      await server.close();
      return told;
    };
    const before = await kept();
    const { code, findings } = await doctor({ data }, { TISKI_DEMO: '0' });
    expect(code).toBe(0);
    expect(of(findings, 'databases')).toEqual(['good']);
    expect(of(findings, 'keys')).toEqual(['good', 'good', 'good']);
    expect(of(findings, 'server')).toEqual(['not-checked']);
    expect(of(findings, 'couchdb')).toEqual(['not-checked']);
    expect(of(findings, 'proxy')).toEqual(['not-checked']);
    expect(await kept()).toEqual(before);
  });

  it('creates no folder if there is none', async () => {
    const none = join(above, 'none');
    const { code, findings } = await doctor({ data: none });
    expect(code).toBe(0);
    expect(of(findings, 'folder')).toEqual(['warning']);
    expect(of(findings, 'keys')).toEqual(['not-checked']);
    await expect(access(none)).rejects.toThrow('ENOENT');
  });

  /** In its own process, as LevelDB's lock belongs to a process. */
  async function doctorApart(words: string[], environment: NodeJS.ProcessEnv = {}) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TISKI_.*|COUCHDB_URL|HOST|PORT)$/.test(name),
    );
    const child = spawn(process.execPath, ['src/server/cli/bin.js', 'doctor', '--data', data, ...words], {
      env: { ...Object.fromEntries(inherited), TISKI_DEMO: '0', ...environment },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('asks a running server, which has the folder, as its administrator', async () => {
    const server = await startTestServer({ dataDir: data });
    const { port } = new URL(server.url);
    const ask = async (words: string[], password = '') => {
      const { code, output } = await doctorApart(
        ['--json', ...words],
        password === '' ? {} : { TISKI_ADMIN_PASSWORD: password },
      );
      return { code, output, findings: JSON.parse(output) as Finding[] };
    };
    const asked = await ask(['--port', port], testAdminPassword);
    const without = await ask(['--port', port]);
    const wrong = await ask(['--url', server.url], 'another-password');
    const elsewhere = await ask(['--port', silentPort]);
    await server.close();
    expect(asked.code).toBe(0);
    expect(of(asked.findings, 'server')).toEqual(['good']);
    expect(of(asked.findings, 'databases')).toEqual(['good']);
    expect(of(asked.findings, 'keys')).toEqual(['good', 'good', 'good']);
    expect(asked.output).not.toContain(testAdminPassword);
    expect(of(without.findings, 'keys')).toEqual(['not-checked']);
    expect(without.output).toContain('TISKI_ADMIN_PASSWORD is not given');
    expect(of(wrong.findings, 'keys')).toEqual(['not-checked']);
    expect(wrong.output).toContain('not the right one');
    expect(wrong.output).not.toContain('another-password');
    expect(of(elsewhere.findings, 'server')).toEqual(['bad']);
    expect(of(elsewhere.findings, 'keys')).toEqual(['not-checked']);
    expect(elsewhere.code).toBe(1);
  });

  it('a demo that does not know the name it is called by is reported, once', async () => {
    const demo = await startTestServer({ demo: true });
    const certificate = makeCertificate(new Date(Date.now() + 60 * 24 * 3600_000));
    https.globalAgent.options.ca = certificate.cert;
    const proxy = await startTlsProxy({ ...certificate, to: demo.url, calledAs: 'tiski.example.fi' });
    const { code, findings } = await doctor({ data: join(above, 'none'), url: proxy.origin });
    https.globalAgent.options.ca = undefined;
    await proxy.stop();
    await demo.stop();
    expect(code).toBe(1);
    const bad = findings.filter(({ state }) => state === 'bad');
    expect(bad.map(({ check, says }) => `${check}: ${says}`)).toEqual([
      'server: The server does not answer as localhost (421).',
    ]);
    expect(bad[0]?.todo).toContain('TISKI_HOSTS');
  });

  it('asks every node of a CouchDB, its clock too, and shows no password', async () => {
    const settings = { 'chttpd_auth/secret': 'known-to-nodes', 'chttpd_auth/upgrade_hash_on_auth': 'false' };
    const node = await startStandIn({ settings, clockAhead: 300 });
    const { code, text, findings } = await doctor({ data: above, isJson: true }, { COUCHDB_URL: node.url });
    await node.stop();
    expect(code).toBe(1);
    expect(of(findings, 'couchdb')).toEqual(Array(6).fill('good'));
    expect(of(findings, 'clock')).toEqual(['bad', 'good']);
    expect(of(findings, 'databases')).toEqual(['not-checked']);
    expect(text).not.toContain(standInPassword);
    expect(text).not.toContain('known-to-nodes');
  });

  it('refuses what is not an address', async () => {
    await expect(doctor({ data, url: 'tiski.example.fi' })).rejects.toMatchObject({ exitCode: 2 });
  });

  it.each([
    [{}, 0],
    [{ PORT: 'abc' }, 1],
  ])('prints one line per finding and, with %j, ends with %i', async (environment, code) => {
    const told = await doctorApart(['--port', silentPort], environment);
    expect(told.code).toBe(code);
    const lines = told.output.trim().split('\n');
    expect(lines.at(-1)).toMatch(/^bad: \d+, warning: \d+, not checked: \d+, good: \d+$/);
    expect(lines.filter((line) => line.startsWith('bad  '))).toHaveLength(code);
    expect(told.output).toContain('good         keys: ');
  });
});
