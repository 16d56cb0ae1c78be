import { describe, expect, it } from 'vitest';
import { makeRescueFile } from '$lib/app/make-rescue-file';
import { day, minute } from '$lib/domain/time/day';
import { aCard, aVisit, aVoid, cardNumber, ulidOf } from '../../../tests/builders';
import {
  aDevice,
  aWorkingDesk,
  load,
  ordinaryCatalogue,
  sundayMorning,
} from '../../../tests/paired-database';
import { makeOfficeKey } from '../../server/keys/office-key';
import { openRescueFile, rescueKeyDocumentOf } from '../../server/keys/rescue-key';
import { checkVisit } from './check-visit';
import { readDevice, saveDevice } from './device';
import { revokeDevice } from './revoke-device';
import { createLocalStore } from './local-store';
import { logVisit } from './log-visit';
import { listRefused, oldestWaiting, tryAgain, waitingCount } from './outbox';
import { prune } from './prune';
import { collectRescue } from './rescue';
import { readSetting, writeSetting } from './settings';
import { visitsOfDay } from './visits';

const visits = 'tiski-visits-liikunta';
const zone = 'Europe/Helsinki';
const today = '2026-11-22';

async function aDeskWithVisit() {
  const db = await aWorkingDesk([aCard(cardNumber(1))]);
  const check = await checkVisit(db, { text: cardNumber(1), service: 'swim' }, sundayMorning);
  const logged = await logVisit(db, check, { deviceNow: sundayMorning, randomId: () => ulidOf(1) });
  if (logged.kind !== 'logged') throw new Error(logged.kind);
  return { db, visit: logged.document };
}

describe('the day’s list', () => {
  it('has this venue’s and this desk’s visits, the newest first, with their state', async () => {
    const { db, visit } = await aDeskWithVisit();
    const at = (time: string) => `${today}T${time}.000Z`;
    const undone = aVisit('desk-2', 2, { at: at('09:00:00') });
    await load(db, visits, [
      undone,
      aVoid(undone),
      aVisit('desk-2', 3, { at: at('07:00:00'), venue: 'kuntosali' }),
      aVisit('desk-2', 4, { at: '2026-11-21T21:59:59.999Z' }),
      aVisit('desk-2', 5, { at: '2026-11-21T22:00:00.000Z', service: 'gym' }),
    ]);
    const list = await visitsOfDay(db, today, zone);
    expect(list.map(({ id }) => id)).toEqual([undone._id, visit._id, aVisit('desk-2', 5)._id]);
    expect(list[0]).toMatchObject({ isVoided: true, isOwn: false, isSent: true });
    expect(list[1]).toMatchObject({ isVoided: false, isOwn: true, isSent: false, isRefused: false });
  });

  it('S4 shows what the server refused', async () => {
    const { db, visit } = await aDeskWithVisit();
    await createLocalStore(db, () => 0).refuse([{ id: visit._id, status: 403, reason: 'no' }]);
    expect(await visitsOfDay(db, today, zone)).toMatchObject([{ isSent: false, isRefused: true }]);
  });
});

async function aRescueKey(madeAt: string) {
  const pair = await makeOfficeKey(new Date(madeAt));
  return { pair, key: rescueKeyDocumentOf(pair) };
}

describe('the outbox', () => {
  it('S4 S16 a refused document waits again, once; the rescue file has what waits and what was refused', async () => {
    const { db, visit } = await aDeskWithVisit();
    expect(await waitingCount(db)).toBe(1);
    expect(await oldestWaiting(db)).toBe(sundayMorning);
    expect(await collectRescue(db, sundayMorning)).toEqual({ kind: 'no-key' });
    const { key, pair } = await aRescueKey('2026-11-20T08:00:00Z');
    const older = await aRescueKey('2026-01-01T08:00:00Z');
    await load(db, 'tiski-catalogue', [key, older.key, ...ordinaryCatalogue()]);

    const store = createLocalStore(db, () => sundayMorning);
    await store.refuse([{ id: visit._id, status: 403, reason: 'no' }]);
    expect(await oldestWaiting(db)).toBeUndefined();
    await revokeDevice(db);
    const file = await makeRescueFile(db, sundayMorning + minute);
    expect(file).toMatchObject({ kind: 'made', name: 'tiski-desk-1-2026-11-22-0801.jwe', count: 1 });
    const opened = await openRescueFile(file.kind === 'made' ? file.text : '', [older.pair, pair]);
    const entry = { database: visits, state: 'refused', document: visit };
    const refusal = { status: 403, reason: 'no', at: '2026-11-22T08:00:00.000Z' };
    expect(opened).toEqual({
      kind: 'opened',
      content: {
        type: 'tiski-rescue',
        v: 1,
        desk: 'desk-1',
        exportedAt: '2026-11-22T08:01:00.000Z',
        count: 1,
        entries: [{ ...entry, refusal }],
      },
    });

    await tryAgain(db, visit._id);
    expect(await listRefused(db)).toEqual([]);
    expect(await collectRescue(db, sundayMorning)).toMatchObject({
      content: { entries: [{ ...entry, state: 'waiting' }] },
    });
    const epoch = (await store.cursor(visits))?.epoch;
    await store.acknowledge(visits, [visit._id], epoch);
    await tryAgain(db, visit._id);
    expect(await collectRescue(db, sundayMorning)).toEqual({ kind: 'nothing' });
  });
});

