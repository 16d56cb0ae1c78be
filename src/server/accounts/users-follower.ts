import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import type { CouchNodes } from '../couch/nodes';
import { usersDatabase } from '../couch/route';

/** How long a CouchDB holds a poll, and after how long without an answer the line counts as dead, ms. */
const pollMs = 10_000;
const deadMs = 15_000;
/** The most changes in one answer. */
const mostChanges = 1000;
const leastRestMs = 250;
const longestRestMs = 5000;

const page = v.object({
  results: v.array(v.object({ id: v.string() })),
  last_seq: v.union([v.string(), v.number()]),
  pending: v.optional(v.number()),
});

/** Who is told what changes in `_users`. */
export interface UsersListener {
  /** These documents have changed. */
  changed(ids: readonly string[]): void;
  /** Nothing is known any more about what has changed since it was read. */
  lost(): void;
  /** From now on changes are reported. */
  found(): void;
}

/** Follows the changes of a CouchDB's `_users`, whoever makes them. */
export class UsersFollower {
  readonly #stopped = new AbortController();
  #asking = new AbortController();
  #currentUntil = 0;

  constructor(
    private readonly couch: CouchNodes,
    private readonly listener: UsersListener,
  ) {}

  /**
   * Whether every change up to a moment ago has been reported. A silently dead line is noticed within 15 s.
   */
  isCurrent(): boolean {
    return performance.now() < this.#currentUntil;
  }

  /** Returns a function that stops it. */
  start(): () => Promise<void> {
    const following = this.#follow();
    return async () => {
      this.#stopped.abort();
      this.#asking.abort();
      await following;
    };
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    let restMs = leastRestMs;
    while (!signal.aborted) {
      try {
        let since = (await this.#changes('since=now&limit=1')).last_seq;
        // What was read until now may have changed before that.
        this.listener.lost();
        this.#currentUntil = performance.now() + deadMs;
        this.listener.found();
        restMs = leastRestMs;
        while (!signal.aborted) since = await this.#next(since);
      } catch {
        // Away, or without `_users`: in any case, nothing read before is trusted.
        this.#currentUntil = 0;
        this.listener.lost();
        await delay(restMs, undefined, { signal }).catch(() => undefined);
        restMs = Math.min(2 * restMs, longestRestMs);
      }
    }
  }

  /**
   * Waits for what comes after `since`; if that is more than fits in one answer, nothing counts as known
   * until the rest has come.
   */
  async #next(since: string | number): Promise<string | number> {
    const begun = performance.now();
    const query = `feed=longpoll&timeout=${pollMs}&limit=${mostChanges}&since=${encodeURIComponent(since)}`;
    if (this.isCurrent()) this.#currentUntil = begun + deadMs;
    const { results, pending = 0, last_seq: last } = await this.#changes(query);
    if (results.length > 0) this.listener.changed(results.map(({ id }) => id));
    this.#currentUntil = pending > 0 ? 0 : performance.now() + deadMs;
    return last;
  }

  async #changes(query: string): Promise<v.InferOutput<typeof page>> {
    const asking = new AbortController();
    this.#asking = asking;
    const timer = setTimeout(() => asking.abort(), deadMs);
    try {
      const response = await this.couch.fetch(`/${usersDatabase}/_changes?${query}`, {
        asAdministrator: true,
        signal: asking.signal,
      });
      return v.parse(page, await response.json());
    } finally {
      clearTimeout(timer);
    }
  }
}
