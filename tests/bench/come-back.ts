import { fork, type ChildProcess } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { basicAuthorization } from '../../src/server/accounts/basic-credentials';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { couchAddress, remoteClient, type CouchAddress } from '../../src/server/couch/remote-client';
import { administratorName } from '../../src/server/provision/administrator';
import { comeBack, type BenchDesk, type ComeBack } from './come-back-desks';
import { adminPassword } from './load-server';
import type { BenchSize } from './sizes';
import { count, seconds, times, type BenchTable } from './table';

/** Rounds of a desk's own password, and of the hash that a CouchDB makes of it when it sees it. */
const quick = 1000;
const slow = 600_000;

/** `direct`: also by CouchDB alone, without Tiski in front. */
const sizes: Record<BenchSize, Plan[]> = {
  tiny: [{ desks: 20, rounds: slow, direct: true }],
  usual: [
    { desks: 120, rounds: slow, direct: true },
    { desks: 120, rounds: quick },
    { desks: 1000, rounds: quick },
  ],
  full: [
    { desks: 120, rounds: slow, direct: true },
    { desks: 120, rounds: quick },
    { desks: 1000, rounds: quick },
    { desks: 1000, rounds: slow, direct: true },
  ],
};

/** As long as a device's own. All desks of the bench share it, and its hash, which is made once. */
const password = randomBytes(32).toString('hex');

/** All of a city's desks come back at once, after the server, or the database server, was restarted. */
export async function comeBacks(size: BenchSize): Promise<BenchTable> {
  const couchUrl = process.env['COUCHDB_URL'];
  const all: Measured[] = [];
  for (const plan of sizes[size]) {
    all.push(...(await embedded(plan)));
    if (couchUrl !== undefined) all.push(...(await beforeCouch(couchUrl, plan)));
  }
  return {
    title: 'Desks that come back at once, with four requests each',
    columns: [
      'Where',
      'Desks',
      'Rounds of their hashes',
      'Started anew',
      'All served',
      'Half',
      'Told to come again',
      'Refused, though right',
      'For each desk, against CouchDB alone',
    ],
    rows: rowsOf(all),
    ...(couchUrl === undefined && { notes: ['COUCHDB_URL names no CouchDB: none was measured.'] }),
  };
}

const couchAlone = 'CouchDB alone';

interface Measured {
  where: string;
  desks: number;
  rounds: number;
  /** What was restarted. */
  what: string;
  back: ComeBack;
}

interface Plan {
  desks: number;
  rounds: number;
  direct?: boolean;
}

