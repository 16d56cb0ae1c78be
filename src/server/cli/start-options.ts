import { couchAddresses } from '../couch/remote-client';
import { hostName } from '../http/allowed-hosts';
import { CommandError } from './command-error';
import { given } from './given';

export interface StoreOptions {
  /** Data folder of the embedded store. */
  data: string;
  /** COUCHDB_URL; without it the embedded store is used. */
  couchUrl?: string;
  /** TISKI_KEYS: folder of the private keys. */
  keys?: string;
  /** TISKI_ADMIN_PASSWORD: the first administrator's, set at every start. */
  adminPassword?: string;
}

export interface StartOptions extends StoreOptions {
  port: number;
  host: string;
  /** Whether an empty store is filled with the demo city. */
  demo: boolean;
  /** TISKI_APP: a folder with a built app, served as it is. */
  app?: string;
  /** TISKI_TRUST_PROXY: addresses of reverse proxies, separated by commas. */
  trustProxy?: string;
  /** TISKI_HOSTS: names and addresses that it answers to. */
  hosts?: string[];
  /** TISKI_METRICS_TOKEN: lets other machines read /metrics. */
  metricsToken?: string;
}

/** Every setting from the environment that a command reads. */
export const knownSettings = [
  'COUCHDB_URL',
  'HOST',
  'PORT',
  'TISKI_ADMIN_PASSWORD',
  'TISKI_APP',
  'TISKI_BACKUP_IDENTITY',
  'TISKI_BACKUP_RECIPIENT',
  'TISKI_DATA',
  'TISKI_DEMO',
  'TISKI_HOSTS',
  'TISKI_KEYS',
  'TISKI_KEYS_PASSPHRASE',
  'TISKI_METRICS_TOKEN',
  'TISKI_TRUST_PROXY',
  'TISKI_URL',
] as const;

/** The settings to start a server with: arguments first, then the environment. @throws {CommandError} */
export function startOptions(
  values: { port?: string | undefined; data?: string | undefined; empty?: boolean | undefined },
  environment: NodeJS.ProcessEnv,
): StartOptions {
  const {
    COUCHDB_URL,
    HOST,
    PORT,
    TISKI_ADMIN_PASSWORD,
    TISKI_APP,
    TISKI_DATA,
    TISKI_DEMO,
    TISKI_HOSTS,
    TISKI_KEYS,
    TISKI_METRICS_TOKEN,
    TISKI_TRUST_PROXY,
  } = environment;
  return {
    port: portFrom(values.port ?? given(PORT) ?? '3000'),
    host: given(HOST) ?? 'localhost',
    data: values.data ?? given(TISKI_DATA) ?? './data',
    demo: values.empty !== true && TISKI_DEMO !== '0',
    ...(given(COUCHDB_URL) === undefined ? {} : { couchUrl: couchUrlFrom(COUCHDB_URL ?? '') }),
    ...(given(TISKI_ADMIN_PASSWORD) === undefined ? {} : { adminPassword: TISKI_ADMIN_PASSWORD ?? '' }),
    ...(given(TISKI_KEYS) === undefined ? {} : { keys: TISKI_KEYS ?? '' }),
    ...(given(TISKI_APP) === undefined ? {} : { app: TISKI_APP ?? '' }),
    ...(given(TISKI_TRUST_PROXY) === undefined ? {} : { trustProxy: TISKI_TRUST_PROXY ?? '' }),
    ...(given(TISKI_HOSTS) === undefined ? {} : { hosts: hostsFrom(TISKI_HOSTS ?? '') }),
    ...(given(TISKI_METRICS_TOKEN) === undefined
      ? {}
      : { metricsToken: metricsTokenFrom(TISKI_METRICS_TOKEN ?? '') }),
  };
}

/** Nobody counts the guesses, so it has to be long. */
function metricsTokenFrom(text: string): string {
  if (/^[\x21-\x7e]{16,}$/.test(text)) return text;
  throw wrong('TISKI_METRICS_TOKEN must have 16 characters at least, without spaces and accents.');
}

/** @throws {CommandError} */
export function portFrom(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw wrong(`"${text}" is not a port: it must be a number from 0 to 65535.`);
}

function hostsFrom(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (hostName(entry) !== undefined) return entry;
      throw wrong(`"${entry}" in TISKI_HOSTS is not a host name: it must be like tiski.example.fi`);
    });
}

function couchUrlFrom(text: string): string {
  try {
    couchAddresses(text);
    return text;
  } catch {
    throw wrong(
      "COUCHDB_URL must be like http://admin:secret@localhost:5984, with commas between a cluster's nodes",
    );
  }
}

const wrong = (message: string) => new CommandError(message, 2);
