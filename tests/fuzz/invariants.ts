import { canonicalJson } from '../../src/lib/documents/canonical';
import { cardFromDocument } from '../../src/lib/documents/card-document';
import { parseDocument } from '../../src/lib/documents/parse-document';
import type { LogDocument } from '../../src/lib/documents/visit-documents';
import { day, type Instant } from '../../src/lib/domain/day';
import { databaseKind } from '../../src/lib/store/database-names';
import { databasesOf } from '../../src/lib/store/device';
import { daysKept } from '../../src/lib/store/prune';
import type { FakeDatabase, FakeServer, StoredDocument } from '../fake-server';
import type { Desk } from './desk';
import type { Weather } from './line';
import type { Held } from './held';
import { databases, type Copies } from './office';

interface Made {
  document: LogDocument;
  database: string;
  /** Name of the desk. */
  by: string;
}

/** What the world knows and no program in it does: everything that was ever made, stored, and forgotten. */
export class Ledger {
  readonly made = new Map<string, Made>();
  /** Ids that some copy of the server once had. */
  readonly everStored = new Set<string>();
  /** Ids that a desk forgot when it pruned. */
  readonly #forgotten = new Map<string, Set<string>>();
  readonly #seen = new Map<string, Pick<FakeDatabase, 'documents' | 'seq'>>();
  readonly violations: string[] = [];

  constructor(
    private readonly server: FakeServer,
    private readonly copies: Copies,
    private readonly weather: Weather,
    private readonly now: () => Instant,
  ) {}

  make(by: string, database: string, document: LogDocument): void {
    if (this.made.has(document._id)) this.#violate(`S2 ${document._id} was made twice`);
    this.made.set(document._id, { document, database, by });
  }

  /** Looks at what the server has now, before a restore takes some of it away. */
  seeServer(): void {
    for (const name of databases) {
      const { documents, seq } = this.server.database(name);
      const seen = this.#seen.get(name);
      if (seen?.documents === documents && seen.seq === seq) continue;
      this.#seen.set(name, { documents, seq });
      for (const id of documents.keys()) this.everStored.add(id);
    }
  }

  hasForgotten = (desk: Desk, id: string): boolean => this.#forgotten.get(desk.name)?.has(id) ?? false;

  /** S9: pruning takes only what is old and sent. */
  forget(desk: Desk, before: Held, after: Held): void {
    const gone = [...before.log.keys()].filter((id) => !after.log.has(id));
    for (const id of gone) if (after.outbox.has(id)) this.#violate(`S9 ${desk.name} forgot ${id} unsent`);
    this.#forgotten.set(desk.name, new Set([...(this.#forgotten.get(desk.name) ?? []), ...gone]));
  }

  /** What holds after every single transaction. */
  checkSafety(desk: Desk, held: Held): void {
    this.seeServer();
    this.#checkOwn(desk, held);
    for (const [name, cursor] of held.cursors) {
      const database = this.server.database(name);
      if (!this.#isSameCopy(name, cursor.epoch)) continue;
      for (const stored of database.documents.values()) {
        if (stored.seq <= Number(cursor.seq)) this.#checkHeld('S6', desk, held, name, stored);
      }
    }
  }

  /** What holds in the end, when all lines are good and nothing moves any more; empty when all of it does. */
  unrest(desks: readonly { desk: Desk; held: Held }[]): string[] {
    const before = this.violations.length;
    for (const { desk, held } of desks) this.#checkPeace(desk, held);
    for (const [id, made] of this.made) {
      const holder = desks.find(({ desk }) => desk.name === made.by);
      if (!holder || this.#isExcused(holder.held, id) || this.hasForgotten(holder.desk, id)) continue;
      const stored = this.server.database(made.database).get(id);
      if (!stored) this.#violate(`S1 ${id} is not on the server`);
      else if (canonicalOf(stored) !== canonicalOf(made.document)) this.#violate(`S3 ${id} is another`);
    }
    for (const name of databases.filter((each) => databaseKind(each) === 'visits')) {
      for (const { _id } of this.server.database(name).bodies()) {
        if (this.made.get(_id)?.database !== name) this.#violate(`S2 nobody made ${_id}`);
      }
    }
    return this.violations.splice(before);
  }

  #violate(what: string): void {
    this.violations.push(what);
  }

  #isSameCopy(database: string, epoch: string): boolean {
    return this.server.database(database).epoch === epoch && !this.copies.rolledBack.has(database);
  }

