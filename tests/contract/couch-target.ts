import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { createApp } from '../../src/server/app';
import type { Backend } from '../../src/server/backend';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { openBackend } from '../../src/server/open-backend';
import { ensureAdministrator } from '../../src/server/provision/administrator';
import { startRecorder } from './couch-recorder';
import { watchedApp } from './watched-app';

/** A CouchDB to run the contract against as well; the tests' databases and accounts have a prefix there. */
export const couchUrl = process.env['COUCHDB_URL'];

export interface Account {
  name: string;
  password: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed, or the text if it isn't JSON. */
  body: unknown;
}

export interface CallOptions {
  /** Signs the request with Basic. */
  as?: Account;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The endpoint under test: a listening server, over the embedded store or as a proxy to a CouchDB. */
export interface Target {
  url: string;
  /**
   * Prefix of every account of this run, and of databases that tests make besides Tiski's, e.g. `t1a2b3-`.
   */
  prefix: string;
  /** Signs in as the server's administrator. */
  admin: Account;
  /** The server's own client. */
  client: CouchClient;
  /** Every address that the server answers, e.g. `GET /api/desks`. */
  routes: ReadonlySet<string>;
  /** A request below /couch. */
  couch(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A request below the origin. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Makes an account whose name has the prefix. */
  addAccount(name: string, roles: string[]): Promise<Account>;
  stop(): Promise<void>;
}

export const targets = [
  { name: 'embedded', start: startEmbedded },
  ...(couchUrl === undefined ? [] : [{ name: 'CouchDB', start: () => startProxy(couchUrl) }]),
];

const embeddedAdmin: Account = { name: 'administrator', password: 'contract-tests-only' };

export async function startEmbedded(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'tiski-contract-'));
  const backend = await openBackend({ folder, iterations: 10_000, bodyLimit: 256 * 1024 });
  await ensureAdministrator(backend, embeddedAdmin.password);
  const clean = () => rm(folder, { recursive: true, force: true });
  return startTarget(backend, { admin: embeddedAdmin, prefix: newPrefix(), clean });
}

async function startProxy(address: string): Promise<Target> {
  const url = new URL(address);
  const admin = { name: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const prefix = newPrefix();
  const wire = await startRecorder(address, prefix);
  const backend = await openBackend({ folder: '', couchUrl: wire.url, bodyLimit: 256 * 1024 });
  const clean = async (accounts: ReadonlySet<string>) => {
    await wire.stop();
    await removeOwn(remoteClient(couchAddress(address)), prefix, accounts);
  };
  return startTarget(backend, { admin, prefix, clean });
}

const newPrefix = () => `t${randomBytes(4).toString('hex')}-`;

interface TargetParts {
  admin: Account;
  prefix: string;
  /** @param accounts documents that were made */
  clean: (accounts: ReadonlySet<string>) => Promise<void>;
}

async function startTarget(backend: Backend, { admin, prefix, clean }: TargetParts): Promise<Target> {
  const accounts = new Set<string>();
  const client = notingClient(backend.client, accounts);
  const routes = new Set<string>();
  const app = await createApp({
    backend: {
      ...backend,
      client,
      addCouchRoutes: (server, log) => backend.addCouchRoutes(noting(server, routes), log),
    },
    ...watchedApp(client, (error) => console.error(error)),
    // The store decides.
    isDemo: true,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const call = (method: string, path: string, options?: CallOptions) =>
    send(method, `${url}${path}`, options);
  return {
    url,
    prefix,
    admin,
    client,
    routes,
    call,
    couch: (method, path, options) => call(method, `/couch${path}`, options),
    addAccount: (name, roles) => addAccount(client, `${prefix}${name}`, roles),
    stop: async () => {
      await app.close();
      await backend.close();
      await clean(accounts);
    },
  };
}

/** The same server before it has routes: records those that it gets. */
function noting(server: FastifyInstance, routes: Set<string>): FastifyInstance {
  return server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.add(`${each} ${url}`);
  });
}

/** The same client; records the accounts that it makes. */
function notingClient(client: CouchClient, accounts: Set<string>): CouchClient {
  return {
    request: (method, path, body) => {
      if (method === 'PUT' && path.startsWith('/_users/')) accounts.add(path.split('?')[0] ?? path);
      return client.request(method, path, body);
    },
  };
}

async function addAccount(client: CouchClient, name: string, roles: string[]): Promise<Account> {
  const password = randomBytes(9).toString('hex');
  const id = `org.couchdb.user:${name}`;
  await requireOk(client, 'PUT', `/_users/${encodeURIComponent(id)}`, {
    _id: id,
    type: 'user',
    name,
    roles,
    password,
  });
  return { name, password };
}

async function removeOwn(client: CouchClient, prefix: string, accounts: ReadonlySet<string>): Promise<void> {
  const names = (await requireOk(client, 'GET', '/_all_dbs')) as string[];
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await requireOk(client, 'DELETE', `/${encodeURIComponent(name)}`);
  }
  for (const path of accounts) await removeDocument(client, path);
}

/** Deletes a document if it is there. */
export async function removeDocument(client: CouchClient, path: string): Promise<void> {
  const { status, body } = await client.request('GET', path);
  if (status !== 200) return;
  const address = `${path}?rev=${(body as { _rev: string })._rev}`;
  const reply = await client.request('DELETE', address);
  // After an account's first sign-in CouchDB rewrites it with its own hash of the password: maybe just now.
  if (reply.status === 409) return removeDocument(client, path);
  expect(reply).toMatchObject({ status: 200 });
}

export const basic = ({ name, password }: Account) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** One request; a body that is neither text nor bytes goes as JSON. */
export async function send(method: string, url: string, options: CallOptions = {}): Promise<Answer> {
  const { as, body, headers = {} } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as === undefined ? {} : { authorization: basic(as) }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: bodyAsSent(body) }),
  });
  return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
}

function bodyAsSent(body: unknown): BodyInit {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Status and CouchDB's error name: what a client relies on. */
export function failure({ status, body }: Answer): [number, unknown] {
  return [status, (body as { error?: unknown }).error];
}
