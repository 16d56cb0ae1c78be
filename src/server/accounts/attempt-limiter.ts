import { addressGroup } from './address-group';

/** Beyond this many keys the oldest are forgotten, so that an attacker can't fill the memory. */
const mostKeys = 20_000;

/** Counts failures by key in a time window that starts with the first one. Nothing else is counted. */
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

  /** Seconds to wait before the next attempt; 0 if it is allowed now. */
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

/** The most names remembered at an address; the oldest are forgotten. */
const mostKnown = 10_000;

/** Who attempts to sign in. */
export interface SignInAttempt {
  address: string;
  name: string;
  /** The browser, if its device cookie says that the name has signed in there before. */
  device: string | undefined;
}

/**
 * Failed sign-ins in five minutes: ten by address and name, a hundred by address. Where somebody has signed
 * in before, thirty, whatever others did there: a visitor who guesses at a venue can't lock out the people
 * who work there. IPv6 addresses count by their /64. Ten by device, independent of everybody else's count.
 */
export class SignInLimiter {
  readonly #byDevice: AttemptLimiter;
  readonly #byName: AttemptLimiter;
  readonly #byKnownName: AttemptLimiter;
  readonly #byAddress: AttemptLimiter;
  readonly #known = new Set<string>();

  constructor(now: () => number) {
    this.#byDevice = new AttemptLimiter(10, fiveMinutes, now);
    this.#byName = new AttemptLimiter(10, fiveMinutes, now);
    this.#byKnownName = new AttemptLimiter(30, fiveMinutes, now);
    this.#byAddress = new AttemptLimiter(100, fiveMinutes, now);
  }

  /** The attempt as it counts: once a device has used up its own tries, it counts like anybody's. */
  asCounted(attempt: SignInAttempt): SignInAttempt {
    const { device } = attempt;
    const isUsedUp = device !== undefined && this.#byDevice.waitSeconds(device) > 0;
    return isUsedUp ? { ...attempt, device: undefined } : attempt;
  }

  waitSeconds({ address, name, device }: SignInAttempt): number {
    if (device !== undefined) return this.#byDevice.waitSeconds(device);
    const group = addressGroup(address);
    const key = `${group} ${name}`;
    if (this.#known.has(key)) return this.#byKnownName.waitSeconds(key);
    return Math.max(this.#byName.waitSeconds(key), this.#byAddress.waitSeconds(group));
  }

  fail({ address, name, device }: SignInAttempt): void {
    if (device !== undefined) return this.#byDevice.fail(device);
    const group = addressGroup(address);
    this.#byName.fail(`${group} ${name}`);
    this.#byKnownName.fail(`${group} ${name}`);
    this.#byAddress.fail(group);
  }

  /** Takes one failure back: the attempt was right after all. */
  forgive({ address, name, device }: SignInAttempt): void {
    if (device !== undefined) return this.#byDevice.forgive(device);
    const group = addressGroup(address);
    this.#byName.forgive(`${group} ${name}`);
    this.#byKnownName.forgive(`${group} ${name}`);
    this.#byAddress.forgive(group);
  }

  /** The name has signed in from there. */
  remember({ address, name }: SignInAttempt): void {
    const key = `${addressGroup(address)} ${name}`;
    this.#known.delete(key);
    this.#known.add(key);
    for (const oldest of this.#known) {
      if (this.#known.size <= mostKnown) return;
      this.#known.delete(oldest);
    }
  }
}
