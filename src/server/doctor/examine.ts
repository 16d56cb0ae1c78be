import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localDate } from '$lib/domain/time/day';
import { CommandError } from '../cli/command-error';
import { given } from '../cli/given';
import type { DoctorOptions } from '../cli/options';
import type { StartOptions } from '../cli/start-options';
import { UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { couchAddress, couchAddresses } from '../couch/remote-client';
import { isDemoStore } from '../demo/demo-store';
import { keyFolder } from '../keys/key-folder';
import { projectFolder } from '../project-folder';
import { clockFindings, zoneFindings, type ClockReading } from './clock-check';
import { couchFindings } from './couch-check';
import { askNode, type NodeAnswer } from './couch-node';
import { databaseFindings } from './database-check';
import { diskFindings } from './disk-check';
import { findingsOf, type CheckName, type Finding } from './finding';
import { folderFindings } from './folder-check';
import { keyFindings } from './key-check';
import { nodeFindings } from './node-check';
import { pollFindings } from './poll-check';
import { proxyFindings } from './proxy-check';
import { askHealth, serverFindings, type ServerAnswer } from './server-check';
import { demoFindings, isLoopback, listenFindings, readSettings, type DemoState } from './settings-check';
import { readServer, readStore, type StoreRead } from './store-place';

/**
 * Checks everything that `tiski doctor` knows, and changes nothing.
 * @throws {CommandError} if the address is invalid
 */
export async function examine(
  typed: DoctorOptions,
  environment: NodeJS.ProcessEnv,
  now: Date,
): Promise<Finding[]> {
  const settings = await readSettings(environment);
  const options = {
    ...settings.options,
    ...(typed.data === undefined ? {} : { data: typed.data }),
    ...(typed.port === undefined ? {} : { port: Number(typed.port) }),
  };
  const url = publicOrigin(typed.url ?? given(environment['TISKI_URL']));
  const origin = url ?? localOrigin(options);
  const answer = await askHealth(origin);
  const { version, engines } = await packageJson();
  const nodes = await couchNodes(options);
  const { store, isInUse } = await storeFor(options, answer, origin);
  try {
    const demo = await demoState(store, answer);
    return [
      ...settings.findings,
      ...listenFindings(options, url),
      ...demoFindings(demo, options, url),
      ...nodeFindings(process.versions.node, engines.node),
      ...(await folderFindings(options.data, options.keys)),
      ...(await diskFindings(options.data, options.couchUrl === undefined)),
      ...serverFindings(answer, { origin, isExpected: isInUse || url !== undefined, version }),
      ...clockFindings(clockReadings(answer, nodes)),
      ...zoneFindings(),
      ...(await storeFindings(store, options, demo, now)),
      ...couchSection(nodes),
      ...(await proxySection(url, answer, now)),
      ...(await heldSection(url, typed.isSlow, options)),
    ];
  } finally {
    if (store.kind === 'opened') await store.close();
  }
}

/** Without a name and a password that it may contain. */
function publicOrigin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return couchAddress(text).origin;
  } catch {
    throw new CommandError('the address must be like https://tiski.example.fi.', 2);
  }
}

function localOrigin({ host, port }: StartOptions): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function packageJson() {
  const text = await readFile(join(projectFolder, 'package.json'), 'utf8');
  return JSON.parse(text) as { version: string; engines: { node: string } };
}

function couchNodes({ couchUrl }: StartOptions): Promise<NodeAnswer[]> {
  return Promise.all((couchUrl === undefined ? [] : couchAddresses(couchUrl)).map(askNode));
}

/** The store itself, or, if a server has it open, that server. */
async function storeFor(
  options: StartOptions,
  answer: ServerAnswer,
  origin: string,
): Promise<{ store: StoreRead; isInUse: boolean }> {
  const store = await readStore(options);
  const isInUse = store.kind === 'in-use';
  const asksServer = store.kind !== 'opened' && options.couchUrl === undefined && answer.kind === 'tiski';
  if (!asksServer) return { store, isInUse };
  return { store: await readServer(origin, options.adminPassword), isInUse };
}

