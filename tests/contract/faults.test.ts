import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findCard } from '../../src/lib/store/register';
import type { SyncFailure, SyncState } from '../../src/lib/sync/ports';
import type { Syncer } from '../../src/lib/sync/syncer';
import { cardNumber } from '../builders';
import { startTestServer, type TestServer } from '../server';
import { FaultProxy, type Fault } from '../setup/fault-proxy';
import { Desk, expectEachOnce, Office } from './fault-world';

/** The device's whole half and the real server, with a line between them that breaks as real lines do. */

const portal = '<!doctype html><title>Welcome</title><form action="/login">Accept the terms</form>';
const couchError = JSON.stringify({ error: 'unknown_error', reason: 'badmatch' });
const json = () => ({ 'content-type': 'application/json' });
const html = () => ({ 'content-type': 'text/html' });

interface Told {
  phase: SyncState['phase'];
  lastFailure: SyncFailure['kind'];
}
const offline = (lastFailure: Told['lastFailure']): Told => ({ phase: 'offline', lastFailure });
const trouble = (lastFailure: Told['lastFailure']): Told => ({ phase: 'trouble', lastFailure });

interface Trouble {
  fault: Fault;
  /** What the screen shows meanwhile; absent if the fault does no harm. */
  told?: Told;
}

const portalAnswer: Fault = { kind: 'answer', status: 200, headers: html, body: portal };
const redirect: Fault = {
  kind: 'answer',
  status: 302,
  headers: () => ({ location: 'http://portal.invalid/login' }),
};
const inSeconds: Fault = { kind: 'answer', status: 429, headers: () => ({ 'retry-after': '30' }) };
const atADate: Fault = {
  kind: 'answer',
  status: 503,
  headers: () => {
    const now = Date.now();
    return { date: new Date(now).toUTCString(), 'retry-after': new Date(now + 30_000).toUTCString() };
  },
};
const answering = (body: string): Fault => ({ kind: 'answer', status: 201, headers: json, body });
const half = (text: string) => text.slice(0, Math.ceil(text.length / 2));

const troubles: [what: string, trouble: Trouble][] = [
  ['S12 a dead line', { fault: { kind: 'dead' }, told: offline('unreachable') }],
  [
    'S3 a line cut after the server did its part',
    { fault: { kind: 'cut-answer', after: 0 }, told: offline('unreachable') },
  ],
  [
    'S3 a line cut within the answer’s body',
    { fault: { kind: 'cut-answer', after: 12 }, told: offline('unreachable') },
  ],
  [
    'S13 the server’s own error',
    {
      fault: { kind: 'answer', status: 500, headers: json, body: couchError },
      told: trouble('server-error'),
    },
  ],
  [
    'S13 a gateway’s page of HTML',
    { fault: { kind: 'answer', status: 502, headers: html, body: portal }, told: trouble('server-error') },
  ],
  ['S12 429 with seconds', { fault: inSeconds, told: trouble('busy') }],
  ['S12 503 with a date', { fault: atADate, told: trouble('busy') }],
  [
    'S12 garbage',
    { fault: { kind: 'rewrite', body: () => '\u0000\u0007{]' }, told: offline('not-our-server') },
  ],
  [
    'S12 half a JSON of the right length',
    { fault: { kind: 'rewrite', body: half }, told: offline('not-our-server') },
  ],
  [
    'S12 half a JSON of no length',
    { fault: { kind: 'rewrite', body: half, endsByClose: true }, told: offline('not-our-server') },
  ],
  ['S12 a captive portal’s page with 200', { fault: portalAnswer, told: offline('not-our-server') }],
  ['S12 a redirect to a sign-in', { fault: redirect, told: offline('not-our-server') }],
  [
    'S12 511 of a captive portal',
    { fault: { kind: 'answer', status: 511, headers: html, body: portal }, told: offline('not-our-server') },
  ],
  [
    'S11 403 of a firewall',
    { fault: { kind: 'answer', status: 403, headers: html, body: portal }, told: offline('not-our-server') },
  ],
  [
    'S12 an empty 200',
    { fault: { kind: 'answer', status: 200, headers: json }, told: offline('not-our-server') },
  ],
  [
    'S12 the answer to another request',
    {
      fault: { kind: 'rewrite', body: () => '{"_id":"card:1","_rev":"1-a","type":"card"}' },
      told: offline('not-our-server'),
    },
  ],
  ['S14 a slow trickle', { fault: { kind: 'trickle', bytes: 7 } }],
  ['S14 a wrong content type', { fault: { kind: 'rewrite', type: 'text/html', body: (text) => text } }],
];

const pushes = /_bulk_docs/;
const epochs = /_local/;
const pages = /_changes/;

let server: TestServer;
let proxy: FaultProxy;
let office: Office;
let desk: Desk;
let syncer: Syncer;
/** Cards that the office has suspended, one per test. */
let suspended = 399;

