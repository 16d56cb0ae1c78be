import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCard } from '../../src/lib/store/register';
import { cardNumber } from '../builders';
import { FaultProxy } from '../setup/fault-proxy';
import { TiskiServer } from '../setup/tiski-server';
import { Desk, expectEachOnce, Office } from './fault-world';

/** The real server in its own process, which is killed, and two running desks. */

/** A process is started several times, on a machine that may be busy. */
const minute = 60_000;

let app: string;
let server: TiskiServer;
let proxy: FaultProxy;
let office: Office;
const desks: Desk[] = [];

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'tiski-app-'));
  await writeFile(join(app, 'index.html'), '<!doctype html>');
  server = await TiskiServer.prepare({ demo: false });
  await server.start(app);
  proxy = await FaultProxy.to(() => server.url);
  office = new Office(() => server);
  await office.fillStore();
  for (const name of ['Uimahalli, kassa 1', 'Uimahalli, kassa 2']) {
    const desk = await Desk.pair(office, proxy.url, name);
    desks.push(desk);
    await desk.start();
    await desk.untilInSync();
  }
}, 2 * minute);
afterAll(async () => {
  proxy.heal();
  await Promise.all(desks.map((desk) => desk.stop()));
  await proxy.stop();
  await server.dispose();
  await rm(app, { recursive: true });
});

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('kill -9', () => {
  /** How far the server gets with a batch, in turns of this process, before it is killed. */
  const moments = [0, 5, 20, 80, 320];

  it(
    'S3 during writes, again and again: what was acknowledged is there, each visit once, nothing waits',
    async () => {
      for (const moment of moments) {
        // A batch for the kill to hit: it gathers while the line is dead.
        proxy.break({ kind: 'dead' });
        for (const desk of desks) await desk.log(25);
        let killed: Promise<void> | undefined;
        proxy.onMet = () => (killed ??= turns(moment).then(() => server.kill()));
        proxy.break({ kind: 'pass' }, /_bulk_docs/);
        await Promise.all(desks.map((desk) => desk.until('a batch on its way', () => killed !== undefined)));
        await killed;
        proxy.onMet = () => undefined;
        proxy.break({ kind: 'dead' });

        // Before any desk can repair anything.
        await server.start(app);
        const stored = await office.visits();
        for (const desk of desks) expect(stored).toEqual(expect.arrayContaining(await desk.acknowledged()));
        proxy.heal();
        for (const desk of desks) await desk.untilInSync();
        await expectEachOnce(office, desks);
      }
    },
    5 * minute,
  );
});

describe('yesterday’s data folder', () => {
  it(
    'S8 put back under running desks: the morning comes back, each visit once',
    async () => {
      const [first, second] = desks;
      if (!first || !second) throw new Error('Two desks are needed.');
      const copy = `${server.dataFolder}-copy`;
      await first.log(3);
      await first.untilInSync();
      await server.stop();
      await cp(server.dataFolder, copy, { recursive: true });
      await server.start(app);

      for (const desk of desks) await desk.log(5);
      // Their cursors are beyond the copy's end, which S8 notices. S9 covers the other case
      // (restored-server.test.ts).
      const morning = desks.flatMap(({ logged }) => logged);
      for (const desk of desks) {
        await desk.until('the morning known', async () =>
          (await desk.db.visits.bulkGet(morning)).every((visit) => visit !== undefined),
        );
      }
      const late = cardNumber(390);
      await office.suspend(late);
      await first.until('the card suspended', async () => (await statusOf(first, late)) === 'suspended');

      await server.kill();
      await rm(server.dataFolder, { recursive: true });
      await cp(copy, server.dataFolder, { recursive: true });
      await rm(copy, { recursive: true });
      // Logged between the servers.
      await second.log(2);
      await server.start(app);
      for (const desk of desks) {
        await desk.until('its morning back', async () => {
          const stored = new Set(await office.visits());
          return desk.logged.every((id) => stored.has(id));
        });
      }
      for (const desk of desks) await desk.untilInSync();
      await expectEachOnce(office, desks);
      // The office's own morning is lost with the copy, and the desks follow the server.
      expect(await statusOf(first, late)).toBe('active');
    },
    2 * minute,
  );
});

const statusOf = async ({ db }: Desk, number: string) =>
  (await findCard(db, { kind: 'number', number }))?.status;
