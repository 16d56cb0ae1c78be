import { describe, expect, it, vi } from 'vitest';
import { minute } from '$lib/domain/time/day';
import type { OverrideReason } from '$lib/domain/visit/verdict';
import { aCard, aService, cardNumber, ulidOf } from '../../../tests/builders';
import { aWorkingDesk, ordinaryCatalogue, sundayMorning } from '../../../tests/paired-database';
import { checkVisit } from './check-visit';
import type { TiskiDatabase } from './database';
import { logVisit } from './log-visit';
import { voidVisit } from './void-visit';

const number = cardNumber(1);
let ids = 0;
const randomId = () => ulidOf(++ids);

async function checkAndLog(
  db: TiskiDatabase,
  { service = 'swim', at = sundayMorning, override }: LogCase = {},
) {
  const check = await checkVisit(db, { text: number, service }, at);
  return logVisit(db, check, { deviceNow: at, randomId, ...(override && { override }) });
}
interface LogCase {
  service?: string;
  at?: number;
  override?: OverrideReason;
}

async function logged(db: TiskiDatabase, options: LogCase = {}) {
  const result = await checkAndLog(db, options);
  if (result.kind !== 'logged') throw new Error(result.kind);
  return result;
}

describe('logVisit', () => {
  it('S1 a logged visit is on the disk with its outbox row and the desk counter', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const { visitId, document } = await logged(db);
    const name = db.name;
    db.close();

    const { openDatabase } = await import('./database');
    const reopened = openDatabase(name, 0);
    expect((await reopened.visits.get(visitId))?.document).toEqual(document);
    expect(await reopened.outbox.get(visitId)).toMatchObject({ state: 'waiting', document });
    expect((await reopened.settings.get('chain'))?.value).toMatchObject({ number: 1 });
  });

  it('S1 asks Chromium for transactions that have reached the disk', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const db = await aWorkingDesk([aCard(number)]);
    transaction.mockClear();
    await logged(db);
    const durabilities = transaction.mock.calls
      .filter(([, mode]) => mode === 'readwrite')
      .map(([, , options]) => options?.durability);
    transaction.mockRestore();
    expect(durabilities).toEqual(['strict']);
  });

  it('S1 a full disk leaves neither visit nor outbox row nor number, and says so', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    db.outbox.hook('creating', () => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    });
    expect(await checkAndLog(db)).toEqual({ kind: 'storage-full' });
    expect(await db.visits.count()).toBe(0);
    expect(await db.settings.get('chain')).toBeUndefined();
  });

  it('S1 any other failure of the transaction is thrown, with nothing written', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    db.outbox.hook('creating', () => {
      throw new Error('a bug');
    });
    await expect(checkAndLog(db)).rejects.toThrow('a bug');
    expect(await db.visits.count()).toBe(0);
  });

  it('S1 visits are numbered 1, 2, 3 and each carries the hash of the one before', async () => {
    const db = await aWorkingDesk([aCard(number)], {
      catalogue: [...ordinaryCatalogue(), aService('hourly', { repeatMinutes: 1 })].map((document) =>
        document._id === 'scheme:warkaus' ? { ...document, services: ['hourly'] } : document,
      ),
    });
    const visits = [];
    for (const step of [0, 5, 10]) {
      visits.push(await logged(db, { service: 'hourly', at: sundayMorning + step * minute }));
    }
    expect(visits.map(({ document }) => document.number)).toEqual([1, 2, 3]);
    expect(visits[0]?.document.previous).toBe('');
    const hashes = visits.slice(1).map(({ document }) => document.previous);
    expect(new Set(hashes).size).toBe(2);
    expect(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });

  it('S2 the id names the desk and is the same in the visit and in the outbox', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const { visitId } = await logged(db);
    expect(visitId).toMatch(/^visit:desk-1:01\d{24}$/);
    expect(await db.outbox.toCollection().primaryKeys()).toEqual([visitId]);
  });

  it('R8 a double tap logs one visit', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const check = await checkVisit(db, { text: number, service: 'swim' }, sundayMorning);
    const tap = () => logVisit(db, check, { deviceNow: sundayMorning, randomId });
    const results = await Promise.all([tap(), tap(), tap()]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['already-logged', 'already-logged', 'logged']);
    expect(await db.visits.count()).toBe(1);
  });

  it('R7 a double tap on a service without a repeat span does not go over its limit', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const check = await checkVisit(db, { text: number, service: 'gym' }, sundayMorning);
    const tap = () => logVisit(db, check, { deviceNow: sundayMorning, randomId });
    const results = await Promise.all([tap(), tap()]);
    expect(results.map(({ kind }) => kind)).toEqual(['logged', 'already-logged']);
  });

  it('R8 the second scan learns when the first was logged', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    await logged(db);
    const check = await checkVisit(db, { text: number, service: 'swim' }, sundayMorning + 5 * minute);
    expect(check.verdict).toEqual({
      outcome: 'already-logged',
      reason: 'already-logged',
      at: sundayMorning,
    });
  });

  it('R15 a refusal is logged only with a reason, and the reason is in the visit', async () => {
    const db = await aWorkingDesk([aCard(number, { status: 'lost' })]);
    await expect(checkAndLog(db)).rejects.toThrow();
    const { document } = await logged(db, { override: 'office-confirmed' });
    expect(document.verdict).toEqual({ outcome: 'refuse', reason: 'lost', marks: [] });
    expect(document.override).toEqual({ reason: 'office-confirmed' });
    expect((await checkAndLog(db, { override: 'office-confirmed' })).kind).toBe('already-logged');
  });

  it('R15 a card that is not in the register is logged without a scheme', async () => {
    const db = await aWorkingDesk([]);
    const { document } = await logged(db, { override: 'register-out-of-date' });
    expect(document).toMatchObject({ card: number, verdict: { reason: 'unknown-card' } });
    expect('scheme' in document).toBe(false);
  });

  it('R13 a clock that is a day behind is corrected in the visit', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const skewMs = 24 * 60 * minute;
    await db.settings.put({ key: 'clock', value: { skewMs, lastContact: sundayMorning } });
    const { document } = await logged(db, { at: sundayMorning - skewMs });
    expect(document).toMatchObject({ at: '2026-11-22T08:00:00.000Z', clockSkewMs: skewMs });
  });
});

