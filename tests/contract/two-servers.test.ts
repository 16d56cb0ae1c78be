import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { readEpoch } from '../../src/server/epochs/read-epoch';
import type { LeasedWork } from '../../src/server/lease/lease-document';
import type { ServerSettings } from '../../src/server/main';
import { aCard, aService, aVenue, aVisit, cardNumber } from '../builders';
import { testAdminPassword } from '../server';
import { couchUrl, removeDocument, send } from './couch-target';

/** Two servers in their own processes over the CouchDB of COUCHDB_URL; one of them is killed. */

const minute = 60_000;
const soon = { timeout: minute, interval: 200 };
/** Instead of five minutes. */
const leaseTermMs = 3_000;
const admin = { name: 'administrator', password: testAdminPassword };

class Server {
  private constructor(
    readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(folder: string, address: string): Promise<Server> {
    const settings: ServerSettings = {
      folder,
      couchUrl: address,
      port: 0,
      host: 'localhost',
      demo: false,
      adminPassword: testAdminPassword,
      leaseTermMs,
      snapshots: { lookEveryMs: 500 },
    };
    const program = fileURLToPath(new URL('../setup/serve-process.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return new Server(child, said.toString().trim());
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill(signal);
    await exited;
  }
}

if (couchUrl === undefined) {
  it('runs over a real CouchDB when COUCHDB_URL is set', () => {
    expect(process.env).not.toHaveProperty('COUCHDB_URL');
  });
} else describeTwoServers(couchUrl);

function describeTwoServers(address: string): void {
  describe('two servers over one CouchDB', () => {
    let folder: string;
    let client: CouchClient;
    let first: Server;
    let second: Server;

    beforeAll(async () => {
      client = remoteClient(couchAddress(address));
      if ((await tiskiDatabases()).length > 0)
        throw new Error('The CouchDB of COUCHDB_URL has Tiski databases.');
      folder = await mkdtemp(join(tmpdir(), 'tiski-two-'));
      // One folder: they share keys and the secret of sessions.
      first = await Server.start(folder, address);
      second = await Server.start(folder, address);
      await write('tiski-catalogue', [aVenue('uimahalli'), aService('swim')]);
      const sectors = await send('POST', `${first.url}/api/sectors`, { as: admin, body: {} });
      expect(sectors.status).toBe(200);
    }, 2 * minute);
    afterAll(async () => {
      await Promise.all([first, second].map((server) => server?.end('SIGKILL')));
      for (const name of await tiskiDatabases()) await requireOk(client, 'DELETE', `/${name}`);
      await removeDocument(client, '/_users/org.couchdb.user%3Aadministrator');
      await rm(folder, { recursive: true, force: true });
    }, minute);

    async function tiskiDatabases(): Promise<string[]> {
      const names = (await requireOk(client, 'GET', '/_all_dbs')) as string[];
      return names.filter((name) => name.startsWith('tiski-'));
    }
    const write = (database: string, docs: object[]) =>
      requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs });
    const holderOf = async (work: LeasedWork) =>
      ((await requireOk(client, 'GET', `/tiski-desks/lease:${work}`)) as { holder: string }).holder;
    const cards = (from: number, count: number) =>
      write(
        'tiski-register',
        Array.from({ length: count }, (_, index) => aCard(cardNumber(from + index))),
      );
    async function packedCards(): Promise<number> {
      const epoch = await readEpoch(client, 'tiski-register');
      const { status, body } = await client.request('GET', `/tiski-register/snapshot:${epoch}`);
      return status === 200 ? (body as { cards: number }).cards : 0;
    }
    const states = (server: Server) => send('GET', `${server.url}/api/desks/states`, { as: admin });

    it(
      'S18 the register is packed by one, and by the other after that was killed',
      { timeout: 3 * minute },
      async () => {
        const holders = [await holderOf('packer'), await holderOf('watch')];
        await cards(0, 2_000);
        await expect.poll(packedCards, soon).toBe(2_000);
        expect([await holderOf('packer'), await holderOf('watch')]).toEqual(holders);

        await first.end('SIGKILL');
        await cards(2_000, 2_000);
        await expect.poll(packedCards, soon).toBe(4_000);
        expect(await holderOf('packer')).not.toBe(holders[0]);
        await expect.poll(() => holderOf('watch'), soon).not.toBe(holders[1]);
        expect((await send('GET', `${second.url}/api/ready`)).status).toBe(200);

        // The one that comes back finds them taken; the one that stops gives them back.
        const holder = await holderOf('packer');
        first = await Server.start(folder, address);
        expect(await holderOf('packer')).toBe(holder);
        await second.end('SIGTERM');
        await expect.poll(() => holderOf('packer'), soon).not.toBe(holder);
        second = await Server.start(folder, address);
      },
    );

    it('S8 S15 both give the same epoch, and both answer for the desks', { timeout: minute }, async () => {
      await write(
        'tiski-visits-liikunta',
        [1, 2, 3].map((number) => aVisit('desk-1', number)),
      );
      const answers = await Promise.all([first, second].map(states));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const epoch = await readEpoch(client, 'tiski-visits-liikunta');
      for (const { url } of [first, second]) {
        const told = await send('GET', `${url}/couch/tiski-visits-liikunta/_local/epoch`, { as: admin });
        expect(told.body).toMatchObject({ epoch });
      }
    });
  });
}
