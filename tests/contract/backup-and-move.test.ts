import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairDevice } from '../../src/lib/app/pair-device';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import { checkVisit } from '../../src/lib/store/check-visit';
import type { TiskiDatabase } from '../../src/lib/store/database';
import { databasesOf, type Device } from '../../src/lib/store/device';
import { createLocalStore } from '../../src/lib/store/local-store';
import { logVisit } from '../../src/lib/store/log-visit';
import { waitingCount } from '../../src/lib/store/outbox';
import { pullDocuments } from '../../src/lib/sync/pull-documents';
import { pushWaiting } from '../../src/lib/sync/push-documents';
import { runBackup } from '../../src/server/cli/backup-command';
import { runRestore } from '../../src/server/cli/restore-command';
import { runSnapshot } from '../../src/server/cli/snapshot-command';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { readEpoch } from '../../src/server/epochs/read-epoch';
import { provisionSectors } from '../../src/server/provision/provision';
import { aCard, aScheme, aService, aVenue, cardNumber, ulidOf } from '../builders';
import { anUnpairedDatabase } from '../paired-database';
import { startTestServer, testAdminPassword, type TestServer } from '../server';
import { couchUrl, removeDocument } from './couch-target';

const now = new Date('2026-11-22T08:00:00Z');
const quiet = { write: () => undefined };
/** Servers start and passwords are hashed here, on busy machines, ms. */
const patience = 120_000;

interface Desk {
  db: TiskiDatabase;
  device: Device;
}

/** A city with one venue, whose desk is the device's real half. */
async function aCity(server: TestServer): Promise<Desk> {
  const { client } = server;
  await requireOk(client, 'POST', '/tiski-catalogue/_bulk_docs', {
    docs: [aScheme('warkaus'), aService('swim', { repeatMinutes: 0 }), aVenue('uimahalli')],
  });
  await provisionSectors(client);
  const cards = [1, 2, 3].map((index) => aCard(cardNumber(index)));
  await requireOk(client, 'POST', '/tiski-register/_bulk_docs', { docs: cards });
  const response = await fetch(`${server.url}/api/desks`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${server.adminName}:${server.adminPassword}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'Kassa 1', venue: 'uimahalli' }),
  });
  const { code } = (await response.json()) as { code: string };
  const db = anUnpairedDatabase();
  const paired = await pairDevice(db, addressOf(server), code, () => 'a8'.repeat(32));
  if (!paired.ok) throw new Error(paired.failure.kind);
  return { db, device: paired.value };
}

const addressOf = ({ url }: { url: string }) => ({
  couchUrl: `${url}/couch`,
  apiUrl: `${url}/api`,
  now: Date.now,
});

/** One round of the desk's syncer; whether all of it succeeded. */
async function sync({ db, device }: Desk, server: { url: string }): Promise<boolean> {
  const remote = createCouchServer(addressOf(server), device.account);
  const store = createLocalStore(db, Date.now);
  const outcomes = [await pushWaiting(remote, store)] as { ok: boolean }[];
  for (const name of databasesOf(device)) {
    outcomes.push(await pullDocuments(remote.database(name), store, { sessionEpoch: 'session' }));
  }
  return outcomes.every(({ ok }) => ok);
}

let visits = 0;
async function log({ db }: Desk): Promise<string> {
  const at = now.getTime() + ++visits * 60_000;
  const check = await checkVisit(db, { text: cardNumber(1), service: 'swim' }, at);
  const logged = await logVisit(db, check, { deviceNow: at, randomId: () => ulidOf(visits) });
  if (logged.kind !== 'logged') throw new Error(`not logged: ${logged.kind}`);
  return logged.document._id;
}

async function visitsOf(client: CouchClient): Promise<string[]> {
  const range = 'startkey=%22visit:%22&endkey=%22visit%3B%22';
  const body = await requireOk(client, 'GET', `/tiski-visits-liikunta/_all_docs?${range}`);
  return (body as { rows: { id: string }[] }).rows.map(({ id }) => id);
}

