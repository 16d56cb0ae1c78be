import { day, type Instant } from '../../src/lib/domain/time/day';
import type { FakeServer, FakeDocument } from '../fake-server';
import { databasesOf, kindOf } from './databases';
import { decisionsOf } from './decisions';
import type { Desk } from './desk';
import { effectOf, remembered, sortedJson } from './effect';
import type { Held, OutboxEntry } from './held';
import type { Ledger } from './ledger';
import { ownName, type Weather } from './line';
import { databases, type Copies } from './office';
import { cardOf, isLogged, readingOf } from './reading';
import { daysKept } from './worth-keeping';

export interface AtRest {
  desk: Desk;
  held: Held;
}

/** What holds, by the rules. Each fault goes to the ledger. */
export class Invariants {
  constructor(
    private readonly ledger: Ledger,
    private readonly server: FakeServer,
    private readonly copies: Copies,
    private readonly weather: Weather,
    private readonly now: () => Instant,
  ) {}

  /** What holds after every single transaction. */
  checkSafety(desk: Desk, held: Held): void {
    this.ledger.seeServer();
    this.#checkOwn(desk, held);
    for (const [name, cursor] of held.cursors) {
      const database = this.server.database(name);
      if (!this.#isSameCopy(name, cursor.epoch)) continue;
      for (const stored of database.documents.values()) {
        if (stored.seq <= Number(cursor.seq)) this.#checkHeld('S6', desk, held, name, stored);
      }
    }
  }

  /**
   * What holds when all lines are good and nothing moves any more; empty when all of it does.
   * @param isMended whether nothing is left for which the server would refuse a document
   */
  async unrest(desks: readonly AtRest[], isMended: boolean): Promise<string[]> {
    const { made, violations } = this.ledger;
    const before = violations.length;
    for (const at of desks) this.#checkPeace(at, desks, isMended);
    for (const [id, { by, database, document }] of made) {
      const row = desks.find(({ desk }) => desk.name === by)?.held.outbox.get(id);
      if ((row && this.#isExcused(row, isMended)) || this.ledger.hasForgotten(by, id)) continue;
      const stored = this.server.database(database).get(id);
      if (!stored) this.ledger.violate(`S1 ${id} is not on the server`);
      else if (effectOf(stored) !== effectOf(document)) this.ledger.violate(`S3 ${id} is another`);
    }
    for (const name of databases.filter((each) => kindOf(each) === 'visits')) {
      for (const { _id } of this.server.database(name).bodies()) {
        const isMade = made.get(_id)?.database === name || this.ledger.decided.has(_id);
        if (!isMade) this.ledger.violate(`S2 nobody made ${_id}`);
      }
    }
    if (violations.length === before && isMended) for (const at of desks) await this.#checkDecisions(at);
    return violations.splice(before);
  }

  #isSameCopy(database: string, epoch: string): boolean {
    return this.server.database(database).epoch === ownName(epoch) && !this.copies.rolledBack.has(database);
  }

  /** The server does not want it, or has not said so five times yet (S4, S13): it is kept here. */
  #isExcused({ state, refusal, document: { _id } }: OutboxEntry, isMended: boolean): boolean {
    if (isMended) return refusal?.status === 409;
    return state === 'refused' || this.weather.poison.has(_id);
  }

  /** S4: a reason that the server gave for this very document. */
  #isRefusedRightly({ refusal, document: { _id } }: OutboxEntry): boolean {
    if (!refusal) return true;
    if (refusal.status === 409) return this.ledger.decided.has(_id);
    return refusal.status >= 500 || (this.ledger.refusals.get(_id)?.has(refusal.reason) ?? false);
  }

