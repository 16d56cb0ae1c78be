import { day, minute } from '../../src/lib/domain/day';
import { aDevice, sundayMorning } from '../paired-database';
import { FakeServer } from '../fake-server';
import { Desk, type DeskStore } from './desk';
import { Ledger } from './invariants';
import { fairWeather } from './line';
import { MemoryDesk } from './memory-desk';
import { aNumber, Copies, databaseOf, furnish, packRegister, sectors, workAtOffice } from './office';
import { createRandom, type Random } from './random';
import { TwinDesk } from './twin-desk';
import { World } from './world';

/** `memory`: the model of the device's store. `stored`: the real one beside it, compared at every transaction. */
export type Kind = 'memory' | 'stored';

export interface Story {
  seed: number;
  kind: Kind;
  /** Empty when everything held. */
  violations: string[];
  /** What happened, step by step. */
  trace: readonly string[];
  steps: number;
}

/** Steps of trouble before the weather clears. */
const troubledSteps: Record<Kind, number> = { memory: 220, stored: 160 };
/** Far more than a city needs to come to rest; one that runs in circles is stopped here. */
const mostSteps = 20_000;
/** How long is waited for peace, ms: S12's longest pauses, and some days for what is done once a day. */
const waits = [0, 0, minute, 6 * minute, 6 * minute, 11 * minute, ...Array<number>(6).fill(day + minute)];

const clockJumps = [-400 * day, -day, -60 * minute, 0, 60 * minute, day, 400 * day];
const spans = [1_000, minute, 60 * minute, day, 10 * day];

const works = {
  log: 24,
  undo: 6,
  choose: 3,
  release: 2,
  office: 12,
  pack: 4,
  'open-tab': 5,
  'close-tab': 3,
  crash: 6,
  background: 4,
  pair: 1,
  revoke: 1,
  reinstate: 3,
  'sign-out': 1,
  'sign-in': 3,
  'server-dies': 2,
  'server-starts': 6,
  'back-up': 5,
  restore: 5,
  'clock-jumps': 2,
  'time-passes': 6,
  'disk-full': 1,
  'disk-free': 4,
  poison: 1,
  hurry: 3,
} as const;
type Work = keyof typeof works;
const isWork = (name: string): name is Work => name in works;
const deck = Object.entries(works).flatMap(([name, weight]) =>
  isWork(name) ? Array<Work>(weight).fill(name) : [],
);

/** One city's story from a seed: trouble first, then peace, and what had to hold and did not. */
export async function simulate(seed: number, kind: Kind, { isTold = false } = {}): Promise<Story> {
  const city = await aCity(createRandom(seed), kind, isTold);
  const { world, ledger, desks } = city;
  try {
    const steps = await runCity(city, troubledSteps[kind]);
    if (ledger.violations.length > 0 && !isTold) return await simulate(seed, kind, { isTold: true });
    return { seed, kind, violations: ledger.violations, trace: world.trace, steps };
  } finally {
    for (const desk of desks) {
      desk.crashAll();
      await desk.store.close();
    }
  }
}

type City = Awaited<ReturnType<typeof aCity>>;

async function aCity(random: Random, kind: Kind, isTold: boolean) {
  const world = new World(random, sundayMorning, isTold);
  const server = new FakeServer();
  const weather = fairWeather();
  const copies = new Copies();
  const ledger = new Ledger(server, copies, weather, () => world.now);
  furnish(server);
  const desks: Desk[] = [];
  for (const name of ['desk-1', 'desk-2', 'desk-3'].slice(0, random.pick([1, 2, 3]))) {
    const device = aDevice({
      deskId: name,
      account: { name, password: '' },
      sectors: random.pick([sectors, sectors.slice(0, 1)]),
    });
    const deviceNow = () => world.now + (desk?.clockOffset ?? 0);
    const store: DeskStore =
      kind === 'memory'
        ? new MemoryDesk(device, deviceNow)
        : await TwinDesk.open(device, deviceNow, (what) => ledger.violations.push(`${name}: ${what}`));
    let before = await store.held();
    const onCommit = async (desk: Desk, what: string) => {
      const held = await store.held();
      if (what === 'prune') ledger.forget(desk, before, held);
      ledger.checkSafety(desk, held);
      before = held;
    };
    const hasLocks = random.next() < 0.75;
    const desk: Desk = new Desk(name, store, world, server, weather, onCommit, hasLocks);
    desks.push(desk);
    desk.openTab();
  }
  return { world, server, weather, copies, ledger, desks };
}

