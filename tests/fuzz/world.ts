import type { Instant } from '../../src/lib/domain/time/day';
import type { Timing } from '../../src/lib/sync/ports';
import type { Random } from './random';

/** A tab or a service worker: once it is dead, what it waits for never comes. */
export interface Process {
  readonly name: string;
  isAlive: boolean;
}

interface Step {
  what: () => string;
  process?: Process;
  run: () => unknown;
}

interface Sleeper {
  at: Instant;
  process: Process;
  wake: () => void;
}

/**
 * How often a finished call returns at once; otherwise anything may happen between its commit and its caller.
 */
const toldAtOnce = 0.7;

/**
 * Time and chance of a simulated city. Whatever its programs wait for (network, storage, locks, sleep) is a
 * step in one queue, and the seed alone decides which comes next: the same seed, the same story.
 */
export class World {
  readonly trace: string[] = [];
  #steps: Step[] = [];
  #sleepers: Sleeper[] = [];

  constructor(
    readonly random: Random,
    public now: Instant,
    /** Whether the trace is kept: a failing seed is replayed for it. */
    private readonly isTold: boolean,
  ) {}

  /** Something that happens sooner or later, unless its process dies before. */
  later(what: Step['what'], process: Process | undefined, run: () => unknown): void {
    this.#steps.push({ what, run, ...(process && { process }) });
  }

  /**
   * Something that a process waits for: the process may die before it is done, or after that, before it hears
   * of it.
   */
  call<T>(what: Step['what'], process: Process, run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.later(what, process, async () => {
        const tell = await run().then(
          (value) => () => resolve(value),
          (error: unknown) => () => reject(error),
        );
        if (this.random.next() < toldAtOnce) tell();
        else this.later(() => `${what()}: told`, process, tell);
      });
    });
  }

  kill(process: Process): void {
    process.isAlive = false;
    this.#steps = this.#steps.filter((step) => step.process !== process);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.process !== process);
  }

  /** The time of one process, by a clock that may be wrong by `offset()`; naps don't follow that clock. */
  timing(process: Process, offset: () => number): Timing {
    return {
      now: () => this.now + offset(),
      random: () => this.random.next(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const sleeper: Sleeper = { at: this.now + ms, process, wake: resolve };
          const wake = () => {
            this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
            resolve();
          };
          if (!process.isAlive) return;
          if (signal.aborted) return resolve();
          this.#sleepers.push(sleeper);
          signal.addEventListener('abort', wake, { once: true });
        }),
    };
  }

  get isIdle(): boolean {
    return this.#steps.length === 0;
  }

  /** One step of those that may come next. */
  async step(): Promise<void> {
    const index = Math.floor(this.random.next() * this.#steps.length);
    const [step] = this.#steps.splice(index, 1);
    if (!step) return;
    if (this.isTold) {
      this.note(step.process ? `${step.process.name} ${step.what()}` : step.what());
    }
    await step.run();
    await settled();
  }

  /** When the next sleeper wakes; undefined if nobody sleeps. */
  nextWaking(): Instant | undefined {
    const times = this.#sleepers.map(({ at }) => at);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Time passes: everybody due by then wakes. */
  async passTo(instant: Instant): Promise<void> {
    this.now = Math.max(this.now, instant);
    const due = this.#sleepers.filter(({ at }) => at <= this.now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.now);
    for (const sleeper of due) sleeper.wake();
    await settled();
  }

  note(line: string): void {
    if (this.isTold) this.trace.push(`${new Date(this.now).toISOString()} ${line}`);
  }
}

/** Every program has run until its next wait. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
