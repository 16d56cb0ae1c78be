import type { LogDocument, VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import type { ClockMark, Contact } from '../../src/lib/domain/time/clock';
import { day, type Instant } from '../../src/lib/domain/time/day';
import type { Device } from '../../src/lib/store/device';
import type {
  AccountState,
  Change,
  Cursor,
  LocalStore,
  PulledPage,
  Refusal,
  Snapshot,
} from '../../src/lib/sync/ports';
import { steadyMark } from '../paired-database';
import { databasesOf, kindOf, registerDatabase } from './databases';
import { dated } from './dating';
import { sortedJson } from './effect';
import type { Held } from './held';
import { MemoryCatalogue } from './memory-catalogue';
import { MemoryClock } from './memory-clock';
import { MemoryCursors } from './memory-cursors';
import { MemoryLog } from './memory-log';
import { MemoryOutbox } from './memory-outbox';
import { MemoryQuarantine } from './memory-quarantine';
import { MemoryRegister } from './memory-register';
import { sorted, type Sorted } from './reading';
import { isWorthKeeping } from './worth-keeping';

/** The accounts in whose names a device has written. */
const accountsOf = ({ account, formerAccounts = [] }: Device): string[] => [account.name, ...formerAccounts];

/**
 * The device's data as the rules tell it, in maps: what store/ keeps in IndexedDB. The contract suite and every
 * seed of stored.test.ts hold the two against each other, so nothing of store/, and no rule that it follows, is
 * imported here but its types. Each method is one transaction: nothing comes between.
 */
export class MemoryStore implements LocalStore {
  readonly #cursors = new MemoryCursors();
  readonly #register: MemoryRegister;
  readonly #catalogue = new MemoryCatalogue();
  readonly #outbox = new MemoryOutbox();
  readonly #log = new MemoryLog((visit, now) => this.#isWorthKeeping(visit, now), this.#outbox.has);
  readonly #quarantine = new MemoryQuarantine();
  readonly clock: MemoryClock;
  #prunedAt: Instant | undefined;

  constructor(
    public device: Device,
    now: () => Instant,
    clockMark: () => ClockMark = () => steadyMark,
    /** What the server packed into a snapshot, by its id (S18). */
    packed: (snapshot: string) => readonly Change[] = () => [],
  ) {
    this.#register = new MemoryRegister(packed);
    this.clock = new MemoryClock(now, clockMark);
  }

  contents(): Held {
    return {
      cursors: this.#cursors.contents(),
      cards: this.#register.cards,
      unreadableCards: this.#register.unreadable,
      deletedCards: new Set(this.#register.deleted.keys()),
      catalogue: new Map([...this.#catalogue.rows].map(([id, { document }]) => [id, document])),
      log: new Map([...this.#log.rows].map(([id, { document }]) => [id, document])),
      outbox: new Map(this.#outbox.entries),
      quarantine: this.#quarantine.contents(),
    };
  }

  /** S1: something that this desk made: in the log and in the outbox, or in neither. */
  record(database: string, document: LogDocument): void {
    this.#log.rows.set(document._id, { database, run: 0, document });
    this.#outbox.sendNew(database, document, this.clock.stamp());
    this.#outbox.tellWaiting();
  }

  /** This device is that desk from now on; its visits stay. */
  pair(device: Device): void {
    const former = this.device.deskId === device.deskId ? accountsOf(this.device) : [];
    const formerAccounts = former.filter((name) => name !== device.account.name);
    this.device = { ...device, ...(formerAccounts.length > 0 && { formerAccounts }) };
  }

  async databases(): Promise<string[]> {
    const destinations = this.#outbox.inOrder().map(({ database }) => database);
    return [...new Set([...databasesOf(this.device.sectors), ...destinations])];
  }

  async cursor(database: string): Promise<Cursor | undefined> {
    return this.#cursors.get(database);
  }

  async applyPage(database: string, page: PulledPage): Promise<boolean> {
    const cursor = this.#cursors.get(database);
    if (this.device.state !== 'active' || cursor?.epoch !== page.epoch || cursor.seq !== page.since) {
      return false;
    }
    this.#apply(database, page.changes, cursor.run, this.clock.corrected());
    if (page.isLast && !cursor.isComplete) this.#sweep(database, cursor.run);
    this.#cursors.advance(database, { seq: page.seq, isComplete: cursor.isComplete || page.isLast });
    this.#outbox.tellWaiting();
    return true;
  }

  async startOver(database: string, epoch: string, left?: readonly string[]): Promise<number> {
    this.#cursors.toZero(database, epoch, left);
    const own = this.#log.ownedBy(accountsOf(this.device), database);
    const offered = own.filter((document) => this.#outbox.offer(database, document));
    this.#outbox.tellWaiting();
    return offered.length;
  }

  async waiting(database: string, limit: number): Promise<LogDocument[]> {
    return this.#outbox.waiting(database, limit);
  }

  async hasUnconfirmed(): Promise<boolean> {
    return this.#outbox.unconfirmed().length > 0;
  }

  async confirmTimes(contact: Contact | undefined): Promise<void> {
    for (const document of dated(this.#outbox.unconfirmed(), contact)) {
      this.#outbox.confirm(document);
      this.#log.replace(document);
    }
  }

  async acknowledge(database: string, ids: readonly string[], epoch: string | undefined): Promise<void> {
    if (this.#cursors.get(database)?.epoch !== epoch) return;
    this.#outbox.acknowledge(ids);
    this.#outbox.tellWaiting();
  }

  async refuse(refusals: readonly Refusal[]): Promise<void> {
    this.#outbox.refuse(refusals);
    this.#outbox.tellWaiting();
  }

  async suspect(suspects: readonly Refusal[]): Promise<void> {
    this.#outbox.suspect(suspects);
    this.#outbox.tellWaiting();
  }

  async tryAgain(id: string): Promise<void> {
    this.#outbox.tryAgain(id);
    this.#outbox.tellWaiting();
  }

  async needsUpdate(): Promise<boolean> {
    return this.#quarantine.hasNewer();
  }

  async reviewQuarantine(): Promise<void> {
    for (const database of this.#cursors.rows.keys()) {
      for (const [run, changes] of this.#quarantine.changesOf(database)) {
        this.#apply(database, changes, run, this.clock.read().now);
      }
    }
  }

  async isRevoked(): Promise<boolean> {
    return this.device.state === 'revoked';
  }

  async setAccountState(state: AccountState): Promise<void> {
    this.device = { ...this.device, state };
    if (state === 'active') return;
    this.#register.clear();
    this.#log.forgetAllBut(accountsOf(this.device));
    const isWiped = (database: string) => kindOf(database) !== 'catalogue';
    for (const database of this.#cursors.rows.keys()) {
      if (isWiped(database)) this.#cursors.rows.delete(database);
    }
    this.#quarantine.forget(isWiped);
  }

  async prune(): Promise<void> {
    const { now, isPlausible } = this.clock.read();
    if (!isPlausible || (this.#prunedAt !== undefined && Math.abs(now - this.#prunedAt) < day)) return;
    this.#prunedAt = now;
    this.#log.prune(now);
  }

  async isCheckDue(database: string): Promise<boolean> {
    if (kindOf(database) !== 'visits') return false;
    const checkedAt = this.#cursors.get(database)?.checkedAt;
    const { now, isPlausible } = this.clock.read();
    return isPlausible && (checkedAt === undefined || Math.abs(now - checkedAt) >= day);
  }

  async acknowledged(database: string): Promise<string[]> {
    const own = this.#log.ownedBy(accountsOf(this.device), database).map(({ _id }) => _id);
    const ulidIn = (id: string) => id.slice(-26);
    return own.filter((id) => !this.#outbox.has(id)).sort((a, b) => (ulidIn(a) < ulidIn(b) ? 1 : -1));
  }

  async endCheck(database: string, { missing }: { missing: readonly string[] }): Promise<number> {
    const rows = missing.flatMap((id) => this.#log.rows.get(id) ?? []);
    const offered = rows.filter(({ document }) => this.#outbox.offer(database, document));
    this.#cursors.advance(database, { checkedAt: this.clock.read().now });
    if (offered.length > 0) this.#cursors.allToZero();
    this.#outbox.tellWaiting();
    return offered.length;
  }

  takesSnapshots = (database: string): boolean => kindOf(database) === 'register';

  async stagedParts(snapshot: Snapshot): Promise<Set<number>> {
    return this.#register.staged(snapshot);
  }

  async stagePart(snapshot: Snapshot, index: number): Promise<boolean> {
    return this.device.state === 'active' && this.#register.stage(snapshot, index);
  }

  async adoptSnapshot(snapshot: Snapshot, epoch: string): Promise<boolean> {
    const cursor = this.#cursors.get(registerDatabase);
    if (this.device.state !== 'active' || cursor?.epoch !== epoch || cursor.seq !== '0') return false;
    const contents = this.#register.adopt(snapshot, cursor.run);
    if (!contents) return false;
    this.#quarantine.forget((database) => database === registerDatabase);
    this.#cursors.advance(registerDatabase, { seq: snapshot.seq });
    this.#apply(registerDatabase, contents, cursor.run, this.clock.corrected());
    return true;
  }

  onWaiting = (listener: () => void): (() => void) => this.#outbox.onWaiting(listener);

  #isWorthKeeping(visit: VisitDocument, now: Instant): boolean {
    const card = this.#register.entries.get(visit.card)?.card;
    return isWorthKeeping(visit, this.#catalogue.documents, card, now);
  }

  #apply(database: string, changes: readonly Change[], run: number, now: Instant): void {
    const kind = kindOf(database);
    if (!kind) return;
    const read = sorted(kind, changes);
    this.#quarantine.apply(database, changes, read, run);
    switch (kind) {
      case 'register':
        return this.#register.apply(read, run);
      case 'catalogue':
        return this.#catalogue.apply(read, run);
      case 'visits':
        return this.#applyLog(database, read, { run, now });
    }
  }

  /** S3: a document that came back as it was sent is acknowledged. */
  #applyLog(database: string, read: Sorted, at: { run: number; now: Instant }): void {
    const isBack = (document: Sorted['readable'][number]) => {
      const sent = this.#outbox.entries.get(document._id)?.document;
      return sent && sortedJson(sent) === sortedJson(document);
    };
    const back = read.readable.filter(isBack).map(({ _id }) => _id);
    this.#outbox.acknowledge(back);
    this.#log.apply(database, read, at);
  }

  #sweep(database: string, run: number): void {
    if (run === 1) return;
    this.#quarantine.sweep(database, run);
    switch (kindOf(database)) {
      case 'register':
        return this.#register.sweep(run);
      case 'catalogue':
        return this.#catalogue.sweep(run);
      case 'visits':
        return this.#log.sweep(database, run, accountsOf(this.device));
      case undefined:
        return;
    }
  }
}
