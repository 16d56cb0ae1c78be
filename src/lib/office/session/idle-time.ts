/** Clocks, ms: the device's, which somebody may set, and one that only goes forward but may rest in sleep. */
export interface Clocks {
  wall: () => number;
  steady: () => number;
}

/** A timer that was due every few seconds and comes later than this: the machine slept. */
const sleptMs = 120_000;

/** How long nobody has touched the screen. */
export class IdleTime {
  #touched: { wall: number; steady: number };
  #looked: number;

  constructor(private readonly clocks: Clocks) {
    this.#touched = this.#now();
    this.#looked = this.#touched.wall;
  }

  /** @param limitMs allowed; call it every few seconds, and before `touch` */
  isOver(limitMs: number): boolean {
    const { wall, steady } = this.#now();
    // The longer of both: a clock that goes back shortens nothing, and sleep counts.
    const idleMs = Math.max(wall - this.#touched.wall, steady - this.#touched.steady);
    const hasSlept = wall - this.#looked > sleptMs && idleMs > sleptMs;
    this.#looked = wall;
    return idleMs >= limitMs || hasSlept;
  }

  touch(): void {
    this.#touched = this.#now();
  }

  #now() {
    return { wall: this.clocks.wall(), steady: this.clocks.steady() };
  }
}

/**
 * Whether what was stored about the last touch, before this page was loaded, is too long ago, or can't be: a
 * clock that went back unlocks nothing.
 */
export const isStale = (storedAt: string | null, wall: number, limitMs: number): boolean => {
  if (storedAt === null) return false;
  const age = wall - Number(storedAt);
  return !(age < limitMs && age > -sleptMs);
};
