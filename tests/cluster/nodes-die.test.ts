import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk, expectEachOnce } from '../contract/fault-world';
import { Balancer } from './balancer';
import { CouchCluster } from './couch-cluster';
import { underLoad, type LoadFigures } from './load';
import { TwoServers } from './two-servers';

const cluster = CouchCluster.fromEnvironment();
let two: TwoServers;
/** What was opened, to be closed in reverse order. */
const closing: (() => Promise<unknown>)[] = [];
const desks: Desk[] = [];
const balancers: Balancer[] = [];

beforeAll(async () => {
  closing.push(() => cluster.makeWhole());
  two = await TwoServers.begin(cluster);
  closing.push(() => two.end());
  await two.office.fillStore(6_000);
  for (const name of ['Kassa 1', 'Kassa 2', 'Kassa 3', 'Kassa 4']) {
    // Every other desk has the second server first.
    const turned = balancers.length % 2;
    const balancer = await Balancer.before(() => {
      const urls = two.running.map(({ url }) => url);
      return turned === 0 ? urls : urls.reverse();
    });
    balancers.push(balancer);
    closing.push(() => balancer.stop());
    const desk = await Desk.pair(two.office, balancer.url, name);
    desks.push(desk);
    closing.push(() => desk.stop());
    await desk.start();
    await desk.untilInSync();
  }
}, 5 * 60_000);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
}, 5 * 60_000);

const tell = (what: string, { logged, longestSilence }: LoadFigures) =>
  console.log(`${what}: ${logged} visits logged, longest silence ${(longestSilence / 1_000).toFixed(1)} s`);

async function expectAllThere(): Promise<void> {
  for (const desk of desks) await desk.untilInSync();
  await cluster.untilEven();
  await expectEachOnce(two.office, desks);
}

/** How often the desks have read a database from its beginning. */
const pullsFromZero = () =>
  balancers.flatMap(({ asked }) => asked).filter((url) => /_changes\?.*\bsince=0(&|$)/.test(url)).length;

/** The epochs that both servers report, again and again while something happens. */
async function epochsSeenDuring(happens: () => Promise<void>): Promise<Map<string, Set<string>>> {
  const seen = new Map<string, Set<string>>();
  let isOver = false;
  const over = happens().finally(() => (isOver = true));
  while (!isOver) {
    for (const database of ['tiski-register', 'tiski-visits-liikunta']) {
      for (const server of two.running) {
        const { status, body } = await two.ask(server, 'GET', `/couch/${database}/_local/epoch`);
        if (status === 503) continue;
        const epoch = status === 200 ? (body as { epoch: string }).epoch : String(status);
        seen.set(database, (seen.get(database) ?? new Set()).add(epoch));
      }
    }
    await setTimeout(200);
  }
  await over;
  return seen;
}

it('S3 each node is killed and restarted under load: every visit is stored once', async () => {
  const figures = await underLoad(desks, async () => {
    for (const node of cluster.nodes) {
      await setTimeout(5_000);
      await cluster.act('kill', node);
      await setTimeout(10_000);
      await cluster.act('start', node);
    }
    await setTimeout(5_000);
  });
  await expectAllThere();
  tell('Each node killed', figures);
});

it('S3 each server is killed under load, and both at once: every visit is stored once', async () => {
  const figures = await underLoad(desks, async () => {
    for (const killed of [[two.servers[0]], [two.servers[1]], [...two.servers]]) {
      await setTimeout(5_000);
      await Promise.all(killed.map((server) => two.kill(server)));
      await setTimeout(3_000);
      await Promise.all(killed.map((server) => two.start(server)));
    }
    await setTimeout(5_000);
  });
  await expectAllThere();
  tell('Servers killed', figures);
});

it('S8 nodes are replaced under load: every visit is there once, and no desk starts from zero', async () => {
  const before = pullsFromZero();
  let figures: LoadFigures | undefined;
  const epochs = await epochsSeenDuring(async () => {
    figures = await underLoad(desks, async () => {
      for (const node of [2, 3]) {
        await cluster.replace(node);
        await setTimeout(10_000);
      }
    });
  });
  await expectAllThere();
  if (figures) tell('Two nodes replaced', figures);
  const again = pullsFromZero() - before;
  console.log(
    `Pulls from zero: ${again}; epochs seen: ${[...epochs.values()].map(({ size }) => size).join()}`,
  );
  for (const seen of epochs.values()) expect([...seen]).toHaveLength(1);
  // A replaced node's feed starts over, so each desk may read each of its databases once more.
  expect(again).toBeLessThanOrEqual(desks.length * 4 * 2);
});
