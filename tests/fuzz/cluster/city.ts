import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireOk } from '../../../src/server/couch/client';
import { aCard, aScheme, aService, aVenue, cardNumber } from '../../builders';
import { sundayMorning } from '../../paired-database';
import type { Random } from '../random';
import { World } from '../world';
import type { Device } from './device';
import { FakeCluster } from './fake-cluster';
import { Ledger } from './ledger';
import { Programs } from './programs';
import { ServerProcess } from './server-process';

export const sector = 'liikunta';
export const visitsOf = `tiski-visits-${sector}`;
export const venue = 'uimahalli';
/** So few that desks meet each other's visits. */
export const cards = [1, 2, 3, 4].map(cardNumber);

/** Two servers over one cluster, their office, and the devices that were paired. */
export class City {
  readonly ledger = new Ledger();
  readonly programs = new Programs();
  readonly cluster: FakeCluster;
  readonly servers: readonly ServerProcess[];
  readonly devices: Device[] = [];
  /** Nodes of which this many may be gone at the same time. */
  readonly mostDown: 1 | 2;
  readonly sharesKeys: boolean;

  private constructor(
    readonly world: World,
    readonly folder: string,
  ) {
    this.cluster = new FakeCluster(world);
    this.mostDown = world.random.next() < 0.6 ? 1 : 2;
    this.sharesKeys = world.random.next() < 0.5;
    const dependencies = {
      cluster: this.cluster,
      programs: this.programs,
      violate: (what: string) => this.ledger.violate(what),
    };
    this.servers = ['s1', 's2'].map(
      (name) =>
        new ServerProcess(name, dependencies, join(folder, this.sharesKeys ? 'keys' : `keys-${name}`)),
    );
  }

  static async found(random: Random, isTold: boolean): Promise<City> {
    const folder = await mkdtemp(join(tmpdir(), 'tiski-cluster-fuzz-'));
    return new City(new World(random, sundayMorning, isTold), folder);
  }

  close = () => rm(this.folder, { recursive: true, force: true });

  get random(): Random {
    return this.world.random;
  }

  /** Any server that has started. */
  aServer(): ServerProcess | undefined {
    const started = this.servers.filter(({ isStarted }) => isStarted);
    return started.length > 0 ? this.random.pick(started) : undefined;
  }

  /** What a coordinator and an import bring, as soon as there are databases. */
  fill(): void {
    this.aServer()?.run('is filled', async (client) => {
      const rule = { kind: 'limit', n: 1, per: 'day' } as const;
      const catalogue = [aScheme('warkaus'), aVenue(venue), aService('swim', { rule })];
      for (const [database, docs] of [
        ['tiski-catalogue', catalogue],
        ['tiski-register', cards.map((card) => aCard(card))],
      ] as const) {
        await requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs });
      }
    });
  }

  /**
   * If a single node may be left, a city can be split into two halves that don't know about each other: each
   * decides.
   */
  noteDecision(state: string, kept: string): void {
    if (this.mostDown === 1) this.ledger.noteDecision(state, kept);
  }

  async step(): Promise<void> {
    this.world.now += Math.floor(this.random.next() * 100);
    await this.world.step();
    await this.programs.settled();
  }

  /** Until nothing moves. */
  async toRest(): Promise<number> {
    let steps = 0;
    await this.programs.settled();
    for (; !this.world.isIdle; steps++) {
      await this.step();
      if (steps > 50_000) throw new Error('It runs in circles.');
    }
    return steps;
  }
}
