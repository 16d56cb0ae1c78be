import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app';
import { AuditIndex } from './audit/audit-index';
import { AuditLog } from './audit/audit-log';
import type { Backend } from './backend';
import { requireWhole } from './backup/half-restored';
import type { CouchClient } from './couch/client';
import { untilItAnswers } from './couch/until-it-answers';
import { createDemoCity, needsDemoCity } from './demo/city';
import { isDemoStore, saysDemo } from './demo/demo-store';
import { DeskWatch } from './desks/desk-watch';
import { allowedHosts } from './http/allowed-hosts';
import { ensureKeys } from './keys/ensure-keys';
import { keyFolder } from './keys/key-folder';
import type { KeyStore } from './keys/key-store';
import { SharedLease, unshared } from './lease/lease';
import type { LeasedWork } from './lease/lease-document';
import { deskFigures } from './monitoring/desk-figures';
import { Metrics } from './monitoring/metrics';
import { Readiness } from './monitoring/readiness';
import { resumeErasures } from './people/erase-person';
import { PeopleIndex } from './people/people-index';
import { openBackend, type StoreSettings } from './open-backend';
import { administratorName, ensureAdministrator, type KeepPassword } from './provision/administrator';
import { provision, sectorsWithoutDatabase } from './provision/provision';
import { serverLog, type ServerLog } from './server-log';
import { keepSnapshot, type SnapshotKeeper, type SnapshotSettings } from './snapshot/keep-snapshot';
import { tiskiVersion } from './tiski-version';

export interface ServerSettings extends StoreSettings {
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** Folder of the built app; absent if Vite serves it. */
  build?: string;
  /** The first administrator's password, also for an existing account; generated for a new one if absent. */
  adminPassword?: string;
  /** Stores a generated one, before its account is made. */
  keepPassword?: KeepPassword;
  /** Fill an empty store with the demo city. */
  demo: boolean;
  /** S18: when the register is packed for new desks. */
  snapshots?: SnapshotSettings;
  /** How long it takes several servers to replace the one that packs or follows the visits, ms. */
  leaseTermMs?: number;
  /** Addresses of reverse proxies whose X-Forwarded headers are trusted; `loopback` if absent. */
  trustProxy?: string;
  /** Lets Prometheus read /metrics from elsewhere; only this machine may if absent. */
  metricsToken?: string | undefined;
  /** Names that it answers to in addition to `host` and loopback's; if absent, a city answers to any name. */
  hosts?: readonly string[];
}

export interface RunningServer {
  /** Its address, e.g. http://localhost:3000 */
  url: string;
  port: number;
  client: CouchClient;
  /**
   * The password is only known if this start made the account; `isReset`: it took the one from the settings;
   * `rolesRestored`: it had lost some.
   */
  administrator: { name: string; password?: string; isReset: boolean; rolesRestored: boolean };
  /** What was just made, if the demo city was. */
  madeDemo?: { cards: number; visits: number };
  isDemo: boolean;
  /** An older version took it for a demo by its catalogue, but it holds other cards than the demo's. */
  isDemoNoMore: boolean;
  /** Ends long polls, finishes writes, closes the store. */
  close(): Promise<void>;
}

/** What one service's sector lacks doesn't stop the start. */
function reportSectors(sectors: readonly string[], log: ServerLog): void {
  for (const sector of sectors) {
    const name = JSON.stringify(sector.slice(0, 80));
    log.warn(`No database can be made for the visits of the sector ${name}: rename it in the catalogue.`);
  }
}

