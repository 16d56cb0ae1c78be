import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import type { Instant } from '../../src/lib/domain/time/day';
import type { Device } from '../../src/lib/store/device';
import type { Change, LocalStore } from '../../src/lib/sync/ports';
import type { DeskStore } from './desk';
import { sortedJson } from './effect';
import type { Held } from './held';
import { MemoryStore } from './memory-store';
import { databaseOf } from './office';
import { StoredDesk } from './stored-desk';

interface DeviceClock {
  now: () => Instant;
  clockMark: () => ClockMark;
}

/** What the server packed into a snapshot, by its id (S18). */
type Packed = (snapshot: string) => readonly Change[];

/** The device's real store and its model side by side: told the same, they must answer and hold the same. */
export class TwinDesk implements DeskStore {
  readonly local: LocalStore;
  readonly #model: MemoryStore;

  private constructor(
    private readonly real: StoredDesk,
    { now, clockMark }: DeviceClock,
    packed: Packed,
    private readonly onDifference: (what: string) => void,
  ) {
    this.#model = new MemoryStore(real.device, now, clockMark, packed);
    this.local = this.#compared();
  }

  static async open(
    device: Device,
    clock: DeviceClock,
    packed: Packed,
    onDifference: (what: string) => void,
  ): Promise<TwinDesk> {
    const real = await StoredDesk.open(device, clock.now, clock.clockMark);
    return new TwinDesk(real, clock, packed, onDifference);
  }

  get device(): Device {
    return this.#model.device;
  }

  log = async (card: string, service: string) => this.#record(await this.real.log(card, service));
  undo = async (visit: string) => this.#record(await this.real.undo(visit));
  choose = async (card: string, offering: string) => this.#record(await this.real.choose(card, offering));
  release = async (choice: string) => this.#record(await this.real.release(choice));
  resolve = async (kind: 'accept' | 'contact', chance: number) =>
    this.#record(await this.real.resolve(kind, chance));
  review = () => this.real.review();
  decisions = (now: Instant, isForgotten: (id: string) => boolean) => this.real.decisions(now, isForgotten);

  async tryAgain(id: string): Promise<void> {
    await this.real.tryAgain(id);
    await this.#model.tryAgain(id);
  }

  async pair(device: Device): Promise<void> {
    await this.real.pair(device);
    this.#model.pair(device);
  }

  async noteContact(contact: Contact): Promise<void> {
    await this.real.noteContact(contact);
    this.#model.clock.noteContact(contact);
  }

  /** As the real one has it, when the model has the same. */
  async held(): Promise<Held> {
    const held = await this.real.held();
    const model = new Map(Object.entries(this.#model.contents()));
    for (const [part, rows] of Object.entries(held)) {
      const [a, b] = [plain(rows), plain(model.get(part) ?? new Map())];
      if (a !== b) this.onDifference(`${part} is ${a}, by the model ${b}`);
    }
    return held;
  }

  close = () => this.real.close();

  #record(document: LogDocument | undefined): LogDocument | undefined {
    if (document) this.#model.record(databaseOf(document), document);
    return document;
  }

  #compared(): LocalStore {
    const [real, model] = [this.real.local, this.#model];
    const both = async <T>(what: string, run: (store: LocalStore) => Promise<T>): Promise<T> => {
      const [ours, theirs] = [await run(real), await run(model)];
      const [a, b] = [sortedJson({ ours }), sortedJson({ ours: theirs })];
      if (a !== b) this.onDifference(`${what} gave ${a}, by the model ${b}`);
      return ours;
    };
    return {
      databases: () => both('databases', (store) => store.databases()),
      cursor: (name) => both('cursor', async (store) => essential(await store.cursor(name))),
      applyPage: (name, page) => both('applyPage', (store) => store.applyPage(name, page)),
      startOver: (name, epoch, left) => both('startOver', (store) => store.startOver(name, epoch, left)),
      waiting: (name, limit) => both('waiting', (store) => store.waiting(name, limit)),
      hasUnconfirmed: () => both('hasUnconfirmed', (store) => store.hasUnconfirmed()),
      confirmTimes: (contact) => both('confirmTimes', (store) => store.confirmTimes(contact)),
      acknowledge: (name, ids, epoch) => both('acknowledge', (store) => store.acknowledge(name, ids, epoch)),
      refuse: (refusals) => both('refuse', (store) => store.refuse(refusals)),
      suspect: (suspects) => both('suspect', (store) => store.suspect(suspects)),
      needsUpdate: () => both('needsUpdate', (store) => store.needsUpdate()),
      reviewQuarantine: () => both('reviewQuarantine', (store) => store.reviewQuarantine()),
      isRevoked: () => both('isRevoked', (store) => store.isRevoked()),
      setAccountState: (state) => both('setAccountState', (store) => store.setAccountState(state)),
      prune: () => both('prune', (store) => store.prune()),
      isCheckDue: (name) => both('isCheckDue', (store) => store.isCheckDue(name)),
      acknowledged: (name) => both('acknowledged', async (store) => (await store.acknowledged(name)).sort()),
      endCheck: (name, check) => both('endCheck', (store) => store.endCheck(name, check)),
      takesSnapshots: (name) => real.takesSnapshots(name),
      stagedParts: async (snapshot) =>
        new Set(await both('stagedParts', async (store) => [...(await store.stagedParts(snapshot))].sort())),
      stagePart: (snapshot, index, bytes) =>
        both('stagePart', (store) => store.stagePart(snapshot, index, bytes)),
      adoptSnapshot: (snapshot, epoch) =>
        both('adoptSnapshot', (store) => store.adoptSnapshot(snapshot, epoch)),
      // A live query tells in its own time, and the seed must decide: the contract suite looks at the real one.
      onWaiting: (listener) => model.onWaiting(listener),
    };
  }
}

const essential = (cursor: Awaited<ReturnType<LocalStore['cursor']>>) =>
  cursor && {
    epoch: cursor.epoch,
    seq: cursor.seq,
    isComplete: cursor.isComplete,
    ...(cursor.left && { left: cursor.left }),
  };

const plain = (rows: ReadonlyMap<string, unknown> | ReadonlySet<string>) =>
  sortedJson('get' in rows ? Object.fromEntries(rows) : [...rows].sort());
