import { day, minute } from '../../src/lib/domain/time/day';
import { act, deck, noteDecided } from './acts';
import { aCity, type City, type Kind } from './city';
import type { AtRest } from './invariants';
import { packRegister, turnOver, workAtOffice } from './office';
import { createRandom } from './random';

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
const troubledSteps: Record<Kind, number> = { memory: 180, stored: 120 };
/** Far more than a city needs to come to rest; one that runs in circles is stopped here. */
const mostSteps = 20_000;
/** How long is waited for peace, ms: S12's longest pauses, and some days for what is done once a day. */
const waits = [
  0,
  0,
  minute,
  ...Array<number>(8).fill(minute),
  6 * minute,
  6 * minute,
  11 * minute,
  ...Array<number>(6).fill(day + minute),
];

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

const isOver = ({ ledger }: City) => ledger.violations.length > 0;

/** Gives the steps that it took. */
async function runCity(city: City, troubled: number): Promise<number> {
  const { world, weather } = city;
  const { random } = world;
  let steps = random.next() < 0.75 ? await someQuietDays(city) : 0;
  if (random.next() < 0.15) steps += await someUnsteadyHours(city);
  weather.isRough = true;
  for (const until = steps + troubled; steps < until && !isOver(city); steps++) {
    if (world.isIdle || random.next() < 0.15) await act(city, random.pick(deck));
    else await world.step();
  }
  makePeace(city);
  steps += await comeToRest(city, false);
  if (isOver(city)) return steps;
  await mend(city);
  return steps + (await comeToRest(city, true));
}

/**
 * The desks load before the trouble begins: what goes wrong with a full desk is seen too. Some cities then lose a
 * day of their office's work (S8), with a packed register or without (S18). Gives the steps.
 */
async function someQuietDays(city: City): Promise<number> {
  const { world, server, copies } = city;
  const { random } = world;
  const mayPack = async () => {
    if (random.next() < 0.6) world.note(await packRegister(server, random));
  };
  await mayPack();
  let steps = await runToIdle(city);
  copies.backUp(server);
  if (random.next() < 0.5) {
    world.note(turnOver(server, random));
    steps += await runToIdle(city);
    copies.restore('renewed');
    world.note('a day is lost');
    await mayPack();
  }
  return steps;
}

/** Looks of each desk while the nodes don't agree, and pulls from zero that this may cost one database of one desk. */
const [unsteadyLooks, mostPulls] = [16, 2];

/**
 * S8: two nodes of the server's were replaced, and the lines are good: desks don't pull from zero again and again. Gives
 * the steps.
 */
async function someUnsteadyHours(city: City): Promise<number> {
  const { world, weather, server, desks, ledger } = city;
  const { random } = world;
  let steps = await runToIdle(city);
  for (const desk of desks) desk.pulls = [];
  weather.epochs = random.pick(['missing', 'two-in-turn']);
  world.note(`two nodes are replaced, epochs ${weather.epochs}`);
  for (let look = 0; look < unsteadyLooks && !isOver(city); look++) {
    world.note(workAtOffice(server, random));
    await act(city, 'log');
    await world.passTo(world.now + minute);
    steps += await runToIdle(city);
  }
  for (const { name, pulls } of desks) {
    for (const database of new Set(pulls.map((pull) => pull.database))) {
      const times = pulls.filter((pull) => pull.database === database).length;
      if (times > mostPulls) ledger.violate(`S8 ${name} pulled ${database} from zero ${times} times`);
    }
  }
  weather.epochs = 'agreed';
  return steps;
}

/** Gives the steps that it took. */
async function runToIdle(city: City): Promise<number> {
  const { world, ledger, desks } = city;
  for (const desk of desks) desk.hurry();
  await world.passTo(world.now);
  let steps = 0;
  for (; !world.isIdle && !isOver(city); steps++) {
    await world.step();
    if (steps > mostSteps) ledger.violate('S12 it runs in circles');
  }
  return steps;
}

/** Until nothing moves and everything holds; gives the steps that it took. */
async function comeToRest(city: City, isMended: boolean): Promise<number> {
  const { world, ledger, invariants } = city;
  let steps = 0;
  let unrest: string[] = [];
  for (const wait of waits) {
    await world.passTo(world.now + wait);
    steps += await runToIdle(city);
    if (isOver(city)) return steps;
    unrest = await invariants.unrest(await allAtRest(city), isMended);
    if (unrest.length === 0) return steps;
  }
  ledger.violations.push(...unrest);
  return steps;
}

const allAtRest = ({ desks }: City): Promise<AtRest[]> =>
  Promise.all(desks.map(async (desk) => ({ desk, held: await desk.store.held() })));

/** The weather clears; what the server refuses, it refuses still. */
function makePeace({ world, server, weather, desks }: City): void {
  world.note('peace');
  weather.isRough = false;
  weather.isServerUp = true;
  weather.epochs = 'agreed';
  weather.signedOut.clear();
  server.revoked.clear();
  for (const desk of desks) {
    desk.isDiskFull = false;
    if (desk.tabs.every(({ isClosing }) => isClosing)) desk.openTab();
  }
}

/** S4: the server and the desks' rights are mended, people put back what was refused, and the office decides. */
async function mend(city: City): Promise<void> {
  const { world, weather, rights, office } = city;
  world.note('mended');
  noteDecided(city, [...office.decide(), ...office.release()]);
  weather.poison.clear();
  rights.giveBack();
  for (const { desk, held } of await allAtRest(city)) {
    for (const [id, { refusal }] of held.outbox) {
      // Only another document of the same id stays in the way.
      if (refusal && refusal.status !== 409) await desk.store.tryAgain(id);
    }
  }
}
