import { canonicalJson } from '../../src/lib/documents/canonical';
import type { CatalogueDocument } from '../../src/lib/documents/catalogue-documents';
import { cardFromDocument } from '../../src/lib/documents/card-document';
import type { Unreadable } from '../../src/lib/documents/parse-document';
import type { LogDocument } from '../../src/lib/documents/visit-documents';
import type { Card } from '../../src/lib/domain/card';
import { readClock } from '../../src/lib/domain/clock';
import { day, type Instant } from '../../src/lib/domain/day';
import { isLogDocument, sortChanges, type Sorted } from '../../src/lib/store/apply-changes';
import { catalogueOf } from '../../src/lib/store/catalogue';
import { databaseKind, registerDatabase } from '../../src/lib/store/database-names';
import { accountsOf, databasesOf, type Device } from '../../src/lib/store/device';
import { daysKept, isKeptBy } from '../../src/lib/store/prune';
import type {
  AccountState,
  Change,
  Cursor,
  LocalStore,
  PulledPage,
  Refusal,
  Snapshot,
} from '../../src/lib/sync/ports';
import { builtAt } from '../paired-database';
import { MemorySnapshots } from './memory-snapshots';

interface CursorRow extends Cursor {
  run: number;
  checkedAt?: Instant;
}

interface OutboxEntry {
  database: string;
  state: 'waiting' | 'refused';
  document: LogDocument;
  status?: number;
  suspicions?: number;
}

/** What a device holds, in plain values: two stores that were told the same hold the same. */
export interface Held {
  cursors: Map<string, Cursor>;
  cards: Map<string, Card>;
  catalogue: Map<string, CatalogueDocument>;
  log: Map<string, LogDocument>;
  outbox: Map<string, OutboxEntry>;
  quarantine: Map<string, Unreadable['reason']>;
}

/** S13, as the device has it. */
const mostSuspicions = 5;

/** Whose a document of the log is: that device gives it back to a server that lost it (S8). */
export const ownerOf = (document: LogDocument): string =>
  document.type === 'release' || document.type === 'resolution' ? document.by : document.desk;

/**
 * The device's data as the rules tell it, in maps: what store/ keeps in IndexedDB. The contract suite and every
 * seed of stored.test.ts hold the two against each other. Each method is one transaction: nothing comes between.
 */
export class MemoryStore implements LocalStore {
  readonly #cursors = new Map<string, CursorRow>();
  readonly #cards = new Map<string, { card: Card; run: number }>();
  readonly #catalogue = new Map<string, { document: CatalogueDocument; run: number }>();
  readonly #log = new Map<string, { database: string; document: LogDocument }>();
  readonly #outbox = new Map<string, OutboxEntry>();
  readonly #quarantine = new Map<string, { database: string; change: Change; unreadable: Unreadable }>();
  readonly #snapshots = new MemorySnapshots();
  /** S18: the snapshot that the cards came with, and the pull that brought it. */
  #base: { id: string; run: number } | undefined;
  readonly #listeners = new Set<() => void>();
  #lastCount = 0;
  #clock: { skewMs: number; lastContact: Instant } | undefined;
  #prunedAt: Instant | undefined;

  constructor(
    public device: Device,
    private readonly now: () => Instant,
  ) {}

