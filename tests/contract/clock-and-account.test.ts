import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import { visitHash } from '../../src/lib/documents/visits/visit-hash';
import { toleratedSkew } from '../../src/lib/domain/time/clock';
import { day, minute } from '../../src/lib/domain/time/day';
import { countCards } from '../../src/lib/store/register';
import { listReviews, reviewQueued } from '../../src/lib/store/reviews';
import { deleteSetting } from '../../src/lib/store/settings';
import { aVisit } from '../builders';
import { startTestServer, type TestServer } from '../server';
import { FaultProxy } from '../setup/fault-proxy';
import { Desk, Office, visits } from './fault-world';

/** Devices with a wrong clock, and desks whose account is no longer valid, with the real server. */

let server: TestServer;
let office: Office;
let proxy: FaultProxy;
const desks: Desk[] = [];

beforeAll(async () => {
  server = await startTestServer();
  proxy = await FaultProxy.to(() => server.url);
  office = new Office(() => server);
  await office.fillStore();
}, 60_000);
afterAll(async () => {
  proxy.heal();
  await Promise.all(desks.map((desk) => desk.stop()));
  await proxy.stop();
  await server.stop();
});

let made = 0;
async function aRunningDesk(clockOffMs = 0): Promise<Desk> {
  const desk = await Desk.pair(office, proxy.url, `Kassa ${++made}`, clockOffMs);
  desks.push(desk);
  await desk.start();
  await desk.untilInSync();
  return desk;
}

const isoOf = (at: number) => new Date(at).toISOString();

/** The last visit of a desk on the server. */
async function lastOf({ logged }: Desk): Promise<VisitDocument> {
  return (await office.read(visits, logged.at(-1) ?? '')) as unknown as VisitDocument;
}

/** The server's time, on a busy machine. */
function expectNow({ at }: VisitDocument): void {
  expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(toleratedSkew);
}

describe('a device’s clock', () => {
  const hour = 60 * minute;
  it.each([
    ['an hour ahead', hour],
    ['an hour behind', -hour],
    ['ten years ahead', 3653 * day],
    ['twenty years behind', -7305 * day],
  ])('R13 S9 %s: visits carry the right time, sync continues, nothing is forgotten', async (_how, offMs) => {
    const now = Date.now();
    const desk = await aRunningDesk(offMs);
    const [recent, old] = [aVisit('desk-x', ++made), aVisit('desk-x', ++made)];
    await office.write(visits, [
      { ...recent, at: isoOf(now - 20 * day) },
      { ...old, at: isoOf(now - 60 * day) },
    ]);
    await desk.log();
    await desk.untilInSync();
    const visit = await lastOf(desk);
    expectNow(visit);
    expect(Math.abs((visit.clockSkewMs ?? 0) + offMs)).toBeLessThan(toleratedSkew);

    // As if a day later: the next pull forgets what no rule counts.
    await deleteSetting(desk.db, 'pruned-at');
    await office.suspend(visit.card);
    await desk.until('the old visit forgotten', async () => !(await desk.db.visits.get(old._id)));
    expect(await desk.db.visits.get(recent._id)).toBeDefined();
    expect(await desk.db.visits.get(visit._id)).toBeDefined();
    await desk.untilInSync();
  });

  it('R13 is set right between two visits: both carry the right time', async () => {
    const desk = await aRunningDesk(hour);
    await desk.log();
    await desk.untilInSync();
    const first = await lastOf(desk);
    expectNow(first);
    expect(first.clockSkewMs).toBeLessThan(-toleratedSkew);
    desk.clockOffMs = 0;
    // The next contact shows it.
    await office.suspend(first.card);
    await desk.until('the clock known', async () => {
      const known = (await desk.db.settings.get('clock'))?.value as { skewMs: number } | undefined;
      return Math.abs(known?.skewMs ?? hour) < toleratedSkew;
    });
    await desk.log();
    await desk.untilInSync();
    const second = await lastOf(desk);
    expectNow(second);
    expect(second.clockSkewMs).toBeUndefined();
  });
});

