import { localDate } from '../../../src/lib/domain/time/day';
import { ApiFailure } from '../../../src/server/api-failure';
import { UnexpectedCouchReply, type CouchClient } from '../../../src/server/couch/client';
import { CouchFailure } from '../../../src/server/couch/failure';
import { DeskWatch } from '../../../src/server/desks/desk-watch';
import { DeskSettler } from '../../../src/server/desks/settle-desks';
import { ensureSigningKey, type KeyStore } from '../../../src/server/keys/key-store';
import { ensureOfficeKey, rescueKeys } from '../../../src/server/keys/office-key-store';
import { ensureAdministrator } from '../../../src/server/provision/administrator';
import { provision } from '../../../src/server/provision/provision';
import type { Process } from '../world';
import type { FakeCluster } from './fake-cluster';
import type { Program, Programs } from './programs';

export const administratorsPassword = 'of the settings';

/** What its callers need to know about the city that it is in. */
export interface ServerDependencies {
  cluster: FakeCluster;
  programs: Programs;
  /** Reports that something does not hold. */
  violate(what: string): void;
}

/** A process of Tiski's server: what it runs, and what happens to that when it is killed. */
export class ServerProcess {
  isStarted = false;
  #process: Process;
  #watch = this.#aWatch();
  #isLooking = false;
  /** Of the look in progress. */
  #looking!: CouchClient;
  #settler = this.#aSettler();
  #isSettling = false;
  #settling!: CouchClient;
  readonly #running = new Set<Program>();

  constructor(
    readonly name: string,
    private readonly dependencies: ServerDependencies,
    private readonly keys: string,
  ) {
    this.#process = { name, isAlive: true };
  }

  now = () => new Date(this.dependencies.cluster.world.now);

  keyStore = (client: CouchClient): KeyStore => ({ folder: this.keys, client });

  /** Runs something like a request; its outcome is reported, unless the process is killed before. */
  run<T>(
    what: string,
    body: (client: CouchClient) => Promise<T>,
    told: { done?: (value: T) => void; failed?: (error: unknown) => void } = {},
  ): void {
    const { cluster, programs } = this.dependencies;
    const { world } = cluster;
    const process = this.#process;
    const isCalm = !cluster.isRough && cluster.isWhole;
    world.note(`${this.name}: ${what}`);
    programs.run(async (program) => {
      this.#running.add(program);
      try {
        const value = await body(cluster.client(process, () => program));
        if (!process.isAlive) return;
        world.note(`${this.name}: ${what}: done`);
        told.done?.(value);
      } catch (error) {
        if (!process.isAlive) return;
        world.note(`${this.name}: ${what}: ${String(error)}`);
        this.#judge(what, error, isCalm);
        told.failed?.(error);
      } finally {
        this.#running.delete(program);
      }
    });
  }

  /**
   * A refusal is an answer, and a cluster in trouble may fail; what was accepted is not a failure, and in
   * calm weather nothing fails.
   */
  #judge(what: string, error: unknown, isCalm: boolean): void {
    if (error instanceof ApiFailure || error instanceof CouchFailure) return;
    const isTaken = error instanceof UnexpectedCouchReply && error.reply.status < 300;
    const isStrange = error instanceof TypeError || (error instanceof Error && error.name === 'ValiError');
    if (isTaken || isStrange || isCalm) {
      this.dependencies.violate(`${what} failed: ${String(error)}`);
    }
  }

  /** As `startServer` does; a failed start ends the process, and the next one starts over. */
  start(): void {
    this.run(
      'starts',
      async (client) => {
        await provision(client, this.now());
        const keys = this.keyStore(client);
        await ensureSigningKey(keys, localDate(this.now().getTime(), 'UTC'));
        await ensureOfficeKey(keys, rescueKeys, this.now());
        // The real server's tests check whether the account has the password of the settings.
        const identify = () =>
          Promise.resolve({ kind: 'user', user: { name: 'administrator', roles: [] } } as const);
        await ensureAdministrator({ client, identify }, administratorsPassword);
      },
      { done: () => (this.isStarted = true) },
    );
  }

  /** Like a look at /office/desks; one at a time. */
  look(told: (seen: Awaited<ReturnType<DeskWatch['look']>>) => void): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const look = (client: CouchClient) => {
      this.#looking = client;
      return this.#watch.look().finally(() => (this.#isLooking = false));
    };
    this.run('looks at its desks', look, { done: told });
  }

  #aWatch(): DeskWatch {
    const client: CouchClient = { request: (...asked) => this.#looking.request(...asked) };
    return new DeskWatch(client, (error) => this.#judge('watches', error, false));
  }

  /** What it does once a minute, one after the other. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    this.run('settles desks', (client) => {
      this.#settling = client;
      return this.#settler.settle(this.now()).finally(() => (this.#isSettling = false));
    });
  }

  #aSettler(): DeskSettler {
    return new DeskSettler({ request: (...asked) => this.#settling.request(...asked) });
  }

  /** Like SIGKILL: its requests are carried out or not, and nobody hears of it. */
  kill(): void {
    const { cluster, programs } = this.dependencies;
    cluster.world.note(`${this.name}: is killed`);
    cluster.world.kill(this.#process);
    this.#running.forEach((program) => programs.forget(program));
    this.#running.clear();
    this.#watch = this.#aWatch();
    this.#isLooking = false;
    this.#settler = this.#aSettler();
    this.#isSettling = false;
    this.isStarted = false;
    this.#process = { name: this.name, isAlive: true };
  }
}
