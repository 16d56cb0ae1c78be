import { createSubscriber } from 'svelte/reactivity';

/**
 * The time for texts such as "today at 10:42" and for the day's list: read in a template or an effect, it
 * moves on every half minute, past midnight too. Never used to decide a visit.
 */
export function minuteClock(now: () => number): { readonly current: number } {
  const subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 30_000);
    return () => clearInterval(timer);
  });
  return {
    get current() {
      subscribe();
      return now();
    },
  };
}