describe('a clock that is set while there is no server', () => {
  const hour = 60 * minute;
  const reviews = async () => {
    const answer = (await office.request('GET', '/api/reviews')) as {
      reviews: { conflict: { kind: string; desk: string; entries: { id: string }[] } }[];
    };
    return answer.reviews.flatMap(({ conflict }) => (conflict.kind === 'times' ? [conflict] : []));
  };
  const reviewsOn = async ({ db, now }: Desk) => {
    await reviewQueued(db, now());
    return (await listReviews(db)).map(({ conflict }) => conflict);
  };
  const idsOf = ({ entries }: { entries: readonly { id: string }[] }) => entries.map(({ id }) => id);

  async function aDeskOffline(): Promise<Desk> {
    const desk = await aRunningDesk();
    await desk.log();
    await desk.untilInSync();
    proxy.break({ kind: 'dead' });
    return desk;
  }

  it('R13 26 hours ahead until the server is there again: the visit has the right time there', async () => {
    const desk = await aDeskOffline();
    desk.clockOffMs = 26 * hour;
    await desk.log(2);
    await desk.until('an attempt', () => proxy.met.length > 0);
    const [first, second] = desk.logged.slice(-2);
    expect((await desk.db.visits.get(first ?? ''))?.at).toBeGreaterThan(Date.now() + 25 * hour);
    proxy.heal();
    await desk.untilInSync();
    const visit = await lastOf(desk);
    expectNow(visit);
    expect(Math.abs((visit.clockSkewMs ?? 0) + 26 * hour)).toBeLessThan(toleratedSkew);
    const before = (await office.read(visits, first ?? '')) as unknown as VisitDocument;
    expect([visit._id, visit.previous]).toEqual([second, visitHash(before)]);
    expect(visit).toMatchObject((await desk.db.visits.get(visit._id))?.document ?? {});
    expect(await reviewsOn(desk)).toEqual([]);
    expect((await reviews()).filter((each) => each.desk === desk.device.account.name)).toEqual([]);
  });

  it('R13 26 hours ahead, and set right before: the desk and the office review it', async () => {
    const desk = await aDeskOffline();
    desk.clockOffMs = 26 * hour;
    await desk.log(2);
    desk.clockOffMs = 0;
    await desk.log();
    const [one, two, right] = desk.logged.slice(-3);
    proxy.heal();
    await desk.untilInSync();
    expectNow(await lastOf(desk));
    expect((await lastOf(desk))._id).toBe(right);
    expect((await reviewsOn(desk)).map(idsOf)).toEqual([[one, two]]);
    const found = (await reviews()).filter((each) => each.desk === desk.device.account.name);
    expect(found.map(idsOf)).toEqual([[one, two]]);
  });
});

describe('a desk’s account', () => {
  const accountOf = (desk: Desk) => `org.couchdb.user:${desk.device.account.name}`;

  it('S11 that expires at work: the desk works on, and sends everything when it is paired again', async () => {
    const desk = await aRunningDesk();
    proxy.break({ kind: 'dead' }, /_bulk_docs/);
    await desk.log(2);
    await desk.until('visits that wait', () => proxy.met.length > 0);
    const account = await office.read('_users', accountOf(desk));
    await office.write('_users', [{ ...account, password: 'of somebody else' }]);
    proxy.heal();
    await desk.until('signed out', () => desk.states.at(-1)?.phase === 'signed-out');
    await desk.log();
    expect(await desk.waiting()).toBe(3);
    expect(await countCards(desk.db)).toBeGreaterThan(300);

    await desk.stop();
    const { code } = (await office.request('POST', `/api/desks/${desk.device.deskId}/code`, {})) as {
      code: string;
    };
    const former = desk.device.account.name;
    await desk.pairWith(code);
    expect(desk.device.account.name).not.toBe(former);
    await desk.start();
    await desk.untilInSync();
    expect(await office.visits()).toEqual(expect.arrayContaining(desk.logged));
  });

  it('S11 that is revoked at work: the cards are wiped, the visits stay, and it says so', async () => {
    const desk = await aRunningDesk();
    proxy.break({ kind: 'dead' }, /_bulk_docs/);
    await desk.log(2);
    await desk.until('visits that wait', () => proxy.met.length > 0);
    await office.request('POST', `/api/desks/${desk.device.deskId}/revoke`, {});
    proxy.heal();
    await desk.until('revoked', () => desk.states.at(-1)?.phase === 'revoked');
    expect(await countCards(desk.db)).toBe(0);
    expect(await desk.waiting()).toBe(2);
    expect(await desk.db.visits.bulkGet(desk.logged)).toMatchObject(desk.logged.map((_id) => ({ _id })));
    const stored = new Set(await office.visits());
    expect(desk.logged.filter((id) => stored.has(id))).toEqual([]);
  });
});
