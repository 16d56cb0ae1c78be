import type Dexie from 'dexie';
import type { DBCore } from 'dexie';

/**
 * Closes a database while its page sleeps in the browser's back-forward cache. WebKit puts a page to sleep
 * with its transactions open, and the next page would wait for them forever. Work in progress is aborted, so
 * that none of it is stored and nobody is told that it was; what the browser is already committing is stored.
 * Dexie reopens the database at the next query, and reruns live queries when the page wakes. Call this before
 * the database is first used.
 * @returns a function that stops it
 */
export function releaseWhileAsleep(db: Dexie, page: EventTarget = window): () => void {
  const underWay = new Set<IDBTransaction>();

  function follow(transaction: IDBTransaction): void {
    underWay.add(transaction);
    const forget = () => underWay.delete(transaction);
    transaction.addEventListener('complete', forget);
    transaction.addEventListener('abort', forget);
  }

  db.use({
    stack: 'dbcore',
    name: 'release-while-asleep',
    create: (core): DBCore => ({
      ...core,
      transaction(stores, mode, options) {
        const transaction = core.transaction(stores, mode, options);
        follow(transaction as IDBTransaction);
        return transaction;
      },
    }),
  });

  function release(event: Event): void {
    if (!isPutToSleep(event)) return;
    for (const transaction of underWay) abort(transaction);
    db.close({ disableAutoOpen: false });
  }
  page.addEventListener('pagehide', release);
  return () => page.removeEventListener('pagehide', release);
}

/** A page that is left for good takes its transactions with it: those that can still be committed are. */
const isPutToSleep = (event: Event): boolean => 'persisted' in event && event.persisted === true;

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // InvalidStateError: the browser is already committing it.
  }
}
