import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import type { Instant } from '../../src/lib/domain/time/day';
import type { Device } from '../../src/lib/store/device';
import type { LocalStore, RemoteDatabase, RemoteServer, SyncState } from '../../src/lib/sync/ports';
import { pushWaiting } from '../../src/lib/sync/push-documents';
import { startSyncer, type Syncer } from '../../src/lib/sync/syncer';
import type { FakeServer } from '../fake-server';
import type { Decisions } from './decisions';
import type { Held } from './held';
import { lineOf, type Weather } from './line';
import type { Process, World } from './world';

/** A device's data and what its screens do with it; every method is one transaction. */
export interface DeskStore {
  readonly device: Device;
  /** As the sync engine sees it. */
  readonly local: LocalStore;
  log(card: string, service: string): Promise<LogDocument | undefined>;
  undo(visit: string): Promise<LogDocument | undefined>;
  choose(card: string, offering: string): Promise<LogDocument | undefined>;
  release(choice: string): Promise<LogDocument | undefined>;
  /** Resolves one of the conflicts that the desk lists; `chance`, in [0, 1), chooses which. */
  resolve(kind: 'accept' | 'contact', chance: number): Promise<LogDocument | undefined>;
  /** S4: a person puts what was refused back among what waits. */
  tryAgain(id: string): Promise<void>;
  /** Looks for conflicts where something new was noted. */
  review(): Promise<void>;
  /** What it goes by, as far as `isForgotten` and clocks leave it comparable. */
  decisions(now: Instant, isForgotten: (id: string) => boolean): Promise<Decisions>;
  pair(device: Device): Promise<void>;
  noteContact(contact: Contact): Promise<void>;
  held(): Promise<Held>;
  close(): Promise<void>;
}

interface Tab extends Process {
  syncer?: Syncer;
  phase?: SyncState['phase'];
  /** The account that it syncs for. */
  account?: string;
  turn: Promise<void>;
  isClosing: boolean;
}

/** How long a server holds a request for changes, ms. */
const longpoll = 50_000;
/** After a start that the device prevented, ms: as in start-syncing.ts. */
const startAgainAfter = 30_000;

/** A browser on a device: tabs that may close or crash, a service worker, and one lock among them (S10). */
export class Desk {
  readonly tabs: Tab[] = [];
  /** Device time minus true time, ms. */
  clockOffset = 0;
  isDiskFull = false;
  /** S8: pulls from zero that began since the last check. */
  pulls: { database: string; epoch: string }[] = [];
  #opened = 0;
  #restarts = 0;
  #holder: Process | undefined;
  #queue: { process: Process; grant: () => void }[] = [];

  constructor(
    readonly name: string,
    readonly store: DeskStore,
    private readonly world: World,
    private readonly server: FakeServer,
    private readonly weather: Weather,
    /** After every transaction of the sync engine. */
    private readonly onCommit: (desk: Desk, what: string) => Promise<void>,
    /** Not every browser has Web Locks: without them all tabs sync, and S3 and S6 make that safe. */
    private readonly hasLocks: boolean,
  ) {}

