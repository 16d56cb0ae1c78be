import type { Timing } from '../src/lib/sync/ports';

/** Time that passes by hand, and a random number that is always a half. */
export class FakeTime implements Timing {
  #now = 0;
  #sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(start = 0) {
    this.#now = start;
  }

  readonly now = () => this.#now;
  readonly random = () => 0.5;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });

  /** Lets `ms` pass; everything that falls due runs at its time, one after the other. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#now = next.at;
      next.wake();
    }
    this.#now = end;
  }
}

/** Lets everything run that needs no time: promises, and the turns of a database in memory. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve));
}
