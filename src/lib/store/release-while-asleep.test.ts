import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { anUnpairedDatabase } from '../../../tests/paired-database';
import { liveQuery, openDatabase, type TiskiDatabase } from './database';
import { releaseWhileAsleep } from './release-while-asleep';

const pageEvent = (type: 'pagehide' | 'pageshow', persisted: boolean) =>
  Object.assign(new Event(type), { persisted });

/** A database whose page can be put to sleep, and a page that opens after it. */
function aPageToSleep() {
  const page = new EventTarget();
  const db = anUnpairedDatabase();
  releaseWhileAsleep(db, page);
  const sleep = (persisted = true) => page.dispatchEvent(pageEvent('pagehide', persisted));
  return { db, sleep };
}

/**
 * A transaction that has written and keeps reading until it is told to end: the state of a page when it is
 * left.
 */
function writeWithoutEnd(db: TiskiDatabase) {
  let isEnding = false;
  let hasWritten: () => void = () => undefined;
  const written = new Promise<void>((resolve) => (hasWritten = resolve));
  const done = db.transaction('rw', db.settings, async () => {
    await db.settings.put({ key: 'half', value: 1 });
    hasWritten();
    while (!isEnding) await db.settings.get('half');
  });
  const outcome = done.then(
    () => 'stored',
    () => 'not stored',
  );
  return { written, outcome, end: () => (isEnding = true) };
}

describe('releaseWhileAsleep', () => {
  it('S1 a transaction interrupted by sleep is not stored, nobody is told that it was, and the next page is not held up', async () => {
    const { db, sleep } = aPageToSleep();
    const { written, outcome } = writeWithoutEnd(db);
    await written;
    sleep();
    const next = openDatabase(db.name, 0);
    expect(await next.settings.toArray()).toEqual([]);
    await next.settings.put({ key: 'next', value: 2 });
    expect(await outcome).toBe('not stored');
  });

  it('what was stored before stays, and the page continues when it wakes', async () => {
    const { db, sleep } = aPageToSleep();
    await db.settings.put({ key: 'before', value: 1 });
    sleep();
    expect(db.isOpen()).toBe(false);
    await db.settings.put({ key: 'after', value: 2 });
    expect(await db.settings.count()).toBe(2);
  });

  it('a live query that was cut off reports nothing', async () => {
    const { db, sleep } = aPageToSleep();
    const errors: unknown[] = [];
    await db.settings.count();
    const subscription = liveQuery(() => db.settings.toArray()).subscribe({
      next: () => undefined,
      error: (error) => errors.push(error),
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    sleep();
    await db.settings.count();
    subscription.unsubscribe();
    expect(errors).toEqual([]);
  });

  it('S1 a page that is left for good is not cut off: what it was storing is stored', async () => {
    const { db, sleep } = aPageToSleep();
    const { written, outcome, end } = writeWithoutEnd(db);
    await written;
    sleep(false);
    end();
    expect(await outcome).toBe('stored');
  });
});
