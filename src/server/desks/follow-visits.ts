import * as v from 'valibot';
import { visitsDatabase } from '$lib/documents/databases';
import { visitDocument, type VisitDocument } from '$lib/documents/visits/visit-documents';
import { requireOk, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { readEpoch } from '../epochs/read-epoch';
import type { Lease } from '../lease/lease';
import { planOf } from '../provision/databases';
import { readLocalState, writeLocalState } from './local-state';
import { VisitChains, type ChainState, type StoredChains } from './visit-chains';

/** Changes per step: some 20 ms of work, and then others have their turn. */
const pageSize = 500;
const stateName = 'desk-chains';

const cursor = v.object({ epoch: v.string(), seq: v.string() });
type Cursors = Record<string, v.InferOutput<typeof cursor>>;

const chain = v.object({
  runs: v.array(v.object({ from: v.number(), to: v.number(), previous: v.string(), hash: v.string() })),
  again: v.array(v.number()),
  isConfirmed: v.boolean(),
  broken: v.array(v.number()),
});
const storedState = v.object({
  /** Version 1 knew no conflicts: everything is read again. */
  v: v.literal(2),
  /** Increases every time it is stored. */
  round: v.optional(v.number(), 0),
  cursors: v.record(v.string(), cursor),
  chains: v.record(v.string(), chain),
  /** By account, ids of documents that have another branch that isn't deleted. */
  conflicts: v.record(v.string(), v.array(v.string())),
});

/** After this many looks in a row without finding a database, it is gone. */
const timesUnlisted = 3;

/** The most that are listed per account. */
const mostConflicts = 100;

/** What CouchDB adds to a document is not part of its hash. */
function asMade(visit: VisitDocument): VisitDocument {
  const made: VisitDocument & { _conflicts?: unknown } = { ...visit };
  delete made._conflicts;
  return made;
}

/** The account that made what an id of the log is about. */
const ownerOf = (id: string): string | undefined => /(?:visit|choice|resolution):([^:]+):/.exec(id)?.[1];

const changesPage = v.object({
  results: v.array(v.object({ id: v.string(), doc: v.nullish(v.unknown()) })),
  last_seq: v.union([v.string(), v.number()]),
});

const allDocsPage = v.object({ rows: v.array(v.object({ id: v.string(), doc: v.unknown() })) });

/**
 * S15: follows every visits database by `_changes` and maintains VisitChains from it, so that a look costs
 * only what came since the last one. Stored now and then; read from zero if a database is another copy (S8).
 * Of several servers the one with the lease stores, and the others continue from that. Two that store do no
 * harm: each writes what it read together with how far it read.
 */
export class VisitFollower {
  #chains = new VisitChains();
  #cursors: Cursors = {};
  #conflicts = new Map<string, string[]>();
  /** Of the state that was last loaded or stored; -1 before that. */
  #round = -1;
  /** Whether it had the lease when it last checked for a stored state: nobody else has stored one since. */
  #wasHeld = false;
  #isStored = true;
  /** Databases that were not listed, and how many times in a row. */
  readonly #unlisted = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: CouchClient,
    private readonly lease: Lease,
  ) {}

  stateOf(account: string): ChainState {
    return this.#chains.stateOf(account);
  }

  /**
   * Ids of an account's documents with two versions: none of them ever changes, so somebody tampered with
   * them.
   */
  conflictsOf(account: string): readonly string[] {
    return this.#conflicts.get(account) ?? [];
  }

  /** All accounts that have some. */
  accountsInConflict = (): string[] => [...this.#conflicts.keys()];

  /** Reads what is new, up to `pages` full pages; returns whether that was all. One at a time. */
  catchUp(pages: number): Promise<boolean> {
    const mine = this.#turn.then(() => this.#catchUp(pages));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async store(): Promise<void> {
    if (this.#isStored || !this.lease.isHeld()) return;
    this.#isStored = true;
    this.#round += 1;
    const state: v.InferOutput<typeof storedState> = {
      v: 2,
      round: this.#round,
      cursors: this.#cursors,
      chains: this.#chains.stored(),
      conflicts: Object.fromEntries(this.#conflicts),
    };
    if (!(await writeLocalState(this.client, stateName, state))) this.#isStored = false;
  }

  async #catchUp(pages: number): Promise<boolean> {
    await this.#load();
    const databases = await this.#databases();
    await this.#forgetAnotherCopy(databases);
    let left = pages;
    for (const database of databases) {
      for (;;) {
        if (left <= 0) return false;
        if (await this.#readPage(database)) break;
        left -= 1;
      }
    }
    for (const account of this.#chains.unconfirmed()) {
      this.#chains.confirmTwice(account, await this.#numbersUsedTwice(databases, account));
      this.#isStored = false;
    }
    return true;
  }

  /** Returns whether it was the last page. */
  async #readPage(database: string): Promise<boolean> {
    const since = this.#cursors[database]?.seq ?? '0';
    const query = new URLSearchParams({
      since,
      limit: String(pageSize),
      include_docs: 'true',
      conflicts: 'true',
    });
    const body = await requireOk(this.client, 'GET', `/${database}/_changes?${query.toString()}`);
    const { results, last_seq } = v.parse(changesPage, body);
    const seq = String(last_seq);
    // The files were copied back: what was read may be gone, and replaced by other visits.
    if (Number.parseInt(seq, 10) < Number.parseInt(since, 10)) {
      this.#forget();
      return false;
    }
    for (const { id, doc } of results) {
      this.#noteConflict(id, doc);
      if (v.is(visitDocument, doc)) this.#chains.add(asMade(doc));
    }
    if (seq !== since) this.#isStored = false;
    const epoch = this.#cursors[database]?.epoch ?? '';
    this.#cursors[database] = { epoch, seq };
    return results.length < pageSize;
  }

  #noteConflict(id: string, doc: unknown): void {
    const account = ownerOf(id);
    if (account === undefined) return;
    const others = this.conflictsOf(account).filter((known) => known !== id);
    const isInConflict =
      isJsonObject(doc) && Array.isArray(doc['_conflicts']) && doc['_conflicts'].length > 0;
    const ids = isInConflict ? [...others, id].slice(-mostConflicts) : others;
    if (ids.length > 0) this.#conflicts.set(account, ids);
    else this.#conflicts.delete(account);
  }

  /** S8: if a database has another epoch, or is gone, everything known about the chains is in doubt. */
  async #forgetAnotherCopy(databases: readonly string[]): Promise<void> {
    const epochs: Record<string, string> = {};
    for (const database of databases) {
      epochs[database] = await readEpoch(this.client, database, this.#cursors[database]?.epoch);
    }
    const isAnother = Object.entries(this.#cursors).some(([name, { epoch }]) => {
      return epochs[name] === undefined ? this.#isGone(name) : epochs[name] !== epoch;
    });
    for (const name of databases) this.#unlisted.delete(name);
    if (isAnother) this.#forget();
    for (const [name, epoch] of Object.entries(epochs)) {
      const seq = this.#cursors[name]?.seq ?? '0';
      this.#cursors[name] = { epoch, seq };
    }
  }

  /** A node that was just replaced does not list all databases yet. */
  #isGone(database: string): boolean {
    const times = (this.#unlisted.get(database) ?? 0) + 1;
    this.#unlisted.set(database, times);
    if (times < timesUnlisted) return false;
    this.#cursors = Object.fromEntries(Object.entries(this.#cursors).filter(([name]) => name !== database));
    return true;
  }

  #forget(): void {
    this.#chains = new VisitChains();
    this.#conflicts = new Map();
    this.#isStored = false;
    this.#cursors = Object.fromEntries(
      Object.entries(this.#cursors).map(([name, { epoch }]) => [name, { epoch, seq: '0' }]),
    );
  }

  /**
   * Once, or each time while another server has the lease: loads the stored state if it is newer. A replaced
   * node of a cluster may have an older state, or none.
   */
  async #load(): Promise<void> {
    const isHeld = this.lease.isHeld();
    const isOwn = isHeld && this.#wasHeld;
    this.#wasHeld = isHeld;
    if (isOwn) return;
    const parsed = v.safeParse(storedState, await readLocalState(this.client, stateName));
    if (!parsed.success || parsed.output.round <= this.#round) return;
    this.#cursors = parsed.output.cursors;
    this.#chains = new VisitChains(parsed.output.chains satisfies StoredChains);
    this.#conflicts = new Map(Object.entries(parsed.output.conflicts));
    this.#round = parsed.output.round;
    this.#isStored = true;
  }

  async #databases(): Promise<string[]> {
    const names = v.parse(v.array(v.string()), await requireOk(this.client, 'GET', '/_all_dbs'));
    return names.filter((name) => name.startsWith(visitsDatabase('')) && planOf(name) !== undefined);
  }

  /** Reads all visits of one account: only if a number occurred twice, and once. */
  async #numbersUsedTwice(databases: readonly string[], account: string): Promise<number[]> {
    const visitOf = new Map<number, string>();
    const twice = new Set<number>();
    for (const database of databases) {
      let from = `visit:${account}:`;
      for (let isEnd = false; !isEnd;) {
        const query = new URLSearchParams({
          include_docs: 'true',
          limit: String(pageSize),
          startkey: JSON.stringify(from),
          endkey: JSON.stringify(`visit:${account};`),
        });
        const body = await requireOk(this.client, 'GET', `/${database}/_all_docs?${query.toString()}`);
        const { rows } = v.parse(allDocsPage, body);
        for (const { id, doc } of rows) {
          from = `${id}\u0000`;
          if (!v.is(visitDocument, doc)) continue;
          const earlier = visitOf.get(doc.number);
          if (earlier !== undefined && earlier !== doc._id) twice.add(doc.number);
          visitOf.set(doc.number, doc._id);
        }
        isEnd = rows.length < pageSize;
      }
    }
    return [...twice].sort((a, b) => a - b);
  }
}
