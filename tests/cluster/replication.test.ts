import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aCard, aVisit, cardNumber } from '../builders';
import { Office, visits } from '../contract/fault-world';
import { TiskiServer } from '../setup/tiski-server';
import { CouchCluster } from './couch-cluster';
import { TwoServers } from './two-servers';

const minutes = Number(process.env['TISKI_CLUSTER_MINUTES'] ?? 2);
const databases = ['tiski-catalogue', 'tiski-register', visits];
const cluster = CouchCluster.fromEnvironment();
let two: TwoServers;
/** What was opened, to be closed in reverse order. */
const closing: (() => Promise<unknown>)[] = [];
/** A server with its own store, which the cluster's replicator keeps in step. */
let other: TiskiServer;
let office: Office;

beforeAll(async () => {
  closing.push(() => cluster.makeWhole());
  two = await TwoServers.begin(cluster);
  closing.push(() => two.end());
  await two.office.fillStore(200);
  await two.office.request('POST', '/api/sectors', {});
  other = await TiskiServer.prepare({ demo: false });
  closing.push(
    () => other.dispose(),
    () => cluster.endReplications(),
  );
  await two.startAlso(other);
  office = new Office(() => other);
  for (const database of databases) {
    if (database === visits) await untilBothHave('tiski-catalogue');
    if (database === visits) await office.request('POST', '/api/sectors', {});
    await cluster.replicate(database, other);
  }
}, 5 * 60_000);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
}, 5 * 60_000);

interface Row {
  id: string;
  value: { rev: string };
}

/** Ids and revisions of a database's documents, without rules: each side has its own version's. */
async function heldBy(asked: Office, database: string): Promise<Map<string, string>> {
  const answer = (await asked.request('GET', `/couch/${database}/_all_docs`)) as { rows: Row[] };
  const rows = answer.rows.filter(({ id }) => !id.startsWith('_design/'));
  return new Map(rows.map(({ id, value }) => [id, value.rev]));
}

async function untilBothHave(database: string): Promise<void> {
  let sides: [Map<string, string>, Map<string, string>] | undefined;
  for (const end = Date.now() + 4 * 60_000; Date.now() < end;) {
    sides = [await heldBy(two.office, database), await heldBy(office, database)];
    if (JSON.stringify([...sides[0]]) === JSON.stringify([...sides[1]])) return;
    await setTimeout(1_000);
  }
  const [here, there] = sides ?? [new Map<string, string>(), new Map<string, string>()];
  const missing = (from: Map<string, string>, to: Map<string, string>) =>
    [...from.keys()].filter((id) => !to.has(id));
  expect({ missingThere: missing(here, there), missingHere: missing(there, here) }).toEqual({
    missingThere: [],
    missingHere: [],
  });
  expect([...there]).toEqual([...here]);
}

it(
  'a cluster and a server with its own store replicate both ways while both are written to and killed',
  async () => {
    let [isOver, written, failed] = [false, 0, 0];
    const made: string[] = [];
    /** One side's writes: a visit, and now and then a card of its own. */
    const write = async (side: string, asked: Office, offset: number) => {
      for (let number = 1; !isOver; number++) {
        const visit = aVisit(`desk-${side}`, number, { card: cardNumber(offset + number) });
        try {
          await asked.write(visits, [visit]);
          if (number % 10 === 0) await asked.write('tiski-register', [aCard(cardNumber(offset + number))]);
          made.push(visit._id);
          written += 1;
        } catch {
          // Its server was just killed: it is unknown whether this one is stored.
          failed += 1;
        }
        await setTimeout(100);
      }
    };
    const writing = Promise.all([write('cluster', two.office, 100_000), write('own', office, 200_000)]);
    const third = (minutes * 60_000) / 3;
    await setTimeout(third);
    await other.kill();
    await two.startAlso(other);
    await setTimeout(third);
    await cluster.act('kill', 2);
    await setTimeout(10_000);
    await cluster.act('start', 2);
    await setTimeout(third);
    isOver = true;
    await writing;
    for (const database of databases) await untilBothHave(database);
    const there = await heldBy(office, visits);
    expect(made.filter((id) => !there.has(id))).toEqual([]);
    expect([...there.values()].filter((rev) => !rev.startsWith('1-'))).toEqual([]);
    console.log(
      `${minutes} minutes: ${written} visits written on two sides, ${failed} not taken, ${there.size} on both`,
    );
  },
  minutes * 60_000 + 10 * 60_000,
);