  contents(): Held {
    return {
      cursors: new Map(
        [...this.#cursors].map(([name, { epoch, seq, isComplete }]) => [name, { epoch, seq, isComplete }]),
      ),
      cards: new Map([...this.#cards].map(([number, { card }]) => [number, card])),
      catalogue: new Map([...this.#catalogue].map(([id, { document }]) => [id, document])),
      log: new Map([...this.#log].map(([id, { document }]) => [id, document])),
      outbox: new Map(this.#outbox),
      quarantine: new Map([...this.#quarantine].map(([key, { unreadable }]) => [key, unreadable.reason])),
    };
  }

  /** S1: something that this desk made: in the log and in the outbox, or in neither. */
  record(database: string, document: LogDocument): void {
    this.#log.set(document._id, { database, document });
    this.#outbox.set(document._id, { database, state: 'waiting', document });
    this.#tellWaiting();
  }

  /** This device is that desk from now on; its visits stay. */
  pair(device: Device): void {
    const former = this.device.deskId === device.deskId ? accountsOf(this.device) : [];
    const formerAccounts = former.filter((name) => name !== device.account.name);
    this.device = { ...device, ...(formerAccounts.length > 0 && { formerAccounts }) };
  }

  /** R13: an answer told the time. */
  noteContact(skewMs: number, serverNow: Instant): void {
    const known = this.#clock;
    const isNews =
      !known || Math.abs(known.skewMs - skewMs) > 1_500 || Math.abs(serverNow - known.lastContact) >= 30_000;
    if (isNews) this.#clock = { skewMs, lastContact: serverNow };
  }

  clock() {
    return readClock(this.now(), { ...this.#clock, builtAt });
  }

  async databases(): Promise<string[]> {
    const destinations = this.#inOrder().map(({ database }) => database);
    return [...new Set([...databasesOf(this.device), ...destinations])];
  }

  async cursor(database: string): Promise<Cursor | undefined> {
    return this.#cursors.get(database);
  }

  async applyPage(database: string, page: PulledPage): Promise<boolean> {
    const cursor = this.#cursors.get(database);
    if (this.device.state !== 'active' || cursor?.epoch !== page.epoch || cursor.seq !== page.since) {
      return false;
    }
    const now = this.now() + (this.#clock?.skewMs ?? 0);
    this.#apply(database, page.changes, cursor.run, now);
    if (page.isLast && !cursor.isComplete) this.#sweep(database, cursor.run);
    this.#cursors.set(database, {
      ...cursor,
      seq: page.seq,
      isComplete: cursor.isComplete || page.isLast,
    });
    this.#tellWaiting();
    return true;
  }

  async startOver(database: string, epoch: string): Promise<number> {
    const { run = 0, checkedAt } = this.#cursors.get(database) ?? {};
    const checked = checkedAt !== undefined && { checkedAt };
    this.#cursors.set(database, { epoch, seq: '0', isComplete: false, run: run + 1, ...checked });
    const missing = [...this.#log.values()].filter(
      (row) => row.database === database && this.#isOwn(row.document) && !this.#outbox.has(row.document._id),
    );
    for (const { document } of missing) {
      this.#outbox.set(document._id, { database, state: 'waiting', document });
    }
    this.#tellWaiting();
    return missing.length;
  }

  async waiting(database: string, limit: number): Promise<LogDocument[]> {
    return this.#inOrder()
      .filter((row) => row.database === database && row.state === 'waiting')
      .slice(0, limit)
      .map(({ document }) => document);
  }

  async acknowledge(database: string, ids: readonly string[], epoch: string | undefined): Promise<void> {
    if (this.#cursors.get(database)?.epoch !== epoch) return;
    for (const id of ids) this.#outbox.delete(id);
    this.#tellWaiting();
  }

  async refuse(refusals: readonly Refusal[]): Promise<void> {
    for (const { id, status } of refusals) {
      const row = this.#outbox.get(id);
      if (row) this.#outbox.set(id, { ...row, state: 'refused', status });
    }
    this.#tellWaiting();
  }

  async suspect(suspects: readonly Refusal[]): Promise<void> {
    for (const suspect of suspects) {
      const row = this.#outbox.get(suspect.id);
      if (!row) continue;
      const suspicions = (row.suspicions ?? 0) + 1;
      this.#outbox.set(suspect.id, { ...row, suspicions });
      if (suspicions >= mostSuspicions) await this.refuse([suspect]);
    }
  }

  async needsUpdate(): Promise<boolean> {
    return [...this.#quarantine.values()].some(({ unreadable }) => unreadable.reason === 'newer-version');
  }

  async reviewQuarantine(): Promise<void> {
    for (const [database, { run }] of this.#cursors) {
      const changes = [...this.#quarantine.values()].filter((row) => row.database === database);
      this.#apply(
        database,
        changes.map(({ change }) => change),
        run,
        this.clock().now,
      );
    }
  }

  async isRevoked(): Promise<boolean> {
    return this.device.state === 'revoked';
  }

  async setAccountState(state: AccountState): Promise<void> {
    this.device = { ...this.device, state };
    if (state === 'active') return;
    this.#cards.clear();
    this.#forgetSnapshots();
    for (const [id, { document }] of this.#log) if (!this.#isOwn(document)) this.#log.delete(id);
    const isWiped = (database: string) => databaseKind(database) !== 'catalogue';
    for (const database of this.#cursors.keys()) if (isWiped(database)) this.#cursors.delete(database);
    for (const [key, { database }] of this.#quarantine) if (isWiped(database)) this.#quarantine.delete(key);
  }

  async prune(): Promise<void> {
    const { now, isPlausible } = this.clock();
    if (!isPlausible || (this.#prunedAt !== undefined && Math.abs(now - this.#prunedAt) < day)) return;
    this.#prunedAt = now;
    const isOld = ({ at }: LogDocument) => Date.parse(at) < now - daysKept * day;
    for (const [id, { document }] of this.#log) {
      if (document.type !== 'visit' || !isOld(document) || this.#isWorthKeeping(document, now)) continue;
      if (!this.#outbox.has(id) && !this.#outbox.has(`void:${id}`)) this.#log.delete(id);
    }
    for (const [id, { document }] of this.#log) {
      if (document.type === 'void' && isOld(document) && !this.#log.has(document.visit)) this.#log.delete(id);
    }
  }

  async isCheckDue(database: string): Promise<boolean> {
    if (databaseKind(database) !== 'visits') return false;
    const checkedAt = this.#cursors.get(database)?.checkedAt;
    const { now, isPlausible } = this.clock();
    return isPlausible && (checkedAt === undefined || Math.abs(now - checkedAt) >= day);
  }

  async held(database: string): Promise<string[]> {
    const sent = [...this.#log].filter(
      ([id, row]) => row.database === database && this.#isOwn(row.document) && !this.#outbox.has(id),
    );
    const ulidIn = (id: string) => id.slice(-26);
    return sent.map(([id]) => id).sort((a, b) => (ulidIn(a) < ulidIn(b) ? 1 : -1));
  }

  async endCheck(database: string, { missing }: { missing: readonly string[] }): Promise<number> {
    const lost = missing.filter((id) => this.#log.has(id) && !this.#outbox.has(id));
    for (const id of lost) {
      const row = this.#log.get(id);
      if (row) this.#outbox.set(id, { database, state: 'waiting', document: row.document });
    }
    const cursor = this.#cursors.get(database);
    if (cursor) cursor.checkedAt = this.clock().now;
    if (lost.length > 0) {
      for (const [name, each] of this.#cursors) {
        this.#cursors.set(name, { ...each, seq: '0', run: each.run + 1, isComplete: false });
      }
    }
    this.#tellWaiting();
    return lost.length;
  }

  takesSnapshots = (database: string): boolean => databaseKind(database) === 'register';

  async stagedParts(snapshot: Snapshot): Promise<Set<number>> {
    return this.#snapshots.staged(snapshot, this.#base?.id);
  }

  async stagePart(snapshot: Snapshot, index: number, bytes: Uint8Array): Promise<boolean> {
    return this.#snapshots.stage(snapshot, index, bytes);
  }

  async adoptSnapshot(snapshot: Snapshot, epoch: string): Promise<boolean> {
    const cursor = this.#cursors.get(registerDatabase);
    if (this.device.state !== 'active' || cursor?.epoch !== epoch || cursor.seq !== '0') return false;
    const contents = this.#snapshots.contents(snapshot);
    if (!contents) return false;
    const { run } = cursor;
    const lastReadable = contents.unread.flatMap(({ id }) => {
      const row = this.#cards.get(id.slice('card:'.length));
      return row ? [row.card] : [];
    });
    this.#cards.clear();
    for (const card of [...contents.cards.map(cardFromDocument), ...lastReadable]) {
      this.#cards.set(card.number, { card, run });
    }
    for (const [key, { database }] of this.#quarantine) {
      if (database === registerDatabase) this.#quarantine.delete(key);
    }
    this.#cursors.set(registerDatabase, { ...cursor, seq: snapshot.seq });
    this.#base = { id: snapshot.id, run };
    this.#snapshots.keep([snapshot.id]);
    this.#apply(registerDatabase, contents.unread, run, this.now() + (this.#clock?.skewMs ?? 0));
    return true;
  }

  onWaiting(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#waitingCount() > 0) listener();
    return () => this.#listeners.delete(listener);
  }

  #isOwn(document: LogDocument): boolean {
    return accountsOf(this.device).includes(ownerOf(document));
  }

  #isWorthKeeping(document: LogDocument, now: Instant): boolean {
    if (document.type !== 'visit') return true;
    const catalogue = catalogueOf([...this.#catalogue.values()].map((row) => row.document));
    const visit = { ...document, at: Date.parse(document.at), document };
    const card = this.#cards.get(document.card)?.card;
    return isKeptBy(catalogue, visit, now) || isKeptBy(catalogue, visit, now, card);
  }

  #apply(database: string, changes: readonly Change[], run: number, now: Instant): void {
    const kind = databaseKind(database);
    if (!kind) return;
    const sorted = sortChanges(kind, changes);
    for (const { id } of changes) this.#quarantine.delete(`${database} ${id}`);
    for (const { id, unreadable, document } of sorted.unreadable) {
      const change = changes.find((each) => each.id === id && each.document === document);
      if (change) this.#quarantine.set(`${database} ${id}`, { database, change, unreadable });
    }
    if (kind === 'visits') this.#applyLog(database, sorted, now);
    else this.#applyRows(sorted, run);
  }

  #applyRows({ readable, deleted, unreadable }: Sorted, run: number): void {
    for (const document of readable) {
      if (document.type === 'card') {
        this.#cards.set(document.number, { card: cardFromDocument(document), run });
      } else if (document.type !== 'snapshot' && !isLogDocument(document))
        this.#catalogue.set(document._id, { document, run });
    }
    const numberOf = (id: string) => id.slice('card:'.length);
    for (const id of deleted) {
      this.#cards.delete(numberOf(id));
      this.#catalogue.delete(id);
    }
    // S7: the last version that could be read goes on answering.
    for (const { id } of unreadable) {
      const row = this.#cards.get(numberOf(id)) ?? this.#catalogue.get(id);
      if (row) row.run = run;
    }
  }

  #applyLog(database: string, { readable, deleted }: Sorted, now: Instant): void {
    for (const document of readable) {
      if (!isLogDocument(document)) continue;
      const { _id: id } = document;
      if (!this.#log.has(id) && this.#isWorthKeeping(document, now))
        this.#log.set(id, { database, document });
      const sent = this.#outbox.get(id)?.document;
      if (sent && canonicalJson(sent) === canonicalJson(document)) this.#outbox.delete(id);
    }
    for (const id of deleted) if (!this.#outbox.has(id)) this.#log.delete(id);
  }

  #sweep(database: string, run: number): void {
    const kind = databaseKind(database);
    if (run === 1 || kind === 'visits') return;
    const rows = kind === 'register' ? this.#cards : this.#catalogue;
    for (const [key, row] of rows) if (row.run < run) rows.delete(key);
    if (kind === 'register' && this.#base && this.#base.run !== run) this.#forgetSnapshots();
  }

  #forgetSnapshots(): void {
    this.#base = undefined;
    this.#snapshots.keep([]);
  }

  /** As an index by id gives them. */
  #inOrder(): OutboxEntry[] {
    return [...this.#outbox.values()].sort((a, b) => (a.document._id < b.document._id ? -1 : 1));
  }

  #waitingCount(): number {
    return [...this.#outbox.values()].filter(({ state }) => state === 'waiting').length;
  }

  /** A live query looks again when what it counts has changed. */
  #tellWaiting(): void {
    const count = this.#waitingCount();
    if (count === this.#lastCount) return;
    this.#lastCount = count;
    if (count > 0) for (const listener of [...this.#listeners]) listener();
  }
}
