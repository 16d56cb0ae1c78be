import type { Timing } from '$lib/sync/ports';

/** The browser's time and randomness. */
export function browserTiming(now: () => number): Timing {
  return {
    now,
    random: Math.random,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        if (signal.aborted) done();
      }),
  };
}
