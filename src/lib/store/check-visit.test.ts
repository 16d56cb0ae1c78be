import { describe, expect, it } from 'vitest';
import { day, minute } from '$lib/domain/time/day';
import { aCard, aScheme, aService, aVenue, aVisit, aVoid, cardNumber } from '../../../tests/builders';
import {
  aDevice,
  aPairedDatabase,
  aWorkingDesk,
  anUnpairedDatabase,
  load,
  ordinaryCatalogue,
  sundayMorning,
} from '../../../tests/paired-database';
import { readCatalogue } from './catalogue';
import { checkVisit } from './check-visit';
import { findCard } from './register';

const number = cardNumber(1);
const visits = 'tiski-visits-liikunta';
const swim = (text: string) => ({ text, service: 'swim' });

describe('checkVisit', () => {
  it('R1 decides what is not a card without looking for one', async () => {
    const db = await aWorkingDesk([]);
    const check = await checkVisit(db, swim('😀'), sundayMorning);
    expect(check.verdict).toEqual({ outcome: 'refuse', reason: 'not-a-card' });
    expect('card' in check).toBe(false);
  });

  it('R2 finds a card by its number, however it is spaced, and by the code of an imported stock', async () => {
    const db = await aWorkingDesk([aCard(number, { codes: [{ kind: 'rfid', value: '04:A2:19' }] })]);
    for (const text of [number, `${number.slice(0, 4)} ${number.slice(4)}`, ' 04:A2:19 ']) {
      const check = await checkVisit(db, swim(text), sundayMorning);
      expect(check).toMatchObject({ card: { number }, verdict: { outcome: 'admit', marks: [] } });
    }
  });

  it.each([
    ['04:A2:90:00:03:B8:90', '04A2900003B890', '04a2900003b890', '04-a2-90-00-03-b8-90'],
    ['04a2900003b890', '04:A2:90:00:03:B8:90', '04 a2 90 00 03 b8 90'],
    ['036000291452', '0036000291452'],
    ['0036000291452', '036000291452'],
  ])('R1 a card whose stock code is stored as %s is found however it is read', async (value, ...scans) => {
    const db = await aWorkingDesk([aCard(number, { codes: [{ kind: 'rfid', value }] })]);
    for (const text of [value, ...scans]) {
      expect((await checkVisit(db, swim(text), sundayMorning)).card).toMatchObject({ number });
    }
  });

  it('R2 a stock code that could be a card number is found among the codes', async () => {
    const other = cardNumber(9);
    const db = await aWorkingDesk([aCard(number, { codes: [{ kind: 'barcode', value: other }] })]);
    expect(await findCard(db, { kind: 'number', number: other })).toMatchObject({ number });
  });

  it('R3 of two cards with one code the active one counts', async () => {
    const codes = [{ kind: 'qr' as const, value: 'A-17' }];
    const db = await aWorkingDesk([
      aCard(cardNumber(1), { codes, status: 'replaced' }),
      aCard(cardNumber(2), { codes }),
    ]);
    expect(await findCard(db, { kind: 'other', value: 'A-17' })).toMatchObject({ number: cardNumber(2) });
  });

  it('R7 counts the visits of the whole sector, except undone ones', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const at = '2026-11-22T07:00:00.000Z';
    const elsewhere = aVisit('desk-2', 1, { card: number, service: 'gym', at });
    await load(db, visits, [elsewhere]);
    const gym = () => checkVisit(db, { text: number, service: 'gym' }, sundayMorning);
    expect((await gym()).verdict).toMatchObject({ reason: 'limit-reached', frees: '2026-11-23' });
    await load(db, visits, [elsewhere, aVoid(elsewhere)], { epoch: 'epoch-2' });
    expect((await gym()).verdict).toMatchObject({ outcome: 'admit' });
  });

  it('R7 a void that arrives before its visit undoes it all the same', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    const visit = aVisit('desk-2', 1, { card: number, service: 'gym', at: '2026-11-22T07:00:00.000Z' });
    await load(db, visits, [aVoid(visit), visit]);
    const check = await checkVisit(db, { text: number, service: 'gym' }, sundayMorning);
    expect(check.verdict).toMatchObject({ outcome: 'admit' });
  });

  it('R12 gives the age of the register, and asks when it is old', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    expect(await checkVisit(db, swim(number), sundayMorning)).toMatchObject({ registerAsOf: sundayMorning });
    const check = await checkVisit(db, swim(number), sundayMorning + 8 * day);
    expect(check.verdict).toMatchObject({ outcome: 'ask', reason: 'stale-register' });
  });

  it('R2 before the first load no card is known, and the register has no age', async () => {
    const db = await aPairedDatabase();
    await load(db, 'tiski-catalogue', ordinaryCatalogue());
    const check = await checkVisit(db, swim(number), sundayMorning);
    expect(check.verdict).toEqual({ outcome: 'refuse', reason: 'unknown-card' });
    expect('registerAsOf' in check).toBe(false);
  });

  it('R13 a clock before the last contact is not trusted', async () => {
    const db = await aWorkingDesk([aCard(number)]);
    await db.settings.put({ key: 'clock', value: { skewMs: 0, lastContact: sundayMorning } });
    const check = await checkVisit(db, swim(number), sundayMorning - 60 * minute);
    expect(check.verdict).toEqual({ outcome: 'ask', reason: 'clock-wrong' });
  });

  it('R16 gives the hint only when the scheme says that it is shown', async () => {
    const card = aCard(number, { hint: 'A.K. 1951' });
    const hintOf = async (hintShown: boolean) => {
      const catalogue = [aScheme('warkaus', { hintShown }), aService('swim'), aVenue('uimahalli')];
      const db = await aWorkingDesk([card], { catalogue });
      return (await checkVisit(db, swim(number), sundayMorning)).hint;
    };
    expect(await hintOf(true)).toBe('A.K. 1951');
    expect(await hintOf(false)).toBeUndefined();
  });

  it('S7 a venue whose document can not be read does not close the desk', async () => {
    const device = aDevice({ venue: 'unheard-of' });
    const db = await aWorkingDesk([aCard(number)], { device });
    const check = await checkVisit(db, swim(number), sundayMorning);
    expect(check.venue).toMatchObject({ id: 'unheard-of', zone: 'Europe/Helsinki' });
    expect(check.verdict.outcome).toBe('admit');
  });

  it('S14 the catalogue is read once, and again when it has changed', async () => {
    const db = await aWorkingDesk([]);
    const first = await readCatalogue(db);
    expect(await readCatalogue(db)).toBe(first);
    const catalogue = [...ordinaryCatalogue(), aService('theatre')];
    await load(db, 'tiski-catalogue', catalogue, { epoch: 'epoch-2' });
    expect((await readCatalogue(db)).services.has('theatre')).toBe(true);
    expect(first.services.has('theatre')).toBe(false);
  });

  it('throws without a desk or a service', async () => {
    await expect(checkVisit(anUnpairedDatabase(), swim(number), sundayMorning)).rejects.toThrow('not paired');
    const db = await aWorkingDesk([]);
    await expect(checkVisit(db, { text: number, service: 'opera' }, sundayMorning)).rejects.toThrow('opera');
  });
});
