import { day, minute } from '../../../src/lib/domain/time/day';
import type { SubmissionKey } from '../../../src/lib/documents/submissions/submission';
import type { OfficeKey } from '../../../src/server/keys/office-key';
import { ulidOf } from '../../builders';
import { aReferral } from '../../submissions';
import { sortedJson } from '../effect';
import { createRandom } from '../random';
import { World } from '../world';
import { Laptop } from './laptop';
import { lineOf, type Weather } from './line';
import { OfficeServer } from './office-server';
import { PeopleStore } from './people-store';

export interface SubmissionsStory {
  seed: number;
  violations: string[];
  trace: readonly string[];
  /** What was submitted. */
  made: number;
}

const start = Date.parse('2026-11-24T08:00:00Z');
const troubledSteps = 150;
/** Far more than a laptop needs to come to rest. */
const mostSteps = 5_000;
/** S12's longest pauses, and what is done once a day. */
const waits = [0, minute, 6 * minute, 11 * minute, day + minute, minute, day + minute, minute];

type Act =
  | 'refer'
  | 'press-twice'
  | 'sign'
  | 'open-tab'
  | 'crash'
  | 'background'
  | 'kill-server'
  | 'lose-key'
  | 'find-key'
  | 'back-up'
  | 'restore'
  | 'time-passes'
  | 'hurry';
const weights: Record<Act, number> = {
  refer: 8,
  'press-twice': 2,
  sign: 5,
  'open-tab': 4,
  crash: 4,
  background: 2,
  'kill-server': 3,
  'lose-key': 1,
  'find-key': 2,
  'back-up': 3,
  restore: 3,
  'time-passes': 6,
  hurry: 3,
};
const deck = (Object.keys(weights) as Act[]).flatMap((act) => Array<Act>(weights[act]).fill(act));