describe('backup and restore', { timeout: patience }, () => {
  let folder = '';
  let server: TestServer;
  let desk: Desk;
  let backup = '';
  const environment = { TISKI_ADMIN_PASSWORD: testAdminPassword };
  const into = (data: string, replace = false) => ({ data, replace });
  /** The bodies in every database, except what each server makes itself, and who may use it. */
  async function contentOf(client: CouchClient): Promise<unknown[]> {
    const names = (await requireOk(client, 'GET', '/_all_dbs')) as string[];
    return Promise.all(
      names.map(async (name) => {
        const body = await requireOk(client, 'GET', `/${name}/_all_docs?include_docs=true`);
        const { rows } = body as { rows: { id: string; doc: object }[] };
        const documents = rows
          .filter(({ id }) => !/^(_design\/|epoch:|key:|rescue-key:)/.test(id))
          .map(({ doc }) => doc)
          // That it is read for a backup is logged meanwhile.
          .filter((doc) => !('action' in doc && doc.action === 'database-read'));
        return { name, documents, security: await requireOk(client, 'GET', `/${name}/_security`) };
      }),
    );
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-backup-'));
    server = await startTestServer();
    desk = await aCity(server);
    expect(await sync(desk, server)).toBe(true);
    await log(desk);
    const { client } = server;
    const note = { content_type: 'text/plain', data: Buffer.from('leaflet\u2028').toString('base64') };
    await requireOk(client, 'PUT', '/tiski-office/person:1', {
      type: 'person',
      v: 1,
      name: 'A\u2028B',
      _attachments: { note },
    });
    const path = `/tiski-register/card:${cardNumber(3)}`;
    const { _rev } = (await requireOk(client, 'GET', path)) as { _rev: string };
    await requireOk(client, 'DELETE', `${path}?rev=${_rev}`);
    expect(await sync(desk, server)).toBe(true);
    backup = await runBackup(folder, { url: server.url }, environment, quiet, now);
  }, patience);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('of a running server is readable only by its owner, and has no private key in it', async () => {
    expect(backup).toBe(join(folder, 'tiski-2026-11-22T080000Z.backup.gz'));
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    const text = gunzipSync(Uint8Array.from(await readFile(backup))).toString();
    expect(text).toContain('"crv":"Ed25519"');
    expect(text).not.toMatch(/"d":/);
  });

  it('S8 a restored server gets the morning back from its running desk, each visit once', async () => {
    const lastNight = await contentOf(server.client);
    const epoch = await readEpoch(server.client, 'tiski-visits-liikunta');
    const morning = [await log(desk), await log(desk)];
    expect(await sync(desk, server)).toBe(true);
    expect(await waitingCount(desk.db)).toBe(0);
    const known = await visitsOf(server.client);
    expect(known).toEqual(expect.arrayContaining(morning));

    const dataDir = join(folder, 'restored');
    await runRestore(backup, into(dataDir), quiet);
    const restored = await startTestServer({ dataDir });
    try {
      expect(await contentOf(restored.client)).toEqual(lastNight);
      expect(await visitsOf(restored.client)).toHaveLength(1);
      const attached = await fetch(`${restored.url}/couch/tiski-office/person:1/note`, {
        headers: { authorization: `Basic ${btoa(`${server.adminName}:${testAdminPassword}`)}` },
      });
      expect(await attached.text()).toBe('leaflet\u2028');
      const gone = await restored.client.request('GET', `/tiski-register/card:${cardNumber(3)}`);
      expect(gone.body).toMatchObject({ reason: 'deleted' });
      expect(await readEpoch(restored.client, 'tiski-visits-liikunta')).not.toBe(epoch);

      // The desk learns of the other epoch, and offers what it holds again.
      expect(await sync(desk, restored)).toBe(true);
      expect(await sync(desk, restored)).toBe(true);
      expect(await waitingCount(desk.db)).toBe(0);
      expect(await visitsOf(restored.client)).toEqual(known);
    } finally {
      await restored.close();
    }
  });

  it('refuses a store that has documents, unless told to replace them', async () => {
    const data = join(folder, 'restored');
    await expect(runRestore(backup, into(data), quiet)).rejects.toThrow(/has documents already/);
    await runRestore(backup, into(data, true), quiet);
    const server = await startTestServer({ dataDir: data });
    expect(await visitsOf(server.client)).toHaveLength(1);
    await server.close();
  });

  it('of a stopped server can be taken from its folder', async () => {
    const path = await runBackup(join(folder, 'again.gz'), { folder: join(folder, 'restored') }, {}, quiet);
    await runRestore(path, into(join(folder, 'copied')), quiet);
    await expect(runBackup(path, { folder: join(folder, 'nowhere') }, {}, quiet)).rejects.toThrow(
      /There is no Tiski data/,
    );
  });

  it('a cut, changed or foreign file is refused before anything is touched', async () => {
    const whole = Uint8Array.from(await readFile(backup));
    const changed = gunzipSync(whole).toString().replace('Kassa 1', 'Kassa 2');
    const zipped = (text: string) => Uint8Array.from(gzipSync(text));
    const broken: [string, Uint8Array | string, RegExp][] = [
      ['cut', whole.subarray(0, whole.length - 20), /cut off or damaged/],
      ['changed', zipped(changed), /checksum is wrong/],
      ['endless', zipped(changed.split('\n').slice(0, 5).join('\n') + '\n'), /its end is missing/],
      ['foreign', zipped('{"a":1}\n'), /no backup of Tiski/],
      ['text', 'number,scheme\n', /cut off or damaged/],
    ];
    for (const [name, bytes, reason] of broken) {
      const file = join(folder, `${name}.gz`);
      await writeFile(file, bytes);
      const data = join(folder, `from-${name}`);
      await expect(runRestore(file, into(data), quiet)).rejects.toThrow(reason);
    }
    await expect(runRestore(join(folder, 'none'), into(join(folder, 'x')), quiet)).rejects.toThrow(
      /there is no/,
    );
  });

  it('can’t be taken by anybody but the administrator', async () => {
    const wrong = { TISKI_ADMIN_PASSWORD: 'a guess' };
    const taken = runBackup(join(folder, 'stolen.gz'), { url: server.url }, wrong, quiet);
    await expect(taken).rejects.toThrow(/did not accept the administrator's password/);
    await expect(stat(join(folder, 'stolen.gz'))).rejects.toThrow('ENOENT');
  });
});

