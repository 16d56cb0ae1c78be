/** Beyond this many keys the oldest are forgotten, so that an attacker can't fill the memory. */
const mostKeys = 20_000;

/** Counts failures by key in a window of time that begins with the first one. Nothing else is counted. */
export class AttemptLimiter {
  readonly #failures = new Map<string, { count: number; until: number }>();

  /**
   * @param most failures allowed in a window
   * @param windowMs its length
   * @param now the clock, ms
   */
  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: () => number,
  ) {}

  /** Seconds to wait before the next attempt; 0 when it may be made now. */
  waitSeconds(key: string): number {
    const entry = this.#failures.get(key);
    if (entry === undefined || entry.count < this.most) return 0;
    const left = entry.until - this.now();
    return left <= 0 ? 0 : Math.ceil(left / 1000);
  }

  fail(key: string): void {
    const now = this.now();
    const entry = this.#failures.get(key);
    if (entry !== undefined && entry.until > now) {
      entry.count += 1;
      return;
    }
    // Deleted first, so that the newest keys are the last in the map.
    this.#failures.delete(key);
    this.#failures.set(key, { count: 1, until: now + this.windowMs });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= mostKeys) break;
      this.#failures.delete(oldest);
    }
  }

  /** Takes one failure back: the attempt was right after all. */
  forgive(key: string): void {
    const entry = this.#failures.get(key);
    if (entry !== undefined) entry.count -= 1;
  }
}

const fiveMinutes = 5 * 60_000;

/** Failed sign-ins: ten by address and name, a hundred by address, in five minutes. */
export class SignInLimiter {
  readonly #byName: AttemptLimiter;
  readonly #byAddress: AttemptLimiter;

  constructor(now: () => number) {
    this.#byName = new AttemptLimiter(10, fiveMinutes, now);
    this.#byAddress = new AttemptLimiter(100, fiveMinutes, now);
  }

  waitSeconds(address: string, name: string): number {
    return Math.max(this.#byName.waitSeconds(`${address} ${name}`), this.#byAddress.waitSeconds(address));
  }

  fail(address: string, name: string): void {
    this.#byName.fail(`${address} ${name}`);
    this.#byAddress.fail(address);
  }
  /** Takes one failure back: the attempt was right after all. */
  forgive(address: string, name: string): void {
    this.#byName.forgive(`${address} ${name}`);
    this.#byAddress.forgive(address);
  }
}