/** A laptop, two servers and their store, from a seed: trouble first, then peace, and what did not hold. */
export async function simulateSubmissions(
  seed: number,
  pair: { key: OfficeKey; published: SubmissionKey },
  { isTold = false } = {},
): Promise<SubmissionsStory> {
  const random = createRandom(seed);
  const world = new World(random, start, isTold);
  const people = new PeopleStore();
  const server = new OfficeServer(world, people, pair.key);
  const weather: Weather = { isRough: false, account: 'aino' };
  const violations: string[] = [];
  const violate = (what: string) => {
    if (!violations.includes(what)) violations.push(what);
  };
  /** By id: who made it, and its note, a secret that nothing else contains. */
  const made = new Map<string, { by: string; note: string }>();
  const everStored = new Set<string>();

  const isStored = (id: string) =>
    people.body(`submission:${id}`)?.['outcome'] === 'stored' && people.body(`case:${id}`) !== undefined;
  const see = () => {
    for (const id of made.keys()) if (isStored(id)) everStored.add(id);
  };

  /** After every transaction of the laptop. */
  async function check(): Promise<void> {
    see();
    const rows = new Map((await laptop.rows()).map((row) => [row.id, row]));
    const isSameCopy = (await laptop.epoch()) === people.epoch && !people.isRolledBack;
    for (const id of made.keys()) {
      const row = rows.get(id);
      if (!row) violate(`S22 ${id} is gone from the laptop`);
      else if (row.state === 'refused') violate(`S4 ${id} was refused: ${row.refusal?.reason}`);
      else if (row.state === 'sent' && !everStored.has(id))
        violate(`S3 ${id} was never stored, and does not wait`);
      else if (row.state === 'sent' && isSameCopy && !isStored(id))
        violate(`S22 ${id} does not wait, and is not here`);
    }
    for (const id of rows.keys()) if (!made.has(id)) violate(`S20 nobody made ${id}`);
  }

  const laptop = new Laptop(
    world,
    (process) => lineOf(world, weather, server, pair.published, process),
    check,
    random.next() < 0.7,
  );

  const acts: Record<Act, () => Promise<unknown> | unknown> = {
    async refer() {
      const by = weather.account ?? 'aino';
      const id = ulidOf(made.size + 1);
      const note = `secret-${seed}-${made.size + 1}-of-nobody`;
      const { kind } = await laptop.refer(id, aReferral({ note }), by);
      if (kind === 'saved') made.set(id, { by, note });
      world.note(`refer ${id}: ${kind}`);
    },
    async 'press-twice'() {
      const ids = [...made.keys()];
      if (ids.length > 0) await laptop.refer(random.pick(ids), aReferral({ note: 'another-text' }), 'veikko');
    },
    sign: () => (weather.account = random.pick(['aino', 'veikko', 'without the right', undefined])),
    'open-tab': () => (laptop.tabs.length < 3 ? laptop.openTab() : undefined),
    crash: () => (laptop.tabs.length > 0 ? laptop.crash(random.pick(laptop.tabs)) : undefined),
    background: () => laptop.sendInBackground(),
    'kill-server': () => server.kill(),
    'lose-key': () => (server.hasKey = false),
    'find-key': () => (server.hasKey = true),
    'back-up': () => people.backUp(),
    restore() {
      see();
      server.killAll();
      people.restore(random.pick(['renewed', 'renewed', 'kept']));
    },
    'time-passes': () =>
      world.passTo(random.next() < 0.5 ? (world.nextWaking() ?? world.now) : world.now + 10 * minute),
    hurry: () => laptop.hurry(),
  };

  async function step(): Promise<void> {
    await world.step();
    await server.settled();
  }

  async function comeToRest(): Promise<void> {
    laptop.hurry();
    await world.passTo(world.now);
    let steps = 0;
    for (; !world.isIdle && violations.length === 0; steps++) {
      await step();
      if (steps > mostSteps) violate('S12 it runs in circles');
    }
  }

  /** When nothing moves: everything has arrived, once, as it was made. */
  async function unrest(): Promise<string[]> {
    const faults: string[] = [];
    for (const [id, { by, note }] of made) {
      const stored = people.body(`submission:${id}`);
      const taken = people.body(`case:${id}`);
      if (stored?.['outcome'] !== 'stored') faults.push(`S20 ${id} is not stored`);
      else if (stored['author'] !== by) faults.push(`S21 ${id} is by ${String(stored['author'])}, not ${by}`);
      else if ('sent' in stored || 'body' in stored) faults.push(`S20 ${id} was taken, and is kept twice`);
      if (sortedJson(taken?.['body']) !== sortedJson(aReferral({ note })))
        faults.push(`S20 ${id} is another`);
    }
    for (const id of people.documents.keys()) {
      if (!made.has(id.replace(/^(submission|case):/, ''))) faults.push(`S20 nobody made ${id}`);
    }
    const rows = await laptop.rows();
    for (const { id, state } of rows) if (state !== 'sent') faults.push(`S20 ${id} is still ${state}`);
    return faults;
  }

  try {
    laptop.openTab();
    await comeToRest();
    weather.isRough = true;
    for (let steps = 0; steps < troubledSteps && violations.length === 0; steps++) {
      if (!world.isIdle && random.next() < 0.8) await step();
      else {
        const act = random.pick(deck);
        world.note(act);
        await acts[act]();
        await server.settled();
      }
    }
    const dump = await laptop.dump();
    const { given, family } = aReferral().person.name;
    for (const secret of [given, family, 'secret-', 'another-text', 'veikko']) {
      if (dump.includes(secret)) violate(`S20 ${secret} is readable on the laptop`);
    }

    world.note('peace');
    weather.isRough = false;
    weather.account = 'veikko';
    server.hasKey = true;
    if (laptop.tabs.length === 0) laptop.openTab();
    let faults: string[] = [];
    for (const wait of waits) {
      await world.passTo(world.now + wait);
      await comeToRest();
      faults = await unrest();
      if (violations.length > 0 || faults.length === 0) break;
    }
    violations.push(...faults);
    return { seed, violations, trace: world.trace, made: made.size };
  } finally {
    await laptop.close();
  }
}
