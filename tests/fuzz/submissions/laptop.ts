import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import type { ReferralBody } from '../../../src/lib/documents/submissions/referral';
import type { SubmissionsServer } from '../../../src/lib/remote/submissions-api';
import { SubmissionsDatabase, type SubmissionRow } from '../../../src/lib/submissions/database';
import { createOutbox, type SubmissionsOutbox } from '../../../src/lib/submissions/outbox';
import { sendOnce, startSender, type Sender } from '../../../src/lib/submissions/send';
import { submit, type Submitted } from '../../../src/lib/submissions/submit';
import { everythingIn } from '../../submissions';
import type { Process, World } from '../world';

// Dexie looks for IndexedDB when it is loaded, which may have been before the fake existed.
Dexie.dependencies.indexedDB = indexedDB;
Dexie.dependencies.IDBKeyRange = IDBKeyRange;

interface Tab extends Process {
  sender?: Sender;
}

/** A referrer's laptop: its real store, its tabs and its service worker, of which one sends (S10). */
export class Laptop {
  readonly tabs: Tab[] = [];
  readonly #db = new SubmissionsDatabase(`fuzz-${crypto.randomUUID()}`);
  readonly #listeners = new Map<Process, () => void>();
  #opened = 0;

  constructor(
    private readonly world: World,
    private readonly connect: (process: Process) => SubmissionsServer,
    private readonly onCommit: () => Promise<void>,
    /** Without Web Locks all tabs send, which S20 makes safe. */
    private readonly hasLocks: boolean,
  ) {}

  async refer(id: string, body: ReferralBody, by: string): Promise<Submitted> {
    const saved = await submit(this.#db, 'referral', body, { id, by, now: this.world.now });
    for (const [process, wake] of this.#listeners)
      this.world.later(() => 'told of what waits', process, wake);
    return saved;
  }

  openTab(): void {
    const tab: Tab = { name: `tab-${++this.#opened}`, isAlive: true };
    this.tabs.push(tab);
    if (!this.hasLocks || this.tabs.every(({ sender }) => !sender)) this.#begin(tab);
  }

  crash(tab: Tab): void {
    this.world.kill(tab);
    this.#listeners.delete(tab);
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    const [next] = this.tabs;
    if (next && this.tabs.every(({ sender }) => !sender)) this.#begin(next);
  }

  /** The browser lets the service worker send what waits. */
  sendInBackground(): void {
    if (this.hasLocks && this.tabs.length > 0) return;
    const worker: Process = { name: `worker-${++this.#opened}`, isAlive: true };
    void sendOnce(this.connect(worker), this.#outboxOf(worker)).then(() => this.world.kill(worker));
  }

  hurry(): void {
    for (const { sender } of this.tabs) sender?.hurry();
  }

  rows = (): Promise<SubmissionRow[]> => this.#db.submissions.toArray();
  epoch = async (): Promise<unknown> => (await this.#db.facts.get('epoch'))?.value;
  dump = (): Promise<string> => everythingIn(this.#db.name);

  async close(): Promise<void> {
    for (const tab of [...this.tabs].reverse()) this.crash(tab);
    await this.#db.delete();
  }

  #begin(tab: Tab): void {
    tab.sender = startSender({
      server: this.connect(tab),
      outbox: this.#outboxOf(tab),
      timing: this.world.timing(tab, () => 0),
      onState: () => undefined,
    });
  }

  /** Every transaction is a step: the process may die before it, or before it hears of it. */
  #outboxOf(process: Process): SubmissionsOutbox {
    const outbox = createOutbox(this.#db, () => this.world.now);
    const step =
      <A extends unknown[], T>(what: string, run: (...given: A) => Promise<T>) =>
      (...given: A): Promise<T> =>
        this.world.call(
          () => `${what} ${JSON.stringify(given).slice(0, 200)}`,
          process,
          async () => {
            const value = await run(...given);
            await this.onCommit();
            return value;
          },
        );
    return {
      databases: step('databases', outbox.databases),
      cursor: step('cursor', outbox.cursor),
      waiting: step('waiting', (kind, limit) =>
        outbox.waiting(kind, Math.min(limit, this.world.random.pick([1, 2, 5, 50]))),
      ),
      acknowledge: step('acknowledge', outbox.acknowledge),
      refuse: step('refuse', outbox.refuse),
      suspect: step('suspect', outbox.suspect),
      isCheckDue: step('isCheckDue', outbox.isCheckDue),
      acknowledged: step('acknowledged', outbox.acknowledged),
      endCheck: step('endCheck', outbox.endCheck),
      prune: step('prune', outbox.prune),
      learn: step('learn', outbox.learn),
      onWaiting: (listener) => {
        this.#listeners.set(process, listener);
        return () => void this.#listeners.delete(process);
      },
    };
  }
}