/** Gives the steps that it took. */
async function runCity(city: City, troubled: number): Promise<number> {
  const { world, weather, ledger, desks } = city;
  const { random } = world;
  const isOver = () => ledger.violations.length > 0;
  weather.isRough = true;
  let steps = 0;
  for (; steps < troubled && !isOver(); steps++) {
    if (world.isIdle || random.next() < 0.15) await act(city, random.pick(deck));
    else await world.step();
  }

  makePeace(city);
  let unrest: string[] = [];
  for (const wait of waits) {
    await world.passTo(world.now + wait);
    for (const desk of desks) desk.hurry();
    for (; !world.isIdle && !isOver(); steps++) {
      await world.step();
      if (steps > mostSteps) ledger.violations.push('S12 it runs in circles');
    }
    if (isOver()) return steps;
    const rest = await Promise.all(desks.map(async (desk) => ({ desk, held: await desk.store.held() })));
    unrest = ledger.unrest(rest);
    if (unrest.length === 0) return steps;
  }
  ledger.violations.push(...unrest);
  return steps;
}

function makePeace({ world, server, weather, desks }: City): void {
  world.note('peace');
  weather.isRough = false;
  weather.isServerUp = true;
  weather.signedOut.clear();
  server.revoked.clear();
  for (const desk of desks) {
    desk.isDiskFull = false;
    if (desk.tabs.every(({ isClosing }) => isClosing)) desk.openTab();
  }
}

/** Somebody or something acts, between two steps of the programs. */
async function act(city: City, work: Work): Promise<void> {
  const { world, server, weather, copies, ledger, desks } = city;
  const { random } = world;
  const desk = random.pick(desks);
  const { account } = desk.store.device;
  const note = (what: string) => world.note(`${desk.name} ${work} ${what}`);
  const made = (prefix: string) =>
    [...ledger.made].filter(([id, { by }]) => by === desk.name && id.startsWith(prefix)).map(([id]) => id);

  const make = async (making: Promise<Awaited<ReturnType<DeskStore['log']>>>) => {
    const document = await making;
    note(document?._id ?? 'nothing');
    if (document && 'service' in document) ledger.make(desk.name, databaseOf(document.service), document);
    return document?._id;
  };

  switch (work) {
    case 'log': {
      const service = random.pick(desk.store.device.sectors) === 'kulttuuri' ? 'theatre' : 'swim';
      await make(desk.store.log(aNumber(random), service));
      return;
    }
    case 'poison': {
      const id = await make(desk.store.log(aNumber(random), 'swim'));
      if (id !== undefined) weather.poison.add(id);
      return;
    }
    case 'undo': {
      const visits = made('visit:');
      if (visits.length > 0) await make(desk.store.undo(random.pick(visits)));
      return;
    }
    case 'choose':
      await make(desk.store.choose(aNumber(random)));
      return;
    case 'release': {
      const choices = made('choice:');
      if (choices.length > 0) await make(desk.store.release(random.pick(choices)));
      return;
    }
    case 'office':
      world.note(workAtOffice(server, random));
      return;
    case 'pack':
      world.note(await packRegister(server, random));
      return;
    case 'open-tab':
      if (desk.tabs.length > 2) return;
      note('');
      desk.openTab();
      return;
    case 'close-tab':
      if (desk.tabs.length === 0) return;
      note('');
      desk.closeTab(random.pick(desk.tabs));
      return;
    case 'crash':
      if (desk.tabs.length === 0) return;
      note('');
      if (random.next() < 0.3) desk.crashAll();
      else desk.crash(random.pick(desk.tabs));
      return;
    case 'background':
      note('');
      desk.pushInBackground();
      return;
    case 'pair': {
      const name = `${desk.name}-${random.pick(['b', 'c', 'd'])}`;
      note(name);
      if (name === account.name) return;
      server.revoked.add(account.name);
      server.revoked.delete(name);
      await desk.pair({ ...desk.store.device, account: { name, password: '' }, state: 'active' });
      return;
    }
    case 'revoke':
      note('');
      server.revoked.add(account.name);
      return;
    case 'reinstate':
      server.revoked.delete(account.name);
      return;
    case 'sign-out':
      note('');
      weather.signedOut.add(account.name);
      return;
    case 'sign-in':
      weather.signedOut.clear();
      return;
    case 'server-dies':
      world.note(work);
      weather.isServerUp = false;
      for (const drop of [...weather.held]) drop();
      return;
    case 'server-starts':
      weather.isServerUp = true;
      return;
    case 'back-up':
      world.note(work);
      copies.backUp(server);
      return;
    case 'restore':
      if (!copies.hasBackup) return;
      ledger.seeServer();
      copies.restore(random.pick(['renewed', 'renewed', 'kept']));
      world.note(`restore, epoch ${server.database(databaseOf('swim')).epoch ?? ''}`);
      if (random.next() < 0.5) world.note(await packRegister(server, random));
      return;
    case 'clock-jumps':
      desk.clockOffset = random.pick(clockJumps);
      note(`by ${desk.clockOffset / minute} min`);
      return;
    case 'time-passes':
      await world.passTo(
        random.next() < 0.5 ? (world.nextWaking() ?? world.now) : world.now + random.pick(spans),
      );
      world.note(work);
      return;
    case 'disk-full':
      note('');
      desk.isDiskFull = true;
      return;
    case 'disk-free':
      desk.isDiskFull = false;
      return;
    case 'hurry':
      desk.hurry();
      return;
  }
}