  /** S9: a visit of a clock that ran a year behind is nothing that another desk keeps. */
  #isOld(document: object): boolean {
    const at = 'at' in document ? Date.parse(String(document.at)) : NaN;
    return at < this.now() - (daysKept - 1) * day;
  }

  /** S3, S8: what this device made waits, unless the server has it; and it stays as it was made. */
  #checkOwn(desk: Desk, held: Held): void {
    const complain = (what: string) => this.ledger.violate(what);
    for (const [id, { document, database, by }] of this.ledger.made) {
      if (by !== desk.name) continue;
      const row = held.outbox.get(id);
      for (const copy of [row?.document, held.log.get(id)]) {
        if (copy && jsonOnce(copy) !== jsonOnce(document)) complain(`S2 ${id} was changed`);
      }
      if (this.ledger.hasForgotten(desk.name, id)) continue;
      if (!held.log.has(id)) complain(`S11 ${desk.name} lost its own ${id}`);
      if (row && !this.#isRefusedRightly(row)) complain(`S4 ${id}: nobody gave ${row.refusal?.reason ?? ''}`);
      if (row) continue;
      if (!this.ledger.everStored.has(id)) complain(`S3 ${id} left the outbox, and no server ever had it`);
      const epoch = held.cursors.get(database)?.epoch;
      if (epoch === undefined || !this.#isSameCopy(database, epoch)) continue;
      if (!this.server.database(database).get(id)) {
        complain(`S8 ${id} does not wait, and this copy of the server does not have it`);
      }
    }
  }

  #checkHeld(
    rule: string,
    desk: Desk,
    held: Held,
    database: string,
    { id, deleted, body }: FakeDocument,
  ): void {
    const complain = (what: string) =>
      this.ledger.violate(`${rule} ${desk.name} and ${database}: ${id} ${what}`);
    const number = id.slice('card:'.length);
    const ours = held.cards.get(number) ?? held.catalogue.get(id) ?? held.log.get(id);
    if (deleted || !body) {
      const isForgotten = id.startsWith('card:') && !held.deletedCards.has(number);
      if (isForgotten) complain('was deleted, and may be admitted by its signature (R2)');
      return ours ? complain('was deleted, and is held') : undefined;
    }
    const document = readOnce(body);
    if (typeof document === 'string') {
      const isBelieved = id.startsWith('card:') && body['v'] === 1 && !held.unreadableCards.has(number);
      if (isBelieved) complain('can’t be read, and is believed (S7)');
      return held.quarantine.has(`${database} ${id}`) ? undefined : complain('is not in quarantine');
    }
    if (!ours) {
      const isExcused = this.ledger.hasForgotten(desk.name, id) || this.#isOld(document);
      return isExcused ? undefined : complain('is not held');
    }
    const theirs = document.type === 'card' ? cardOnce(document) : document;
    if (effectOf(ours) !== effectOf(theirs)) complain('is held as it was');
  }

  #checkPeace({ desk, held }: AtRest, desks: readonly AtRest[], isMended: boolean): void {
    const complain = (what: string) => this.ledger.violate(`${desk.name} ${what}`);
    for (const [id, row] of held.outbox) {
      if (!this.#isExcused(row, isMended)) complain(`S3 still waits with ${id}`);
    }
    // S9: a desk to which nothing of its own is missing can't see that files were copied back.
    if (this.copies.rolledBack.size > 0) return;
    const mine = databasesOf(desk.store.device.sectors);
    for (const name of mine) {
      for (const stored of this.server.database(name).documents.values()) {
        this.#checkHeld('S14', desk, held, name, stored);
      }
      if (!held.cursors.get(name)?.isComplete) complain(`S6 has not all of ${name}`);
    }
    const there = new Set(mine.flatMap((name) => [...this.server.database(name).documents.keys()]));
    for (const number of [...held.cards.keys(), ...held.unreadableCards, ...held.deletedCards]) {
      if (!there.has(`card:${number}`)) complain(`S8 holds the card ${number}, which is no more`);
    }
    for (const id of held.catalogue.keys()) if (!there.has(id)) complain(`S8 holds ${id}, which is no more`);
    for (const key of held.quarantine.keys()) {
      const id = key.split(' ')[1] ?? '';
      if (!there.has(id)) complain(`S7 keeps ${id} in quarantine, which is no more`);
    }
    for (const id of held.log.keys()) {
      if (!there.has(id) && !this.#isElsewhere(id, desks)) complain(`S8 holds ${id}, which is no more`);
    }
  }

  /** The desk that made it still keeps it for the server, or has forgotten it by S9. */
  #isElsewhere(id: string, desks: readonly AtRest[]): boolean {
    const by = this.ledger.made.get(id)?.by;
    if (by === undefined) return false;
    const maker = desks.find(({ desk }) => desk.name === by);
    return (maker?.held.outbox.has(id) ?? false) || this.ledger.hasForgotten(by, id);
  }

  /** R9 and the review list: what counts and what is in conflict at a desk is what the server's documents say. */
  async #checkDecisions({ desk, held }: AtRest): Promise<void> {
    if (this.copies.rolledBack.size > 0) return;
    const log = databasesOf(desk.store.device.sectors)
      .flatMap((name) => this.server.database(name).bodies())
      .flatMap((body) => {
        const document = readOnce(body);
        return typeof document === 'object' && isLogged(document) ? [document] : [];
      });
    const isForgotten = (id: string) => this.ledger.hasForgotten(desk.name, id);
    const expected = decisionsOf({ ...held, log }, this.now(), isForgotten);
    const found = await desk.store.decisions(this.now(), isForgotten);
    const [a, b] = [sortedJson(found), sortedJson(expected)];
    if (a !== b) this.ledger.violate(`R9 ${desk.name} goes by ${a}, and the server’s documents say ${b}`);
  }
}

const jsonOnce = remembered(sortedJson);
const readOnce = remembered(readingOf);
const cardOnce = remembered(cardOf);
