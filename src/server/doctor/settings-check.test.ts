import { describe, expect, it } from 'vitest';
import { knownSettings } from '../cli/start-options';
import type { Finding } from './finding';
import { demoFindings, listenFindings, readSettings } from './settings-check';

const states = (findings: readonly Finding[]) => findings.map(({ state }) => state);
const told = async (environment: NodeJS.ProcessEnv) => (await readSettings(environment)).findings;
const optionsOf = async (environment: NodeJS.ProcessEnv) => (await readSettings(environment)).options;

describe('settings', () => {
  it('none is good, and so are valid ones', async () => {
    expect(states(await told({}))).toEqual(['good']);
    const environment = { PORT: '8080', TISKI_DEMO: '0', TISKI_HOSTS: 'tiski.example.fi', HOME: '/root' };
    expect(states(await told(environment))).toEqual(['good']);
  });

  it('each invalid one is reported, and the others count', async () => {
    const environment = { PORT: 'abc', TISKI_HOSTS: 'http://x', COUCHDB_URL: 'localhost', HOST: '10.0.0.5' };
    const { options, findings } = await readSettings(environment);
    expect(states(findings)).toEqual(['bad', 'bad', 'bad']);
    expect(findings.map(({ says }) => says.split(' ')[0])).toEqual(['COUCHDB_URL', 'PORT', 'TISKI_HOSTS']);
    expect(options).toMatchObject({ port: 3000, host: '10.0.0.5' });
  });

  it('an unknown one that looks like ours is reported without its value', async () => {
    const findings = await told({ TISKI_HOST: 'hidden-value', HOSTNAME: 'x' });
    expect(states(findings)).toEqual(['warning']);
    expect(JSON.stringify(findings)).toContain('TISKI_HOST');
    expect(JSON.stringify(findings)).not.toContain('hidden-value');
    const all = Object.fromEntries(knownSettings.map((name) => [name, '']));
    expect(states(await told(all))).toEqual(['good']);
  });

  it.each([
    [{ TISKI_DEMO: 'false' }, 'warning', 'TISKI_DEMO'],
    [{ TISKI_TRUST_PROXY: 'proxy.example.fi' }, 'bad', 'TISKI_TRUST_PROXY'],
    [{ TISKI_APP: '/nowhere' }, 'bad', 'TISKI_APP'],
    [{ COUCHDB_URL: 'http://couch:5984' }, 'bad', 'COUCHDB_URL'],
  ])('%j is reported as %s', async (environment, state, name) => {
    const findings = await told(environment);
    expect(states(findings)).toEqual([state]);
    expect(findings[0]?.says).toContain(name);
  });

  it('a server that others reach needs TLS in front of it', async () => {
    expect(states(listenFindings(await optionsOf({})))).toEqual(['good']);
    const open = await optionsOf({ HOST: '0.0.0.0' });
    expect(states(listenFindings(open))).toEqual(['warning']);
    expect(states(listenFindings(open, 'https://tiski.example.fi'))).toEqual(['good']);
    const trusting = await optionsOf({ HOST: '0.0.0.0', TISKI_TRUST_PROXY: '10.0.0.1' });
    expect(states(listenFindings(trusting))).toEqual(['good']);
  });

  it('says whether the store is a demo, and under which names it is reached', async () => {
    const [plain, off] = [await optionsOf({}), await optionsOf({ TISKI_DEMO: '0' })];
    const url = 'https://tiski.example.fi';
    expect(states(demoFindings('new', plain))).toEqual(['warning']);
    expect(states(demoFindings('new', off))).toEqual(['good']);
    expect(states(demoFindings('city', off, url))).toEqual(['good']);
    expect(states(demoFindings('unknown', off))).toEqual(['not-checked']);
    expect(states(demoFindings('demo', plain, 'http://localhost:3000'))).toEqual(['good']);
    const unnamed = demoFindings('demo', plain, url);
    expect(states(unnamed)).toEqual(['good', 'bad']);
    expect(unnamed[1]?.todo).toContain('TISKI_HOSTS=tiski.example.fi');
    const named = await optionsOf({ TISKI_HOSTS: 'tiski.example.fi' });
    expect(states(demoFindings('demo', named, url))).toEqual(['warning']);
  });
});
