import { describe, expect, it } from 'vitest';
import { checkVisit } from '../../src/lib/store/check-visit';
import type { TiskiDatabase } from '../../src/lib/store/database';
import { createLocalStore } from '../../src/lib/store/local-store';
import { logVisit } from '../../src/lib/store/log-visit';
import { visitsOfDay } from '../../src/lib/store/visits';
import { voidVisit } from '../../src/lib/store/void-visit';
import type { LocalStore, RemoteServer } from '../../src/lib/sync/ports';
import { pullDocuments } from '../../src/lib/sync/pull-documents';
import { pushWaiting } from '../../src/lib/sync/push-documents';
import { aCard, aScheme, aService, aVenue, cardNumber, ulidOf } from '../builders';
import { FakeServer, type Fate, type Request } from '../fake-server';
import { aDevice, aPairedDatabase, sundayMorning } from '../paired-database';
import { createRandom, type Random } from './random';

const seeds = 300;
const steps = 24;
const visits = 'tiski-visits-liikunta';
const databases = ['tiski-catalogue', 'tiski-register', visits];
const cards = [1, 2, 3, 4, 5].map(cardNumber);

/** Much goes wrong, in every way that a line and a server have; no document is itself too large. */
function aFate(random: Random, { ids }: Request): Fate {
  return random.pick<Fate>([
    'deliver',
    'deliver',
    'deliver',
    'deliver',
    'lose-request',
    'lose-answer',
    'lose-answer',
    'double',
    { kind: 'server-error', status: 500 },
    ids.length > 1 ? { kind: 'too-large' } : 'lose-answer',
    { kind: 'busy' },
    { kind: 'not-our-server' },
  ]);
}

class Desk {
  readonly made: string[] = [];
  #ids = 0;

  constructor(
    readonly name: string,
    readonly db: TiskiDatabase,
    readonly store: LocalStore,
    readonly server: RemoteServer,
    readonly random: Random,
  ) {}

  async log(now: number): Promise<void> {
    const text = this.random.pick(cards);
    const check = await checkVisit(this.db, { text, service: 'swim' }, now);
    const override = check.verdict.outcome === 'refuse' ? { override: 'staff-decision' as const } : {};
    const randomId = () => ulidOf(++this.#ids);
    const result = await logVisit(this.db, check, { deviceNow: now, randomId, ...override });
    if (result.kind !== 'logged') throw new Error(result.kind);
    this.made.push(result.visitId);
  }

  async void(now: number): Promise<void> {
    if (this.made.length === 0) return;
    const visit = this.random.pick(this.made);
    const result = await voidVisit(this.db, visit, { deviceNow: now });
    if (result.kind === 'voided') this.made.push(`void:${visit}`);
  }

  async pull(): Promise<void> {
    for (const name of databases) {
      const pageSize = this.random.pick([1, 2, 100]);
      await pullDocuments(this.server.database(name), this.store, { sessionEpoch: this.name, pageSize });
    }
  }

  async push(): Promise<void> {
    await pushWaiting(this.server, this.store);
  }
}

async function aCity(random: Random) {
  const server = new FakeServer();
  for (const document of [
    aScheme('warkaus'),
    aService('swim', { repeatMinutes: 0 }),
    aVenue('uimahalli', { stale: { afterDays: 7, then: 'admit' } }),
  ]) {
    server.database('tiski-catalogue').put(document);
  }
  for (const number of cards) server.database('tiski-register').put(aCard(number));
  server.database(visits);
  const weather = { isRough: false };
  let now = sundayMorning;
  const desks: Desk[] = [];
  for (const name of ['desk-1', 'desk-2', 'desk-3'].slice(0, random.pick([2, 3]))) {
    const db = await aPairedDatabase(aDevice({ deskId: name, account: { name, password: '' } }));
    const line = server.connect(name, (request) => (weather.isRough ? aFate(random, request) : 'deliver'));
    desks.push(
      new Desk(
        name,
        db,
        createLocalStore(db, () => now),
        line,
        random,
      ),
    );
  }
  return { server, desks, weather, tick: () => (now += 60_000) };
}

async function runCity(seed: number): Promise<void> {
  const random = createRandom(seed);
  const { server, desks, weather, tick } = await aCity(random);
  for (const desk of desks) await desk.pull();

  weather.isRough = true;
  let restore: (() => void) | undefined;
  for (let step = 0; step < steps; step++) {
    const desk = random.pick(desks);
    const now = tick();
    switch (random.pick(['log', 'log', 'log', 'void', 'push', 'push', 'pull', 'pull', 'office', 'backup'])) {
      case 'log':
        await desk.log(now);
        break;
      case 'void':
        await desk.void(now);
        break;
      case 'push':
        // At once with a pull, as lanes do.
        await Promise.all([desk.push(), random.pick([true, false]) && desk.pull()]);
        break;
      case 'pull':
        await desk.pull();
        break;
      case 'office': {
        const status = random.pick(['active', 'suspended'] as const);
        server.database('tiski-register').put(aCard(random.pick(cards), { status }));
        break;
      }
      case 'backup':
        restore?.();
        restore = random.pick([undefined, server.database(visits).backup()]);
        break;
    }
  }

  weather.isRough = false;
  for (let round = 0; round < 2; round++) {
    for (const desk of desks) {
      await desk.pull();
      await desk.push();
    }
  }
  for (const desk of desks) await desk.pull();
  await expectPeace(server, desks, tick());
  for (const { db } of desks) await db.delete();
}

async function expectPeace(server: FakeServer, desks: Desk[], now: number): Promise<void> {
  const box = server.database(visits);
  const made = desks.flatMap((desk) => desk.made).sort();
  // Nothing lost, nothing twice, nothing made up.
  expect([...box.documents.keys()].sort()).toEqual(made);
  for (const { db, name } of desks) {
    expect(await db.outbox.count()).toBe(0);
    expect(await db.quarantine.count()).toBe(0);
    // All agree, on the visits and on the register.
    const known = [
      ...(await db.visits.toCollection().primaryKeys()),
      ...(await db.voids.toCollection().primaryKeys()).map((visit) => `void:${visit}`),
    ];
    expect(known.sort()).toEqual(made);
    for (const document of server.database('tiski-register').bodies()) {
      expect((await db.cards.get(String(document['number'])))?.card.status).toBe(document['status']);
    }
    // The chain has no gap.
    const own = box.bodies().filter(({ type, desk }) => type === 'visit' && desk === name);
    const numbers = own.map(({ number }) => Number(number)).sort((a, b) => a - b);
    expect(numbers).toEqual(own.map((_, index) => index + 1));
    expect((await visitsOfDay(db, '2026-11-22', 'Europe/Helsinki')).every(({ isSent }) => isSent)).toBe(true);
    expect(now).toBeGreaterThan(sundayMorning);
  }
}

describe('S1–S8 desks of a sector on bad lines lose nothing, send nothing twice and agree in the end', () => {
  it.each(Array.from({ length: seeds }, (_, index) => index + 1))('seed %i', runCity);
});