  openTab(): void {
    const name = `${this.name}/tab-${++this.#opened}`;
    const tab: Tab = { name, isAlive: true, isClosing: false, turn: Promise.resolve() };
    this.tabs.push(tab);
    if (!this.hasLocks || !this.#holder) this.#begin(tab);
    else this.#queue.push({ process: tab, grant: () => this.#begin(tab) });
  }

  /** As a person closes it: current work comes to its end, if the tab lives that long. */
  closeTab(tab: Tab): void {
    tab.isClosing = true;
    tab.turn = tab.turn.then(async () => {
      await tab.syncer?.stop();
      this.crash(tab);
    });
  }

  /** Between any two awaits. */
  crash(process: Process): void {
    this.world.kill(process);
    const index = this.tabs.findIndex((tab) => tab === process);
    if (index >= 0) this.tabs.splice(index, 1);
    this.#queue = this.#queue.filter((waiting) => waiting.process !== process);
    if (this.#holder === process) this.#release();
  }

  crashAll(): void {
    this.#restarts++;
    for (const process of [...this.tabs, ...(this.#holder ? [this.#holder] : [])]) this.crash(process);
  }

  /** The browser lets the service worker send what is waiting, once: push-once.ts. */
  pushInBackground(): void {
    if (this.hasLocks && this.#holder) return;
    const worker: Process = { name: `${this.name}/worker-${++this.#opened}`, isAlive: true };
    if (this.hasLocks) this.#holder = worker;
    const { account } = this.store.device;
    void pushWaiting(this.#connect(worker, account.name), this.#storeFor(worker)).then(
      () => this.crash(worker),
      // No room on the disk: the browser calls it again later.
      () => this.crash(worker),
    );
  }

  /** The device becomes another desk, or the same with another account; tabs that sync follow. */
  async pair(device: Device): Promise<void> {
    await this.store.pair(device);
    for (const tab of this.tabs) if (tab.account !== undefined) this.#follow(tab);
  }

  hurry(): void {
    for (const { syncer } of this.tabs) syncer?.hurry();
  }

  /** R13: as seen by the counter's page, which lives until the whole browser ends. */
  clockMark = (): ClockMark => ({ session: `${this.name}/${this.#restarts}`, offset: this.clockOffset });

  #contactOf(process: Process): Contact {
    const isTab = this.tabs.some((tab) => tab === process);
    const mark = isTab ? this.clockMark() : { ...this.clockMark(), session: process.name };
    return { skewMs: -this.clockOffset, serverNow: this.world.now, mark };
  }

  #begin(tab: Tab): void {
    if (this.hasLocks) this.#holder = tab;
    tab.account = '';
    this.#follow(tab);
  }

  /** start-syncing.ts: a syncer for the account that the device has now. */
  #follow(tab: Tab): void {
    tab.turn = tab.turn.then(async () => {
      const account = this.store.device.account.name;
      if (tab.account === account || tab.isClosing || !tab.isAlive) return;
      await tab.syncer?.stop();
      delete tab.syncer;
      try {
        tab.syncer = await startSyncer({
          server: this.#connect(tab, account),
          store: this.#storeFor(tab),
          timing: this.#timing(tab),
          sessionEpoch: `session-of-${tab.name}`,
          onState: ({ phase }) => (tab.phase = phase),
        });
        tab.account = account;
      } catch {
        const nap = this.#timing(tab).sleep(startAgainAfter, new AbortController().signal);
        void nap.then(() => this.#follow(tab));
      }
    });
  }

  #release(): void {
    this.#holder = undefined;
    const next = this.#queue.shift();
    next?.grant();
  }

  #timing = (process: Process) => this.world.timing(process, () => this.clockOffset);

  /** Every request and every transaction is a step at which the process may die. */
  #connect(process: Process, account: string): RemoteServer {
    const onAnswer = () => this.store.noteContact(this.#contactOf(process));
    const line = lineOf(this.world, this.weather, { process, account, onAnswer });
    const server = this.server.connectBy(account, line);
    return {
      ...server,
      database: (name) => this.#paced(process, server.database(name)),
      time: async () => {
        const answer = await server.time();
        return answer.ok ? { ok: true, value: this.#contactOf(process) } : answer;
      },
    };
  }

  /** Small pages, so that much can happen between two; and a server that ends a quiet wait. */
  #paced(process: Process, database: RemoteDatabase): RemoteDatabase {
    return {
      ...database,
      changes: (since, limit) => database.changes(since, this.#atMost(limit)),
      waitForChange: async (since, signal) => {
        const ending = new AbortController();
        const end = () => ending.abort();
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
        void this.#timing(process).sleep(longpoll, ending.signal).then(end);
        const outcome = await database.waitForChange(since, ending.signal);
        end();
        return outcome;
      },
    };
  }

  #storeFor(process: Process): LocalStore {
    const { local } = this.store;
    const read = <T>(what: string, run: () => Promise<T>) => this.world.call(() => what, process, run);
    const write = <T>(what: string, run: () => Promise<T>, of: readonly unknown[] = [what]) =>
      this.world.call(
        () => `${what} ${JSON.stringify(of)}`,
        process,
        async () => {
          if (this.isDiskFull) throw new Error('QuotaExceededError');
          const value = await run();
          if (of.length > 0) await this.onCommit(this, what);
          return value;
        },
      );
    return {
      databases: () => read('databases', () => local.databases()),
      cursor: (name) => read(`cursor ${name}`, () => local.cursor(name)),
      applyPage: (name, page) =>
        write('applyPage', () => local.applyPage(name, page), [name, page.since, page.seq]),
      startOver: (name, epoch, left) =>
        write(
          'startOver',
          () => {
            this.pulls.push({ database: name, epoch });
            return local.startOver(name, epoch, left);
          },
          [name, epoch],
        ),
      waiting: (name, limit) => read(`waiting ${name}`, () => local.waiting(name, this.#atMost(limit))),
      hasUnconfirmed: () => read('hasUnconfirmed', () => local.hasUnconfirmed()),
      confirmTimes: (contact) => write('confirmTimes', () => local.confirmTimes(contact)),
      acknowledge: (name, ids, epoch) => write('acknowledge', () => local.acknowledge(name, ids, epoch), ids),
      refuse: (refusals) => write('refuse', () => local.refuse(refusals), refusals),
      suspect: (suspects) => write('suspect', () => local.suspect(suspects), suspects),
      needsUpdate: () => read('needsUpdate', () => local.needsUpdate()),
      reviewQuarantine: () => write('reviewQuarantine', () => local.reviewQuarantine()),
      isRevoked: () => read('isRevoked', () => local.isRevoked()),
      setAccountState: (state) => write('setAccountState', () => local.setAccountState(state), [state]),
      prune: () => write('prune', () => local.prune()),
      isCheckDue: (name) => read(`isCheckDue ${name}`, () => local.isCheckDue(name)),
      acknowledged: (name) => read(`acknowledged ${name}`, () => local.acknowledged(name)),
      endCheck: (name, check) => write('endCheck', () => local.endCheck(name, check), [name, check]),
      takesSnapshots: (name) => local.takesSnapshots(name),
      stagedParts: (snapshot) => write('stagedParts', () => local.stagedParts(snapshot)),
      stagePart: (snapshot, index, bytes) =>
        write('stagePart', () => local.stagePart(snapshot, index, bytes), [index]),
      adoptSnapshot: (snapshot, epoch) =>
        write('adoptSnapshot', () => local.adoptSnapshot(snapshot, epoch), [snapshot.seq, epoch]),
      onWaiting: (listener) =>
        local.onWaiting(() => {
          if (process.isAlive) this.world.later(() => 'told of what waits', process, listener);
        }),
    };
  }

  #atMost = (limit: number) => Math.min(limit, this.world.random.pick([1, 2, 5, 1_000]));
}