beforeAll(async () => {
  server = await startTestServer();
  proxy = await FaultProxy.to(() => server.url);
  office = new Office(() => server);
  await office.fillStore();
  desk = await Desk.pair(office, proxy.url, 'Uimahalli, kassa 1');
  syncer = await desk.start();
  await desk.untilInSync();
}, 60_000);
afterEach(async () => {
  proxy.heal();
  await desk.untilInSync();
});
afterAll(async () => {
  await desk.stop();
  await proxy.stop();
  await server.stop();
});

const statusOf = async (number: string) => (await findCard(desk.db, { kind: 'number', number }))?.status;

/** S3: in the middle of it, whatever has left the outbox is on the server. */
async function expectNoFalseAcknowledgement(): Promise<void> {
  // In this order: the next acknowledgement may come in between.
  const acknowledged = await desk.acknowledged();
  expect(await office.visits()).toEqual(expect.arrayContaining(acknowledged));
}

function expectTold(told: Trouble['told'], states: readonly SyncState[]): void {
  const failures = states.flatMap(({ phase, lastFailure }) => (lastFailure ? [{ phase, lastFailure }] : []));
  if (!told) expect(failures).toEqual([]);
  else {
    expect(failures).toContainEqual(told);
    expect(new Set(failures.map(({ lastFailure }) => lastFailure))).toEqual(new Set([told.lastFailure]));
  }
}

describe('visits on their way meet', () => {
  const onlyHere: typeof troubles = [
    [
      'S3 a line cut within the request’s body',
      { fault: { kind: 'cut-request', after: 40 }, told: offline('unreachable') },
    ],
    [
      'S3 an answer about other visits',
      { fault: answering('[{"ok":true,"id":"visit:desk-x:1"}]'), told: offline('not-our-server') },
    ],
    ['S3 an answer about no visit', { fault: answering('[]'), told: offline('not-our-server') }],
  ];
  it.each([...troubles, ...onlyHere])('%s: each is there once', async (_what, { fault, told }) => {
    const from = desk.states.length;
    const card = cardNumber(suspended--);
    proxy.break(fault, pushes);
    await desk.log(3);
    // S3: if the server did its part the visits may also come back in a pull, and are acknowledged by that.
    await desk.until('the fault met three times', async () => {
      await expectNoFalseAcknowledgement();
      return proxy.met.length >= 3 || (proxy.met.length > 0 && (await desk.waiting()) === 0);
    });
    await office.suspend(card);
    await desk.until('S5 the card suspended', async () => (await statusOf(card)) === 'suspended');
    await expectNoFalseAcknowledgement();
    expectTold(told, desk.states.slice(from));

    proxy.heal();
    await desk.untilInSync();
    await expectEachOnce(office, [desk]);
  });
});

describe.each([
  ['what is asked first', epochs],
  ['the pages', pages],
])('pulls meet, in %s,', (_part, pattern) => {
  it.each(troubles)('%s: nothing is missed', async (_what, { fault, told }) => {
    const from = desk.states.length;
    const card = cardNumber(suspended--);
    const before = await desk.db.cursors.get('tiski-register');
    proxy.break(fault, pattern);
    await office.suspend(card);
    const times = told ? 3 : 1;
    await desk.until('the fault met', () => proxy.met.length >= times);
    await desk.log(2);
    await desk.until('S5 the visits sent', async () => (await desk.waiting()) === 0);
    await expectNoFalseAcknowledgement();
    if (told) {
      expect(await statusOf(card)).toBe('active');
      expect(await desk.db.cursors.get('tiski-register')).toEqual(before);
    }
    expectTold(told, desk.states.slice(from));

    proxy.heal();
    await desk.untilInSync();
    await desk.until('the card suspended', async () => (await statusOf(card)) === 'suspended');
    await expectEachOnce(office, [desk]);
  });
});

describe('a server that asks for a pause', () => {
  it.each([
    ['in seconds', inSeconds],
    ['by a date', atADate],
  ])('S12 %s is left alone for that long, whoever hurries', async (_how, fault) => {
    let askedAt = 0;
    proxy.onMet = () => (askedAt = desk.time.now());
    proxy.break(fault, pushes);
    await desk.log();
    await desk.until('the answer', () => proxy.met.length > 0);
    const earliest = askedAt + 30_000;
    await desk.log();
    syncer.hurry();
    await desk.time.pass(20_000);
    expect(proxy.met).toHaveLength(1);
    await desk.until('the next attempt', () => proxy.met.length > 1);
    expect(askedAt).toBeGreaterThanOrEqual(earliest);
    proxy.onMet = () => undefined;
    proxy.heal();
    await desk.untilInSync();
    await expectEachOnce(office, [desk]);
  });
});

describe('a server, or a proxy in front of it, that accepts little at once', () => {
  it.each([
    ['two documents', { documents: 2 }],
    ['six hundred bytes', { bytes: 600 }],
  ])('S13 %s: all of the batch gets through in parts', async (_what, limit) => {
    proxy.break({ kind: 'dead' }, pushes);
    await desk.log(9);
    await desk.until('a batch that waits', () => proxy.met.length > 0);
    proxy.break({ kind: 'at-most', ...limit }, pushes);
    await desk.untilInSync();
    expect(proxy.met.length).toBeGreaterThan(0);
    proxy.heal();
    await expectEachOnce(office, [desk]);
  });
});