async function demoState(store: StoreRead, answer: ServerAnswer): Promise<DemoState> {
  if (answer.kind === 'tiski' && answer.health.status === 'ok') return answer.health.demo ? 'demo' : 'city';
  if (store.kind === 'absent') return 'new';
  if (store.kind !== 'opened') return 'unknown';
  return (await isDemoStore(store.client)) ? 'demo' : 'city';
}

function clockReadings(answer: ServerAnswer, nodes: readonly NodeAnswer[]): ClockReading[] {
  const couch = nodes.flatMap((each) => {
    if (each.kind === 'none') return [];
    const { origin, clock } = each.node;
    return [{ name: origin, ...clock, isHere: isLoopback(new URL(origin).hostname) }];
  });
  return [...(answer.kind === 'tiski' ? [answer.clock] : []), ...couch];
}

async function storeFindings(
  store: StoreRead,
  options: StartOptions,
  demo: DemoState,
  now: Date,
): Promise<Finding[]> {
  if (store.kind !== 'opened') return unread(store);
  const { client } = store;
  return [...(await databaseFindings(client)), ...(await keysOf(client, options, demo === 'demo', now))];
}

async function keysOf(
  client: CouchClient,
  options: StartOptions,
  isDemo: boolean,
  now: Date,
): Promise<Finding[]> {
  const place = { folder: options.data, ...(options.keys === undefined ? {} : { keys: options.keys }) };
  try {
    const folder = keyFolder(place, isDemo);
    return await keyFindings({ folder, client }, localDate(now.getTime(), 'UTC'));
  } catch (error) {
    if (!(error instanceof UnexpectedCouchReply)) throw error;
    return [findingsOf('keys').notChecked(`The catalogue can not be read (${error.reply.status}).`)];
  }
}

function unread(store: Exclude<StoreRead, { kind: 'opened' }>): Finding[] {
  const both = (why: string, todo?: string) =>
    (['databases', 'keys'] satisfies CheckName[]).map((check) => findingsOf(check).notChecked(why, todo));
  switch (store.kind) {
    case 'absent':
      return both('There are no databases yet.', 'The first start makes them, and the keys.');
    case 'in-use':
      return both(
        'Another process has the data folder.',
        'Give the address of its server with --url or --port, and TISKI_ADMIN_PASSWORD.',
      );
    case 'closed':
      return both(`The store was not read: ${store.why}.`);
  }
}

function couchSection(nodes: readonly NodeAnswer[]): Finding[] {
  if (nodes.length > 0) return couchFindings(nodes);
  return [findingsOf('couchdb').notChecked('There is no COUCHDB_URL: the embedded store is used.')];
}

const proxy = findingsOf('proxy');

async function proxySection(url: string | undefined, answer: ServerAnswer, now: Date): Promise<Finding[]> {
  if (url === undefined) {
    const todo = 'Give it: tiski doctor --url https://tiski.example.fi';
    return [proxy.notChecked('No public address was given.', todo)];
  }
  if (!isPublic(url)) return [proxy.notChecked(`${url} is the server itself, no proxy.`)];
  if (answer.kind === 'wrong-host') return [proxy.notChecked(`Nothing is answered at ${url} but 421.`)];
  return proxyFindings(url, now);
}

async function heldSection(
  url: string | undefined,
  isSlow: boolean,
  { adminPassword }: StartOptions,
): Promise<Finding[]> {
  if (url === undefined || !isPublic(url)) return [];
  if (isSlow) return pollFindings(url, adminPassword);
  return [proxy.notChecked('Whether held requests are cut takes a minute to see.', 'Ask with --slow.')];
}

/** At this machine's own address without TLS there is no proxy to check. */
const isPublic = (url: string) => url.startsWith('https:') || !isLoopback(new URL(url).hostname);
