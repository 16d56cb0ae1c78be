import { access } from 'node:fs/promises';
import { join } from 'node:path';
import Fastify from 'fastify';
import { CommandError } from '../cli/command-error';
import { given } from '../cli/given';
import { readCommand } from '../cli/options';
import { knownSettings, type StartOptions } from '../cli/start-options';
import { couchAddresses } from '../couch/remote-client';
import { allowedHosts, hostName } from '../http/allowed-hosts';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad } = findingsOf('settings');

export interface ReadSettings {
  /** What a start would use, without invalid settings. */
  options: StartOptions;
  findings: Finding[];
}

/** Reads the environment as a start does, each setting on its own: an invalid one hides no other. */
export async function readSettings(environment: NodeJS.ProcessEnv): Promise<ReadSettings> {
  const usable: NodeJS.ProcessEnv = {};
  const findings: Finding[] = [];
  for (const name of knownSettings) {
    const value = given(environment[name]);
    if (value === undefined) continue;
    const fault = faultOf(name, value);
    if (fault === undefined) usable[name] = value;
    else findings.push(bad(fault, `Mend ${name}: see tiski --help.`));
  }
  const { options } = readCommand(['start'], usable) as { options: StartOptions };
  findings.push(...unknownFindings(environment), ...demoWord(usable), ...trustFindings(options));
  findings.push(...(await appFindings(options)), ...couchUserFindings(options));
  return {
    options,
    findings:
      findings.length > 0 ? findings : [good('Every setting of the environment is known and can be.')],
  };
}

function faultOf(name: string, value: string): string | undefined {
  try {
    readCommand(['start'], { [name]: value });
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return `${name} can't be: ${error.message}`;
    throw error;
  }
}

function unknownFindings(environment: NodeJS.ProcessEnv): Finding[] {
  const known: readonly string[] = knownSettings;
  return Object.keys(environment)
    .filter((name) => name.startsWith('TISKI_') && !known.includes(name))
    .map((name) =>
      warning(
        `${JSON.stringify(name)} is not a setting of Tiski: it does nothing.`,
        `Remove it, or write one of ${known.filter((each) => each.startsWith('TISKI_')).join(', ')}.`,
      ),
    );
}

function demoWord({ TISKI_DEMO }: NodeJS.ProcessEnv): Finding[] {
  if (TISKI_DEMO === undefined || TISKI_DEMO === '0' || TISKI_DEMO === '1') return [];
  return [
    warning('TISKI_DEMO is neither 0 nor 1: only 0 turns the demo off.', 'For a city write TISKI_DEMO=0.'),
  ];
}

function trustFindings({ trustProxy }: StartOptions): Finding[] {
  if (trustProxy === undefined) return [];
  try {
    Fastify({ trustProxy });
    return [];
  } catch {
    return [
      bad(
        'TISKI_TRUST_PROXY holds something that is not an address: no server starts with it.',
        'Write addresses or ranges of the proxies, as 10.0.0.1 or 10.0.0.0/24, separated by commas.',
      ),
    ];
  }
}

async function appFindings({ app }: StartOptions): Promise<Finding[]> {
  if (app === undefined) return [];
  const isThere = await access(join(app, 'index.html')).then(
    () => true,
    () => false,
  );
  if (isThere) return [];
  return [
    bad(`There is no built app in ${app} (TISKI_APP).`, 'Build it: npm run build; or leave TISKI_APP out.'),
  ];
}

function couchUserFindings({ couchUrl }: StartOptions): Finding[] {
  if (couchUrl === undefined) return [];
  if (couchAddresses(couchUrl).every(({ authorization }) => authorization !== undefined)) return [];
  return [
    bad(
      'An address in COUCHDB_URL names no administrator: the server may not make databases or rights.',
      'Write each as http://admin:secret@host:5984.',
    ),
  ];
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
export const isLoopback = (host: string) => loopback.has(hostName(host) ?? '');

/**
 * Whether the listener is behind TLS.
 * @param url the public address, if given
 */
export function listenFindings({ host, trustProxy }: StartOptions, url?: string): Finding[] {
  if (isLoopback(host)) return [good(`The server listens on ${host} only.`)];
  const hasHint = trustProxy !== undefined || url?.startsWith('https:') === true;
  if (hasHint) return [good(`The server listens on ${host}, behind a proxy.`)];
  return [
    warning(
      `The server listens on ${host} without TLS: passwords can be read on the line, and browsers give no camera.`,
      'Put a proxy with TLS before it, on this machine with HOST=localhost, or named in TISKI_TRUST_PROXY.',
    ),
  ];
}

/** What is known about whether the store is a demo. */
export type DemoState = 'demo' | 'city' | 'new' | 'unknown';

/**
 * Whether anybody may open a desk, and under which names.
 * @param url the address by which it is reached, if given
 */
export function demoFindings(state: DemoState, options: StartOptions, url?: string): Finding[] {
  const { notChecked } = findingsOf('settings');
  const name = url === undefined ? undefined : new URL(url).hostname;
  switch (state) {
    case 'unknown':
      return [notChecked('Whether the store is a demo: it can not be read.')];
    case 'new':
      return options.demo
        ? [
            warning(
              'The store is empty: the next start fills it with a demo city.',
              'For a real city start with TISKI_DEMO=0 or --empty.',
            ),
          ]
        : [good('The store is empty and stays so: the demo is off.')];
    case 'city':
      return [good('The store is a city, not a demo.'), ...nameFindings(false, options, name)];
    case 'demo':
      return [demoIsOn(options), ...nameFindings(true, options, name)];
  }
}

function demoIsOn({ host, hosts }: StartOptions): Finding {
  const isReached = !isLoopback(host) || hosts !== undefined;
  const says = 'The store is a demo: whoever reaches it may open a desk.';
  if (!isReached) return good(says);
  return warning(says, 'Put no real card into it. For a city start with TISKI_DEMO=0 and a new data folder.');
}

function nameFindings(isDemo: boolean, { host, hosts = [] }: StartOptions, name?: string): Finding[] {
  const allowed = allowedHosts({ isDemo, host, hosts });
  if (name === undefined || allowed === undefined || allowed.has(name)) return [];
  return [
    bad(
      `By these settings the server does not answer as ${name}.`,
      `Start it with TISKI_HOSTS=${[...hosts, name].join(',')}.`,
    ),
  ];
}
