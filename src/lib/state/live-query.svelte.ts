import { createSubscriber } from 'svelte/reactivity';
import { liveQuery as dexieLiveQuery } from '$lib/store/database';

/** The query's current result: reading it in a template or an effect keeps it up to date. */
export interface LiveQuery<T> {
  /** Undefined until the first answer. */
  readonly current: T | undefined;
  /** What the last run of the query threw, if it did; `current` keeps the last answer. */
  readonly error?: unknown;
}

/**
 * The one bridge from the device's database to runes. The query runs again whenever rows that it reads
 * change, in any tab, for as long as something reads it. It must not read `$state` itself: derive it, `const
 * day = $derived(liveQuery(() => visitsOfDay(db, today, zone)))`, with `today` read before: `$derived.by(()
 * => { const date = today; return liveQuery(() => visitsOfDay(db, date, zone)); })`.
 */
export function liveQuery<T>(query: () => Promise<T>): LiveQuery<T> {
  let current: T | undefined;
  let error: unknown;
  const subscribe = createSubscriber((update) => {
    const subscription = dexieLiveQuery(query).subscribe({
      next(value) {
        current = value;
        error = undefined;
        update();
      },
      error(thrown) {
        error = thrown;
        update();
      },
    });
    return () => subscription.unsubscribe();
  });
  return {
    get current() {
      subscribe();
      return current;
    },
    get error() {
      subscribe();
      return error;
    },
  };
}
