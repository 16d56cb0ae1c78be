import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { entryDocument, entryId, type EntryDocument } from '$lib/documents/audit/entry-document';
import { auditDatabase } from '$lib/documents/databases';
import { ApiFailure } from '../api-failure';
import type { CouchClient } from '../couch/client';
import { readRows } from '../documents/read-documents';
import { AuditColumns, type AuditFilter } from './audit-columns';
import { headOf, noEntry, readEntries, readHead, type Head } from './audit-log';
import { headFrom, trimmedAction } from './verify-chain';

const pageSize = 1000;
/** How long the first request waits for the index of a small city. */
const patienceMs = 1000;

/** Entries, the newest first. */
export interface FoundEntries {
  entries: readonly EntryDocument[];
  /** How many there are, also beyond those. */
  total: number;
  /** What filters can choose from. */
  known: AuditColumns['known'];
}

/**
 * Answers questions about the whole audit log. Entries never change and have no gaps, so a look reads what
 * follows the last one that is known. If that one is not there any more, or another one, the database is
 * another copy, such as a restored backup, and all of it is read again.
 */
export class AuditIndex {
  #columns = new AuditColumns();
  #last: Head = noEntry;
  /** How many there are, as far as is known. */
  #until = Infinity;
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly client: CouchClient) {}

  /**
   * Reads what is new; the first time everything, which may take longer than a request.
   * @throws {ApiFailure} 503 `being-built` until then, with how far it is
   */
  async current(): Promise<AuditColumns> {
    const isBuilt = this.#last.number >= this.#until;
    const reading = this.#turn.then(() => this.#catchUp());
    this.#turn = reading.catch(() => undefined);
    if (isBuilt) await reading;
    else await Promise.race([reading, delay(patienceMs, undefined, { ref: false })]);
    if (this.#last.number < this.#until) throw this.#beingBuilt();
    return this.#columns;
  }

  /** @throws {ApiFailure} as `current` */
  async find(filter: AuditFilter, most: number, before?: number): Promise<FoundEntries> {
    const columns = await this.current();
    const { numbers, total } = columns.find(filter, most, before);
    const entries: EntryDocument[] = [];
    for (let from = 0; from < numbers.length; from += pageSize) {
      const keys = numbers.slice(from, from + pageSize).map(entryId);
      for (const { doc } of await readRows(this.client, auditDatabase, { keys }, '')) {
        // One that was changed so that it can't be read is for verifyChain to name.
        if (v.is(entryDocument, doc)) entries.push(doc);
      }
    }
    return { entries, total, known: columns.known };
  }

  async #catchUp(): Promise<void> {
    if (this.#until === Infinity) this.#until = (await readHead(this.client)).number;
    for (;;) {
      const page = await readEntries(this.client, Math.max(1, this.#last.number), pageSize);
      const news = this.#last.number === 0 ? page : this.#afterLast(page);
      if (news === undefined) {
        await this.#startOver();
        continue;
      }
      const before = this.#last.number;
      for (const document of news) this.#take(document);
      if (page.length < pageSize || this.#last.number === before) break;
    }
    this.#until = this.#last.number;
  }

  /** Undefined if the last known entry is not the first of the page. */
  #afterLast([last, ...news]: readonly unknown[]): unknown[] | undefined {
    const isKnown = v.is(entryDocument, last) && headOf(last).hash === this.#last.hash;
    return isKnown && headOf(last).number === this.#last.number ? news : undefined;
  }

  async #startOver(): Promise<void> {
    this.#columns = new AuditColumns();
    this.#last = noEntry;
    this.#until = (await readHead(this.client)).number;
  }

  #take(document: unknown): void {
    if (!v.is(entryDocument, document)) return;
    this.#columns.add(document);
    this.#last = headOf(document);
    const trimmed = document.action === trimmedAction ? headFrom(document.about) : undefined;
    if (trimmed !== undefined) this.#columns.first = trimmed.number + 1;
  }

  #beingBuilt(): ApiFailure {
    const share = this.#until === Infinity ? 0 : this.#last.number / this.#until;
    return new ApiFailure(
      503,
      'being-built',
      `The audit log is being read: ${Math.floor(100 * share)} %. Try again soon.`,
      undefined,
      { 'retry-after': '2' },
    );
  }
}