async function embedded({ desks, rounds }: Plan): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tiski-come-back-'));
  let server = await startServer(folder);
  try {
    const client = remoteClient({
      origin: `${server.url}/couch`,
      authorization: basicAuthorization(administratorName, adminPassword),
    });
    const city = await makeCity(client, desks, rounds);
    const rows: Measured[] = [];
    for (const what of ['first contact', 'Tiski']) {
      await server.stop();
      server = await startServer(folder);
      const back = await comeBack(`${server.url}/couch`, city.database, city.desks, `${rows.length}`);
      rows.push(told({ where: 'embedded', desks, rounds, what, back }));
    }
    return rows;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function beforeCouch(couchUrl: string, { desks, rounds, direct }: Plan): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tiski-come-back-'));
  const couch = couchAddress(couchUrl.split(/[\s,]+/)[0] ?? '');
  const client = remoteClient(couch);
  const city = await makeCity(client, desks, rounds);
  let server = await startServer(folder, couchUrl);
  const rows: Measured[] = [];
  const measure = async (where: string, base: string, what: string) => {
    const back = await comeBack(base, city.database, city.desks, `${rows.length}`);
    rows.push(told({ where, desks, rounds, what, back }));
  };
  try {
    if (direct === true) {
      await restart(couch, client);
      await measure(couchAlone, couch.origin, 'CouchDB');
      await restart(couch, client);
    }
    await measure('CouchDB', `${server.url}/couch`, 'first contact');
    await restart(couch, client);
    await measure('CouchDB', `${server.url}/couch`, 'CouchDB');
    await server.stop();
    server = await startServer(folder, couchUrl);
    await measure('CouchDB', `${server.url}/couch`, 'Tiski');
    await restart(couch, client);
    await server.stop();
    server = await startServer(folder, couchUrl);
    await measure('CouchDB', `${server.url}/couch`, 'both');
    return rows;
  } finally {
    await server.stop();
    await city.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Accounts with passwords of their own, and a database that desks may use. */
async function makeCity(client: CouchClient, desks: number, rounds: number) {
  const database = `come-back-${randomBytes(4).toString('hex')}`;
  const names = Array.from({ length: desks }, (_, index) => `desk-${database}-${index}`);
  const salt = randomBytes(16).toString('hex');
  const hash = {
    password_scheme: 'pbkdf2',
    pbkdf2_prf: 'sha256',
    salt,
    iterations: rounds,
    derived_key: pbkdf2Sync(password, salt, rounds, 32, 'sha256').toString('hex'),
  };
  const accounts = names.map((name) => ({
    _id: `org.couchdb.user:${name}`,
    type: 'user',
    name,
    roles: ['desk'],
    ...hash,
  }));
  await requireOk(client, 'POST', '/_users/_bulk_docs', { docs: accounts });
  await requireOk(client, 'PUT', `/${database}`);
  const members = { names: [], roles: ['desk'] };
  await requireOk(client, 'PUT', `/${database}/_security`, { admins: { names: [], roles: [] }, members });
  const docs = Array.from({ length: 100 }, (_, index) => ({ _id: `card:${index}`, hint: 'A.B. 1950' }));
  await requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs });
  return {
    database,
    desks: names.map((name): BenchDesk => ({ name, authorization: basicAuthorization(name, password) })),
    remove: async () => {
      await requireOk(client, 'DELETE', `/${database}`);
      const ids = accounts.map(({ _id }) => _id);
      const { rows } = (await requireOk(client, 'POST', '/_users/_all_docs', { keys: ids })) as {
        rows: { id: string; value: { rev: string } }[];
      };
      const gone = rows.map(({ id, value }) => ({ _id: id, _rev: value.rev, _deleted: true }));
      await requireOk(client, 'POST', '/_users/_bulk_docs', { docs: gone });
    },
  };
}

/** Restarts every node, so that none remembers a password; resolves when all are up. */
async function restart(couch: CouchAddress, client: CouchClient): Promise<void> {
  const { all_nodes: nodes } = (await requireOk(client, 'GET', '/_membership')) as { all_nodes: string[] };
  // The one that requests go to comes last.
  const { name } = (await requireOk(client, 'GET', '/_node/_local')) as { name: string };
  for (const node of [...nodes.filter((each) => each !== name), name]) {
    await requireOk(client, 'POST', `/_node/${encodeURIComponent(node)}/_restart`, {});
  }
  await sleep(1000);
  for (;;) {
    try {
      const answer = await fetch(`${couch.origin}/_up`);
      const members = await client.request('GET', '/_membership');
      const { all_nodes: up } = members.body as { all_nodes?: string[] };
      if (answer.ok && up?.length === nodes.length) return;
    } catch {
      // Not up yet.
    }
    await sleep(100);
  }
}

async function startServer(folder: string, couchUrl?: string) {
  const program = fileURLToPath(new URL('./come-back-process.ts', import.meta.url));
  const child: ChildProcess = fork(program, [folder, ...(couchUrl === undefined ? [] : [couchUrl])], {
    execArgv: ['--import', 'tsx'],
  });
  const [url] = (await once(child, 'message')) as [string];
  let isStopped = false;
  return {
    url,
    stop: async () => {
      if (isStopped) return;
      isStopped = true;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** Also printed at once: the whole table comes after many minutes. */
function told(measured: Measured): Measured {
  console.error(`  ${cellsOf(measured).join('  ')}`);
  return measured;
}

const cellsOf = ({ where, desks, rounds, what, back }: Measured): string[] => [
  where,
  count(desks),
  count(rounds),
  what,
  seconds(back.ms),
  seconds(back.medianMs),
  count(back.again),
  count(back.refused),
];

/** With what a desk takes, against a desk that asks CouchDB itself after its restart. */
function rowsOf(all: readonly Measured[]): string[][] {
  const perDesk = ({ back, desks }: Measured) => back.ms / desks;
  const alone = all.find(({ where }) => where === couchAlone);
  return all.map((each) => [
    ...cellsOf(each),
    alone === undefined ? '' : times(perDesk(each) / perDesk(alone)),
  ]);
}