describe('pruning', () => {
  it('S9 keeps 30 days, what waits, and what a limit counts; once a day', async () => {
    const { db, visit } = await aDeskWithVisit();
    const old = (index: number, at: string) => aVisit('desk-2', index, { at });
    await load(db, visits, [old(1, '2026-11-20T08:00:00.000Z'), old(2, '2026-10-25T08:00:00.000Z')]);
    expect(await db.visits.count()).toBe(3);
    await prune(db, sundayMorning + 10 * day);
    expect((await db.visits.toCollection().primaryKeys()).sort()).toEqual([visit._id, old(1, '')._id]);
    await prune(db, sundayMorning + 60 * day);
    expect(await db.visits.toCollection().primaryKeys()).toEqual([visit._id]);
    await db.outbox.clear();
    await prune(db, sundayMorning + 60 * day + minute);
    expect(await db.visits.count()).toBe(1);
    await prune(db, sundayMorning + 62 * day);
    expect(await db.visits.count()).toBe(0);
  });

  it('S9 R7 keeps what a card’s own rule can count, even if the catalogue’s can’t', async () => {
    const own = { service: 'swim', isGiven: true, rule: { kind: 'limit', n: 10, per: 'validity' } } as const;
    const db = await aWorkingDesk([aCard(cardNumber(1), { rights: [own] }), aCard(cardNumber(2))]);
    const old = { at: '2026-10-01T08:00:00.000Z' };
    const [counted, other] = [aVisit('desk-2', 1, old), aVisit('desk-2', 2, { ...old, card: cardNumber(2) })];
    await load(db, visits, [counted, other]);
    expect(await db.visits.toCollection().primaryKeys(), 'pulled').toEqual([counted._id]);
    await prune(db, sundayMorning + 300 * day);
    expect(await db.visits.toCollection().primaryKeys(), 'pruned').toEqual([counted._id]);
  });

  it('R13 goes by the corrected clock: a device 400 days ahead forgets nothing because of it', async () => {
    const { db } = await aDeskWithVisit();
    await db.outbox.clear();
    const clock = { skewMs: -400 * day, lastContact: sundayMorning + day };
    await writeSetting(db, 'clock', clock);
    await prune(db, sundayMorning + 401 * day);
    expect(await db.visits.count()).toBe(1);
    await prune(db, sundayMorning + 462 * day);
    expect(await db.visits.count()).toBe(0);
  });

  it('R13 waits for a clock that can be right', async () => {
    const { db } = await aDeskWithVisit();
    await db.outbox.clear();
    await writeSetting(db, 'clock', { skewMs: 0, lastContact: sundayMorning + 90 * day });
    await prune(db, sundayMorning + 60 * day);
    expect(await db.visits.count()).toBe(1);
    expect(await readSetting(db, 'pruned-at')).toBeUndefined();
  });

  it('R13 a quarantined visit that can now be read is also kept by the corrected clock', async () => {
    const { db, visit } = await aDeskWithVisit();
    const document = aVisit('desk-2', 9, { at: visit.at });
    const unreadable = { reason: 'newer-version' as const, v: 2 };
    await db.quarantine.put({ database: visits, id: document._id, unreadable, document, at: 0 });
    await writeSetting(db, 'clock', { skewMs: -400 * day, lastContact: sundayMorning });
    await load(db, visits, []);
    await createLocalStore(db, () => sundayMorning + 400 * day).reviewQuarantine();
    expect(await db.visits.get(document._id)).toBeDefined();
  });
});

describe('the device', () => {
  it('S11 another desk on this browser does not take over what the first had chosen', async () => {
    const { db } = await aDeskWithVisit();
    await writeSetting(db, 'chosen-service', 'swim');
    await writeSetting(db, 'sound-on', false);
    await saveDevice(db, { ...aDevice(), name: 'Renamed' });
    expect(await readSetting(db, 'chosen-service')).toBe('swim');
    await saveDevice(db, aDevice({ deskId: 'd2', account: { name: 'desk-2', password: '' } }));
    expect((await readDevice(db))?.deskId).toBe('d2');
    expect(await readSetting(db, 'chosen-service')).toBeUndefined();
    expect(await readSetting(db, 'sound-on')).toBe(false);
    expect(await listRefused(db)).toEqual([]);
    expect(await waitingCount(db)).toBe(1);
  });

  it('S15 a desk whose account moved to a new device continues its numbers', async () => {
    const db = await aWorkingDesk([aCard(cardNumber(1))]);
    await load(db, visits, [aVisit('desk-1', 41, { card: cardNumber(7) }), aVisit('desk-2', 99)]);
    const check = await checkVisit(db, { text: cardNumber(1), service: 'gym' }, sundayMorning);
    const logged = await logVisit(db, check, { deviceNow: sundayMorning, randomId: () => ulidOf(500) });
    expect(logged).toMatchObject({ kind: 'logged', document: { number: 42 } });
  });
});