/**
 * docs/operations.md, "To a CouchDB": with COUCHDB_URL to that one, else to another embedded server in its
 * place.
 */
describe('the move to another store', { timeout: patience }, () => {
  it('S8 takes the whole city along while the desk keeps logging: nothing is lost, each once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tiski-move-'));
    const old = await startTestServer();
    const target = { data: join(folder, 'target'), ...(couchUrl === undefined ? {} : { couchUrl }) };
    await requireNoTiski();
    let moved: TestServer | undefined;
    try {
      const desk = await aCity(old);
      expect(await sync(desk, old)).toBe(true);
      const logged = [await log(desk), await log(desk)];
      expect(await sync(desk, old)).toBe(true);
      logged.push(await log(desk));

      // 1. Stop. The desks work on without it.
      await old.close();
      logged.push(await log(desk));
      expect(await sync(desk, old)).toBe(false);
      // 2. Back up, 3. restore into the new store, on which a server was tried before, with its own
      // administrator.
      const store = { dataDir: target.data, ...(couchUrl === undefined ? {} : { couchUrl }) };
      await (await startTestServer({ ...store, adminPassword: 'a trial only 1' })).close();
      const backup = await runBackup(folder, { folder: old.dataDir }, {}, quiet);
      logged.push(await log(desk));
      await runRestore(backup, { ...target, replace: false }, quiet);
      // 4. Start over the new store.
      moved = await startTestServer(store);
      logged.push(await log(desk));
      expect(await sync(desk, moved)).toBe(true);
      expect(await sync(desk, moved)).toBe(true);
      expect(await waitingCount(desk.db)).toBe(0);
      expect(await visitsOf(moved.client)).toEqual(logged.sort());
      // And a visit there reaches the desk's own server like any other.
      const last = await log(desk);
      expect(await sync(desk, moved)).toBe(true);
      expect(await visitsOf(moved.client)).toContain(last);
      // S18: the backup leaves out the packed register; the running server packs it here, and so does the
      // store itself.
      const running = await snapshot({ url: moved.url }, { TISKI_ADMIN_PASSWORD: testAdminPassword });
      expect(running).toMatch(/^The register is packed: 3 cards, 1 kB to download\.\n$/);
      if (couchUrl !== undefined) {
        expect(await snapshot({}, { COUCHDB_URL: couchUrl })).toMatch(/^The register is packed already/);
      }
      const remote = createCouchServer(addressOf(moved), desk.device.account).database('tiski-register');
      const epoch = await readEpoch(moved.client, 'tiski-register');
      expect(await remote.snapshot(epoch)).toMatchObject({ value: { cards: 3 } });
    } finally {
      await moved?.close();
      await cleanCouch();
      await rm(old.dataDir, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    }
  });

  /** `tiski snapshot`; returns its output. */
  async function snapshot(place: { url?: string }, environment: NodeJS.ProcessEnv): Promise<string> {
    let said = '';
    const out = { write: (text: string) => (said += text) };
    expect([await runSnapshot({ ...place, removeOthers: false }, environment, out), said]).toEqual([0, said]);
    return said;
  }

  const couch = couchUrl === undefined ? undefined : remoteClient(couchAddress(couchUrl));
  const tiskiDatabases = async (client: CouchClient) =>
    ((await requireOk(client, 'GET', '/_all_dbs')) as string[]).filter((name) => name.startsWith('tiski-'));

  async function requireNoTiski(): Promise<void> {
    if (couch && (await tiskiDatabases(couch)).length > 0) {
      throw new Error('The CouchDB of COUCHDB_URL has Tiski databases: take another one for tests.');
    }
  }

  async function cleanCouch(): Promise<void> {
    if (couch === undefined) return;
    for (const name of await tiskiDatabases(couch)) await requireOk(couch, 'DELETE', `/${name}`);
    const users = (await requireOk(couch, 'GET', '/_users/_all_docs')) as { rows: { id: string }[] };
    for (const { id } of users.rows) {
      if (/^org\.couchdb\.user:(administrator|desk-)/.test(id)) {
        await removeDocument(couch, `/_users/${encodeURIComponent(id)}`);
      }
    }
  }
});