describe('voidVisit', () => {
  it('S1 undoing is durable, goes to the outbox, and frees the visit', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const { visitId } = await logged(db);
    expect(await voidVisit(db, visitId, { deviceNow: sundayMorning + minute })).toEqual({ kind: 'voided' });
    expect(await db.outbox.get(`void:${visitId}`)).toMatchObject({ state: 'waiting' });
    expect((await checkAndLog(db, { at: sundayMorning + 2 * minute })).kind).toBe('logged');
  });

  it('R8 undoing twice writes once', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const { visitId } = await logged(db);
    const undo = () => voidVisit(db, visitId, { deviceNow: sundayMorning });
    const kinds = (await Promise.all([undo(), undo()])).map(({ kind }) => kind);
    expect(kinds).toEqual(['voided', 'already-voided']);
  });

  it('R16 only by this desk, and only on the same day', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const { visitId } = await logged(db);
    const tomorrow = sundayMorning + 24 * 60 * minute;
    expect(await voidVisit(db, visitId, { deviceNow: tomorrow })).toEqual({
      kind: 'not-allowed',
      reason: 'another-day',
    });
    await db.visits.update(visitId, { desk: 'desk-2' });
    expect(await voidVisit(db, visitId, { deviceNow: sundayMorning })).toEqual({
      kind: 'not-allowed',
      reason: 'other-desk',
    });
    expect(await voidVisit(db, 'visit:desk-9:x', { deviceNow: sundayMorning })).toEqual({
      kind: 'not-allowed',
      reason: 'unknown',
    });
  });
});