/**
 * Brings the store into shape and opens the server. @throws if the port is taken or the store can't be opened
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const log = serverLog();
  const backend = await openBackend(settings, {
    onFault: log.fault,
    onNotice: log.warn,
    onVisits: (rows) => metrics?.countVisits(rows),
  });
  let app: FastifyInstance | undefined;
  let metrics: Metrics | undefined;
  let snapshots: SnapshotKeeper | undefined;
  try {
    const { client } = backend;
    const { build, adminPassword, now = () => new Date(), trustProxy = 'loopback' } = settings;
    const { host, hosts = [] } = settings;
    if (settings.couchUrl !== undefined) await untilItAnswers(client, log);
    await requireWhole(client);
    await provision(client, now());
    reportSectors(await sectorsWithoutDatabase(client), log);
    const makesDemo = await needsDemoCity(client, settings.demo);
    const isDemo = makesDemo || (await isDemoStore(client));
    const keys: KeyStore = { folder: keyFolder(settings, isDemo), client };
    // A demo's key is published only after the store is marked as a demo: no city may ever trust it.
    if (!makesDemo) await ensureKeys(keys, now(), log);
    const leases = leasesOf(backend, settings, log);
    const watch = new DeskWatch(client, log.fault, leases.watch ?? unshared);
    const readiness = new Readiness(client);
    metrics = new Metrics({
      desks: async () => deskFigures(await watch.reports(), now().getTime()),
      register: () => snapshots?.age(),
    });
    const audit = new AuditLog(client, now).log;
    const people = new PeopleIndex(client);
    app = await createApp({
      backend,
      keys,
      watch,
      audit,
      auditIndex: new AuditIndex(client),
      people,
      readiness,
      metrics,
      metricsToken: settings.metricsToken,
      version: await tiskiVersion(),
      isDemo,
      now,
      onFault: log.fault,
      trustProxy,
      allowedHosts: allowedHosts({ isDemo, host, hosts }),
      ...(build === undefined ? {} : { build: resolve(build) }),
    });
    await app.listen({ port: settings.port, host });
    const listening = app;
    const port = portOf(listening);
    // Last: a generated password, or the news of a demo city, must not be lost because the port was taken.
    const madeDemo = makesDemo ? await createDemoCity(client, now()) : undefined;
    if (makesDemo) await ensureKeys(keys, now(), log);
    const { password, ...administrator } = await ensureAdministrator(
      backend,
      adminPassword,
      settings.keepPassword,
    );
    const stopLeases = await startAll([leases.packer, leases.watch]);
    const packing = keepSnapshot(client, settings.snapshots ?? {}, log.fault, leases.packer ?? unshared);
    snapshots = packing;
    const stopWatch = watch.start();
    // What a crash cut off.
    const resuming = resumeErasures({ client, index: people, log: audit, now }).catch(log.fault);
    readiness.provisioned();
    return {
      url: `http://${host === '0.0.0.0' ? 'localhost' : host}:${port}`,
      port,
      client,
      administrator: {
        name: administratorName,
        ...administrator,
        ...(password === undefined ? {} : { password }),
      },
      ...(madeDemo === undefined ? {} : { madeDemo }),
      isDemo,
      isDemoNoMore: !isDemo && (await saysDemo(client)),
      async close() {
        readiness.stopping();
        await packing.stop();
        await resuming;
        await closeAll(listening, [stopWatch, ...stopLeases], backend);
      },
    };
  } catch (error) {
    await app?.close();
    await backend.close();
    throw error;
  }
}

/** Only one process has an embedded store. */
function leasesOf(
  { store, client }: Backend,
  { now = () => new Date(), leaseTermMs }: ServerSettings,
  { fault: onFault }: ServerLog,
): Partial<Record<LeasedWork, SharedLease>> {
  if (store === 'embedded') return {};
  const holder = randomUUID();
  const shared = { client, holder, now, onFault, ...(leaseTermMs !== undefined && { termMs: leaseTermMs }) };
  return {
    packer: new SharedLease({ ...shared, work: 'packer' }),
    watch: new SharedLease({ ...shared, work: 'watch' }),
  };
}

async function startAll(leases: readonly (SharedLease | undefined)[]): Promise<(() => Promise<void>)[]> {
  const stops = [];
  for (const lease of leases) if (lease !== undefined) stops.push(await lease.start());
  return stops;
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeAll(
  app: FastifyInstance,
  stops: readonly (() => Promise<void>)[],
  backend: Backend,
): Promise<void> {
  await app.close();
  for (const stop of stops) await stop();
  await backend.close();
}