  /** The server does not want it, or has not said so five times yet (S4, S13): it is kept here. */
  #isExcused(held: Held, id: string): boolean {
    return held.outbox.get(id)?.state === 'refused' || (held.outbox.has(id) && this.weather.poison.has(id));
  }

  /** S9: a visit of a clock that ran a year behind is nothing that another desk keeps. */
  #isOld(document: object): boolean {
    const at = 'at' in document ? Date.parse(String(document.at)) : NaN;
    return at < this.now() - (daysKept - 1) * day;
  }

  /** S3, S8: what this device made waits, unless the server has it; and it stays as it was made. */
  #checkOwn(desk: Desk, held: Held): void {
    for (const [id, { document, database, by }] of this.made) {
      if (by !== desk.name) continue;
      const row = held.outbox.get(id);
      for (const copy of [row?.document, held.log.get(id)]) {
        if (copy && canonicalOf(copy) !== canonicalOf(document)) this.#violate(`S2 ${id} was changed`);
      }
      if (this.hasForgotten(desk, id)) continue;
      if (!held.log.has(id)) this.#violate(`S11 ${desk.name} lost its own ${id}`);
      if (row) continue;
      if (!this.everStored.has(id)) this.#violate(`S3 ${id} left the outbox, and no server ever had it`);
      const epoch = held.cursors.get(database)?.epoch;
      if (epoch === undefined || !this.#isSameCopy(database, epoch)) continue;
      if (!this.server.database(database).get(id)) {
        this.#violate(`S8 ${id} does not wait, and this copy of the server does not have it`);
      }
    }
  }

  #checkHeld(
    rule: string,
    desk: Desk,
    held: Held,
    database: string,
    { id, deleted, body }: StoredDocument,
  ): void {
    const complain = (what: string) => this.#violate(`${rule} ${desk.name} and ${database}: ${id} ${what}`);
    const number = id.slice('card:'.length);
    const ours = held.cards.get(number) ?? held.catalogue.get(id) ?? held.log.get(id);
    if (deleted || !body) return ours ? complain('was deleted, and is held') : undefined;
    const parsed = parsedOf(body);
    if (!parsed.ok) {
      return held.quarantine.has(`${database} ${id}`) ? undefined : complain('is not in quarantine');
    }
    const { document } = parsed;
    if (!ours) {
      return this.hasForgotten(desk, id) || this.#isOld(document) ? undefined : complain('is not held');
    }
    const theirs = document.type === 'card' ? cardOf(document) : document;
    if (canonicalOf(ours) !== canonicalOf(theirs)) complain('is held as it was');
  }

  #checkPeace(desk: Desk, held: Held): void {
    const complain = (what: string) => this.#violate(`${desk.name} ${what}`);
    for (const id of held.outbox.keys()) {
      if (!this.#isExcused(held, id)) complain(`S3 still waits with ${id}`);
    }
    // S9: a desk to which nothing of its own is missing can't see that files were copied back.
    if (this.copies.rolledBack.size > 0) return;
    const mine = databasesOf(desk.store.device);
    for (const name of mine) {
      for (const stored of this.server.database(name).documents.values()) {
        this.#checkHeld('S14', desk, held, name, stored);
      }
      if (!held.cursors.get(name)?.isComplete) complain(`S6 has not all of ${name}`);
    }
    const there = new Set(mine.flatMap((name) => [...this.server.database(name).documents.keys()]));
    for (const number of held.cards.keys()) {
      if (!there.has(`card:${number}`)) complain(`S8 holds the card ${number}, which is no more`);
    }
    for (const id of held.catalogue.keys()) if (!there.has(id)) complain(`S8 holds ${id}, which is no more`);
    for (const key of held.quarantine.keys()) {
      const id = key.split(' ')[1] ?? '';
      if (!there.has(id)) complain(`S7 keeps ${id} in quarantine, which is no more`);
    }
  }
}

// Documents never change in place, and every transaction is checked against all of them.
const canonicalOf = remembered(canonicalJson);
const parsedOf = remembered(parseDocument);
const cardOf = remembered(cardFromDocument);

function remembered<V extends object, T>(make: (value: V) => T): (value: V) => T {
  const known = new WeakMap<V, T>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const made = make(value);
    known.set(value, made);
    return made;
  };
}
