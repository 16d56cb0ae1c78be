import { describe, expect, it } from 'vitest';
import { day } from '$lib/domain/time/day';
import { aCard, aChoice, aRelease, aVisit, aVoid, cardNumber } from '../../../tests/builders';
import { aDevice, aWorkingDesk, load, sundayMorning } from '../../../tests/paired-database';
import { readAcknowledgedChecks } from './acknowledged-log';
import type { TiskiDatabase } from './database';
import { saveDevice } from './device';
import { createLocalStore } from './local-store';
import { waitingCount } from './outbox';
import { writeSetting } from './settings';

const visits = 'tiski-visits-liikunta';
const own = [1, 2, 3].map((index) => aVisit('desk-1', index));
const [first, second, third] = own as [(typeof own)[0], (typeof own)[0], (typeof own)[0]];
const choice = aChoice('desk-1', 4);

/** A desk whose log the server has, and a store whose clock the test controls. */
async function aDeskWithLog() {
  const db = await aWorkingDesk([aCard(cardNumber(1))]);
  const log = [...own, aVoid(second), choice, aRelease(choice)];
  await load(db, visits, [...log, aVisit('desk-2', 9)]);
  await db.cursors.update(visits, { checked: { at: sundayMorning, asked: 0, putBack: 0 } });
  let now = sundayMorning;
  return { db, log, store: createLocalStore(db, () => now), later: (ms: number) => (now += ms) };
}

const cursorsOf = async (db: TiskiDatabase) =>
  Object.fromEntries((await db.cursors.toArray()).map(({ database, seq }) => [database, seq]));

describe('what the desk holds for the server', () => {
  it('S9 is all of its own log that the server acknowledged, the newest first', async () => {
    const { db, store } = await aDeskWithLog();
    await db.outbox.add({ id: first._id, database: visits, state: 'waiting', at: 0, document: first });
    await db.outbox.add({ id: third._id, database: visits, state: 'refused', at: 0, document: third });
    const held = await store.acknowledged(visits);
    expect(held.slice(0, 2).sort()).toEqual([choice._id, `release:${choice._id}`]);
    expect(held.slice(2).sort()).toEqual([second._id, `void:${second._id}`]);
  });

  it('S9 is checked once a day, by a clock that can be right', async () => {
    const { db, store, later } = await aDeskWithLog();
    expect(await store.isCheckDue('tiski-register')).toBe(false);
    expect(await store.isCheckDue(visits)).toBe(false);
    later(day);
    expect(await store.isCheckDue(visits)).toBe(true);
    await store.endCheck(visits, { asked: 6, missing: [] });
    expect(await store.isCheckDue(visits)).toBe(false);
    expect(await readAcknowledgedChecks(db)).toEqual([
      { database: visits, at: sundayMorning + day, asked: 6, putBack: 0 },
    ]);
    later(day);
    await writeSetting(db, 'clock', { skewMs: 0, lastContact: sundayMorning + 90 * day });
    expect(await store.isCheckDue(visits)).toBe(false);
  });

  it('S9 nothing missing changes nothing', async () => {
    const { db, store } = await aDeskWithLog();
    const before = await cursorsOf(db);
    expect(await store.endCheck(visits, { asked: 6, missing: [] })).toBe(0);
    expect(await waitingCount(db)).toBe(0);
    expect(await cursorsOf(db)).toEqual(before);
  });

  it('S9 what is missing waits again, as it was, and every database is pulled from zero', async () => {
    const { db, store, log } = await aDeskWithLog();
    const gone = aVisit('desk-1', 77)._id;
    const missing = [...log.map(({ _id }) => _id), gone];
    expect(await store.endCheck(visits, { asked: 7, missing })).toBe(log.length);
    const waiting = await store.waiting(visits, 100);
    const byId = (a: { _id: string }, b: { _id: string }) => (a._id < b._id ? -1 : 1);
    expect(waiting.sort(byId)).toEqual([...log].sort(byId));
    expect(await cursorsOf(db)).toEqual({ 'tiski-catalogue': '0', 'tiski-register': '0', [visits]: '0' });
    expect(await readAcknowledgedChecks(db)).toMatchObject([{ asked: 7, putBack: log.length }]);
    // A second check finds them waiting.
    expect(await store.acknowledged(visits)).toEqual([]);
    expect(await store.endCheck(visits, { asked: 7, missing })).toBe(0);
  });

  it('S8, S9 what it logged under a former account counts as its own', async () => {
    const { db, store, log } = await aDeskWithLog();
    await saveDevice(db, aDevice({ account: { name: 'desk-1b', password: '' } }));
    expect(await store.acknowledged(visits)).toHaveLength(log.length);
    await store.setAccountState('revoked');
    expect(await db.visits.count()).toBe(own.length);
    await saveDevice(db, aDevice({ deskId: 'd2', account: { name: 'desk-2', password: '' } }));
    expect(await store.acknowledged(visits)).toEqual([]);
  });
});
