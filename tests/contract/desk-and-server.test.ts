import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairDevice, resumePairing } from '../../src/lib/app/pair-device';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import type { ServerAddress } from '../../src/lib/remote/pairing';
import { readCatalogue } from '../../src/lib/store/catalogue';
import { checkVisit } from '../../src/lib/store/check-visit';
import { noteContact } from '../../src/lib/store/clock';
import type { TiskiDatabase } from '../../src/lib/store/database';
import { databasesOf, readDevice, type Device } from '../../src/lib/store/device';
import { createLocalStore } from '../../src/lib/store/local-store';
import { logVisit } from '../../src/lib/store/log-visit';
import { listRefused, waitingCount } from '../../src/lib/store/outbox';
import { listQuarantine } from '../../src/lib/store/quarantine';
import { countCards } from '../../src/lib/store/register';
import { readSetting } from '../../src/lib/store/settings';
import { pullDocuments } from '../../src/lib/sync/pull-documents';
import { pushWaiting } from '../../src/lib/sync/push-documents';
import { ulidOf } from '../builders';
import { anUnpairedDatabase, builtAt, steadyMark } from '../paired-database';
import { startTestServer, type TestServer } from '../server';

/** The device's whole half against the real server, in this process: no browser, the full protocol. */
describe('a desk and the server', () => {
  let server: TestServer;
  let address: ServerAddress;
  const noon = nextNoon();
  beforeAll(async () => {
    server = await startTestServer({ demo: true });
    address = { couchUrl: `${server.url}/couch`, apiUrl: `${server.url}/api`, now: Date.now };
  });
  afterAll(() => server.stop());

  async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const authorization = `Basic ${btoa(`${server.adminName}:${server.adminPassword}`)}`;
    const response = await fetch(`${server.url}/api/${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }
  const aCode = async () => String((await post('demo/desk', { venue: 'uimahalli' }))['code']);
  let secrets = 0;
  const randomSecret = () => `the device's own ${++secrets}`;

  async function aPairedDesk(): Promise<{ db: TiskiDatabase; device: Device }> {
    // Its visits have instants of their own: no clock was set.
    const db = anUnpairedDatabase(() => steadyMark);
    await noteContact(db, { skewMs: 0, serverNow: builtAt, mark: steadyMark });
    const paired = await pairDevice(db, address, await aCode(), randomSecret);
    if (!paired.ok) throw new Error(paired.failure.kind);
    return { db, device: paired.value };
  }

  async function sync(db: TiskiDatabase, device: Device): Promise<void> {
    const remote = createCouchServer(address, device.account);
    const store = createLocalStore(db, Date.now);
    expect(await pushWaiting(remote, store)).toMatchObject({ ok: true });
    for (const name of databasesOf(device)) {
      const pulled = await pullDocuments(remote.database(name), store, { sessionEpoch: 'session' });
      expect(pulled).toMatchObject({ ok: true });
    }
  }

  it('S11 pairs by a code that works once, and changes the password at once', async () => {
    const db = anUnpairedDatabase();
    const code = await aCode();
    const paired = await pairDevice(db, address, ` ${code.toLowerCase()} `, randomSecret);
    expect(paired).toMatchObject({ ok: true, value: { venue: 'uimahalli', state: 'active' } });
    expect(await readDevice(db)).toMatchObject({ account: { password: `the device's own ${secrets}` } });
    expect(await readSetting(db, 'pairing')).toBeUndefined();
    expect(await pairDevice(anUnpairedDatabase(), address, code, randomSecret)).toEqual({
      ok: false,
      failure: { kind: 'wrong-code' },
    });
  });

  it('S11 a pairing that was cut off is completed later, wherever the cut was', async () => {
    const db = anUnpairedDatabase();
    // The code is used up, and the line breaks before the password is changed.
    const noCouch = { ...address, couchUrl: 'http://127.0.0.1:1' };
    const cut = await pairDevice(db, noCouch, await aCode(), randomSecret);
    expect(cut).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect(await readDevice(db)).toBeUndefined();
    const pending = await readSetting(db, 'pairing');
    expect(await resumePairing(db, address)).toMatchObject({ ok: true });

    // The password was changed, and the answer got lost.
    const again = anUnpairedDatabase();
    if (pending) await again.settings.put({ key: 'pairing', value: pending });
    expect(await resumePairing(again, address)).toMatchObject({ ok: true });
    expect(await resumePairing(again, address)).toBeUndefined();
  });

  it('S1–S6 loads the city, logs a visit, sends it once; another desk of the sector knows it', async () => {
    const { db, device } = await aPairedDesk();
    await sync(db, device);
    expect(await countCards(db)).toBeGreaterThan(300);
    expect(await listQuarantine(db)).toEqual([]);
    expect((await readCatalogue(db)).venues.get('uimahalli')).toBeDefined();

    const visit = await logAny(db);
    expect(await waitingCount(db)).toBe(1);
    await sync(db, device);
    expect(await waitingCount(db)).toBe(0);
    expect(await listRefused(db)).toEqual([]);

    const other = await aPairedDesk();
    await sync(other.db, other.device);
    expect((await other.db.visits.get(visit._id))?.document).toEqual(visit);
    const check = await checkVisit(other.db, { text: visit.card, service: visit.service }, noon);
    expect(check.verdict).toMatchObject({ outcome: 'already-logged', at: Date.parse(visit.at) });
  });

  it('S3 a visit that was stored while its answer got lost is acknowledged the next time', async () => {
    const { db, device } = await aPairedDesk();
    await sync(db, device);
    const visit = await logAny(db);
    const row = await db.outbox.get(visit._id);
    await sync(db, device);
    if (row) await db.outbox.put(row);
    expect(await waitingCount(db)).toBe(1);
    await sync(db, device);
    expect(await waitingCount(db)).toBe(0);
    expect(await listRefused(db)).toEqual([]);
  });

  it('S4 the server accepts no visit in another desk’s name: it is refused and kept', async () => {
    const { db, device } = await aPairedDesk();
    await sync(db, device);
    const visit = await logAny(db);
    const row = await db.outbox.get(visit._id);
    if (!row) throw new Error('There is no outbox row.');
    const forged = { ...visit, _id: visit._id.replace(device.account.name, 'desk-x'), desk: 'desk-x' };
    await db.outbox.add({ ...row, id: forged._id, document: forged });
    const remote = createCouchServer(address, device.account);
    await pushWaiting(remote, createLocalStore(db, Date.now));
    expect(await listRefused(db)).toMatchObject([{ id: forged._id, refusal: { status: 403 } }]);
  });

  it('S11 a device paired again as the same desk sends what it had not sent under its former name', async () => {
    const { db, device } = await aPairedDesk();
    await sync(db, device);
    const visit = await logAny(db);
    const { code } = await post(`desks/${device.deskId}/code`, {});
    const anew = await pairDevice(db, address, String(code), randomSecret);
    if (!anew.ok) throw new Error(anew.failure.kind);
    expect(anew.value.account.name).not.toBe(device.account.name);
    expect(visit.desk).toBe(device.account.name);
    await sync(db, anew.value);
    expect(await waitingCount(db)).toBe(0);
    expect(await listRefused(db)).toEqual([]);

    const other = await aPairedDesk();
    await sync(other.db, other.device);
    expect((await other.db.visits.get(visit._id))?.document).toEqual(visit);
  });

  it('S11 a revoked desk is told so, and is not let in', async () => {
    const { device } = await aPairedDesk();
    const remote = createCouchServer(address, device.account);
    expect(await remote.account()).toEqual({ ok: true, value: 'active' });
    await post(`desks/${device.deskId}/revoke`, {});
    expect(await remote.account()).toEqual({ ok: true, value: 'revoked' });
    for (const name of databasesOf(device)) {
      expect(await remote.database(name).changes('0', 1)).toEqual({
        ok: false,
        failure: { kind: 'forbidden' },
      });
    }
  });

  it('R13 learns the time from the server', async () => {
    const { db, device } = await aPairedDesk();
    const learnt: number[] = [];
    const slow = { ...address, now: () => Date.now() - 3_600_000 };
    const remote = createCouchServer(
      { ...slow, onContact: ({ skewMs }) => learnt.push(skewMs) },
      device.account,
    );
    await remote.database('tiski-register').epoch();
    expect(Math.abs((learnt[0] ?? 0) - 3_600_000)).toBeLessThan(2_000);
    await noteContact(db, { skewMs: learnt[0] ?? 0, serverNow: Date.now() });
    expect(await readSetting(db, 'clock')).toMatchObject({ skewMs: learnt[0] });
  });

  /** Logs a visit with the first card that any service of the hall admits. */
  async function logAny(db: TiskiDatabase) {
    const { services } = await readCatalogue(db);
    for (const { service } of services.values()) {
      if (!service.venues.includes('uimahalli')) continue;
      for (const text of await db.cards.toCollection().primaryKeys()) {
        const check = await checkVisit(db, { text, service: service.id }, noon);
        if (check.verdict.outcome !== 'admit') continue;
        const randomId = () => ulidOf(Number(text));
        const logged = await logVisit(db, check, { deviceNow: noon, randomId });
        if (logged.kind === 'logged') return logged.document;
      }
    }
    throw new Error('No card was admitted.');
  }
});

/** The next Wednesday at noon, when everything is open. */
function nextNoon(): number {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() + ((3 - day.getUTCDay() + 7) % 7));
  return day.setUTCHours(10, 0, 0, 0);
}
