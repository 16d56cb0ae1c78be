import * as v from 'valibot';
import { requireOk, type CouchClient } from '../couch/client';
import { readEpoch } from '../epochs/read-epoch';

const pageSize = 1000;

const page = v.object({
  results: v.array(
    v.object({ id: v.string(), deleted: v.optional(v.boolean(), false), doc: v.nullish(v.unknown()) }),
  ),
  last_seq: v.union([v.string(), v.number()]),
  pending: v.optional(v.number(), 0),
});

/** Who keeps what a database holds in another form. */
export interface DatabaseReader {
  /** A document as it is now; undefined if it was deleted. */
  take(id: string, document: unknown): void;
  /** Forget everything: the database is another copy, and is read again from its start. */
  forget(): void;
}

/**
 * Reads a database once, and from then on what has changed since the last look. Another copy of it, such as
 * a restored backup, is read from its start (S8).
 */
export class FollowedDatabase {
  #since = '0';
  #epoch: string | undefined;
  #pending = Infinity;
  #read = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: CouchClient,
    private readonly database: string,
    private readonly reader: DatabaseReader,
  ) {}

  /** How much of it has been read, 0 to 1. */
  get progress(): number {
    return this.#pending === 0 ? 1 : this.#read / (this.#read + this.#pending) || 0;
  }

  /** Reads what is new, and everything the first time. One at a time. */
  catchUp(): Promise<void> {
    const mine = this.#turn.then(() => this.#catchUp());
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #catchUp(): Promise<void> {
    const epoch = await readEpoch(this.client, this.database, this.#epoch);
    if (epoch !== this.#epoch) this.#startOver(epoch);
    do await this.#readPage();
    while (this.#pending > 0);
  }

  #startOver(epoch: string): void {
    this.reader.forget();
    this.#epoch = epoch;
    this.#since = '0';
    this.#read = 0;
    this.#pending = Infinity;
  }

  async #readPage(): Promise<void> {
    const query = new URLSearchParams({
      since: this.#since,
      limit: String(pageSize),
      include_docs: 'true',
    });
    const body = await requireOk(this.client, 'GET', `/${this.database}/_changes?${query.toString()}`);
    const { results, last_seq: last, pending } = v.parse(page, body);
    for (const { id, deleted, doc } of results) this.reader.take(id, deleted ? undefined : doc);
    this.#since = String(last);
    this.#read += results.length;
    this.#pending = results.length === 0 ? 0 : pending;
  }
}
