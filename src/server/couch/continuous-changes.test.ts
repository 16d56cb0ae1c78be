import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ChangesQuery } from './changes-query';
import { continuousChanges } from './continuous-changes';
import type { Database } from './database';
import { DatabaseStore } from './database-store';
import { serverAdministrator } from './exchange';

const minute = 60_000;
const wanted: ChangesQuery = {
  since: 0,
  limit: Number.MAX_SAFE_INTEGER,
  feed: 'continuous',
  timeoutMs: minute,
  heartbeatMs: minute,
  descending: false,
  read: { style: 'main_only', include_docs: false, conflicts: false },
};
const asker = { user: () => Promise.resolve(serverAdministrator), onChange: () => () => undefined };

let folder: string;
let store: DatabaseStore;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-feed-'));
  store = await DatabaseStore.open(folder, {});
  await store.create('feed');
  database = await store.get('feed');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.close();
  await rm(folder, { recursive: true });
});

/** What a feed has sent, and whether it has ended. */
function follow(left: AbortSignal) {
  const heard = { lines: [] as string[], isOver: false };
  void (async () => {
    for await (const line of continuousChanges(database, wanted, asker, left)) heard.lines.push(line);
    heard.isOver = true;
  })();
  return heard;
}

it('a feed with a heartbeat ends after ten minutes, and says where', async () => {
  const heard = follow(new AbortController().signal);
  await vi.advanceTimersByTimeAsync(9.9 * minute);
  expect(heard).toEqual({ lines: Array.from({ length: 10 }, () => '\n'), isOver: false });
  await vi.advanceTimersByTimeAsync(0.2 * minute);
  expect(heard.isOver).toBe(true);
  expect(JSON.parse(heard.lines.at(-1) ?? '')).toEqual({ last_seq: `0-${database.uuid}`, pending: 0 });
  expect(database.wakeUps.size).toBe(0);
});

it('a feed whose reader has left keeps nothing waiting', async () => {
  const leaving = new AbortController();
  const heard = follow(leaving.signal);
  await vi.advanceTimersByTimeAsync(minute / 2);
  expect(database.wakeUps.size).toBe(1);
  leaving.abort();
  await vi.advanceTimersByTimeAsync(1);
  expect([heard.isOver, database.wakeUps.size]).toEqual([true, 0]);
});
