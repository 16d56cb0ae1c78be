/**
 * How long a database pauses after a round, ms: in proportion to the waiters woken, because each comes back
 * with three requests. Without it 200 desks and a visit every 15 ms make 40,000 requests a second.
 */
const restPerWaiter = 5;
const longestRest = 2000;

interface Waiter {
  since: number;
  wake: () => void;
}

/**
 * Wakes the long polls of one database in rounds: the first change after a quiet time at once, what follows
 * together in the next round. So the work grows with the waiters, not with waiters times changes.
 */
export class WakeUps {
  readonly #waiters = new Set<Waiter>();
  #restUntil = 0;
  #round: NodeJS.Timeout | undefined;

  /** @param sequence of the database's last change */
  constructor(private readonly sequence: () => number) {}

  /** How many wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Calls `wake` in the first round that has something after `since`. Returns a function that stops it. */
  join(since: number, wake: () => void): () => void {
    const waiter = { since, wake };
    this.#waiters.add(waiter);
    if (since < this.sequence()) this.ring();
    return () => this.#waiters.delete(waiter);
  }

  /** Called when there is something new. */
  ring(): void {
    const ms = Math.max(0, this.#restUntil - performance.now());
    this.#round ??= setTimeout(() => this.#wakeThose(({ since }) => since < this.sequence()), ms).unref();
  }

  /** Something other than a change concerns all waiters: their rights, or the end of the database. */
  ringAll(): void {
    this.#wakeThose(() => true);
  }

  #wakeThose(isDue: (waiter: Waiter) => boolean): void {
    clearTimeout(this.#round);
    this.#round = undefined;
    const due = [...this.#waiters].filter(isDue);
    this.#restUntil = performance.now() + Math.min(due.length * restPerWaiter, longestRest);
    for (const waiter of due) {
      this.#waiters.delete(waiter);
      waiter.wake();
    }
  }
}
