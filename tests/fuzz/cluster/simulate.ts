import { renewCode, listDesks } from '../../../src/server/desks/desks';
import { createRandom } from '../random';
import { deck, opens, pair, revoke, send, settles, takeInFileOf } from './acts';
import { City } from './city';
import {
  checkBranches,
  checkDecisions,
  checkKeys,
  checkNodes,
  checkRevoked,
  checkRights,
  checkVisits,
} from './invariants';

export interface ClusterStory {
  seed: number;
  violations: readonly string[];
  trace: readonly string[];
  steps: number;
  /** Answers of 202: what the seed has seen of a cluster without a quorum. */
  accepted: number;
}

/** Steps of trouble before the weather clears. */
const troubledSteps = 900;
/** Desks at work before it. */
const desksFromTheStart = 6;

/** One cluster's story from a seed: trouble first, then peace, and what had to hold and did not. */
export async function simulateCluster(seed: number, { isTold = false } = {}): Promise<ClusterStory> {
  const city = await City.found(createRandom(seed), isTold);
  const { ledger, world, cluster } = city;
  try {
    const steps = await runCity(city);
    if (ledger.violations.length > 0 && !isTold) return await simulateCluster(seed, { isTold: true });
    return { seed, violations: ledger.violations, trace: world.trace, steps, accepted: cluster.accepted };
  } finally {
    await city.close();
  }
}

async function runCity(city: City): Promise<number> {
  const { world, random, cluster, ledger } = city;
  let steps = await begin(city);
  cluster.isRough = true;
  for (const until = steps + troubledSteps; steps < until && ledger.violations.length === 0; steps++) {
    if (world.isIdle || random.next() < 0.08) random.pick(deck)(city);
    else await city.step();
    await city.programs.settled();
  }
  steps += await makePeace(city);
  return steps + (await mend(city));
}

/** Two first starts at once, in some cities in the worst weather from the start. */
async function begin(city: City): Promise<number> {
  const { servers, cluster, random } = city;
  cluster.isRough = random.next() < 0.3;
  servers.forEach((server) => server.start());
  let steps = await city.toRest();
  cluster.isRough = false;
  for (const server of servers) {
    if (server.isStarted) continue;
    server.start();
    steps += await city.toRest();
  }
  await checkKeys(city);
  city.fill();
  steps += await city.toRest();
  for (let desk = 0; desk < desksFromTheStart; desk++) {
    opens(city);
    steps += await city.toRest();
  }
  return steps;
}

/** All nodes are up, and current work comes to its end. What was promised has to hold now. */
async function makePeace(city: City): Promise<number> {
  const { cluster, world } = city;
  world.note('peace');
  cluster.isRough = false;
  cluster.nodes.filter(({ isUp }) => !isUp).forEach((node) => cluster.start(node));
  let steps = await city.toRest();
  for (const server of city.servers.filter(({ isStarted }) => !isStarted)) {
    server.start();
    steps += await city.toRest();
  }
  steps += await looksOfAll(city, false);
  checkNodes(city);
  // If most nodes were always there it holds at once; else within the minute after which the servers check.
  if (city.mostDown === 1) checkRevoked(city);
  settles(city);
  steps += await city.toRest();
  checkVisits(city);
  checkRevoked(city);
  checkBranches(city);
  checkDecisions(city);
  await checkKeys(city);
  return steps;
}

/**
 * People repeat what was cut off: every desk in use gets a device, and everything that was logged arrives.
 */
async function mend(city: City): Promise<number> {
  const { world, ledger } = city;
  world.note('mended');
  let steps = 0;
  const ids: string[] = [];
  city.aServer()?.run('lists the desks', async (client) => {
    const { desks } = await listDesks(client);
    ids.push(...desks.filter(({ status }) => status !== 'revoked').map(({ id }) => id));
  });
  steps += await city.toRest();
  for (const id of ids) {
    const server = city.aServer();
    const before = city.devices.length;
    server?.run(`renews the code of ${id}`, (client) => renewCode(client, id, server.now()), {
      done: ({ code }) => pair(city, server, id, code),
    });
    steps += await city.toRest();
    if (city.devices.length === before) ledger.violate(`${id} can't be paired any more`);
  }
  for (const id of ledger.revoked) {
    const server = city.aServer();
    if (server) revoke(city, server, id);
    steps += await city.toRest();
  }
  for (const device of city.devices) {
    send(city, device);
    steps += await city.toRest();
    if (device.waiting.length === 0) continue;
    takeInFileOf(city, device);
    steps += await city.toRest();
    if (device.waiting.length > 0) ledger.violate(`S16 what ${device.account} has logged does not arrive`);
  }
  steps += await looksOfAll(city, true);
  checkVisits(city);
  checkRevoked(city);
  checkRights(city);
  checkBranches(city);
  return steps;
}

/** S15: when everything has arrived, no server's watch finds anything missing or changed. */
async function looksOfAll(city: City, isWhole: boolean): Promise<number> {
  let steps = 0;
  for (const server of city.servers) {
    server.look(({ states, isCounting, otherConflicts }) => {
      const faults = states.flatMap((state) => state.faults);
      if (isWhole && (isCounting || otherConflicts > 0 || faults.length > 0)) {
        city.ledger.violate(
          `S15 ${server.name} finds ${JSON.stringify({ isCounting, otherConflicts, faults })}`,
        );
      }
    });
    steps += await city.toRest();
  }
  return steps;
}
