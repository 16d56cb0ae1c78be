import { describe, expect, it } from 'vitest';
import { hour } from '$lib/domain/time/day';
import {
  aCard,
  aChoice,
  anOffering,
  aScheme,
  aService,
  aVenue,
  aVisit,
  cardNumber,
  ulidOf,
} from '../../../tests/builders';
import { aDevice, aWorkingDesk, load, sundayMorning } from '../../../tests/paired-database';
import { checkVisit } from './check-visit';
import { noteContact } from './clock';
import type { TiskiDatabase } from './database';
import { logVisit } from './log-visit';
import { resolveReview } from './resolve-review';
import { listReviews, reviewQueued } from './reviews';

const number = cardNumber(1);
const [sports, food] = ['tiski-visits-liikunta', 'tiski-visits-ruoka'];

const catalogue = (seats = 1) => [
  aScheme('warkaus', { services: ['swim', 'aqua', 'course', 'lunch'] }),
  aService('swim', { rule: { kind: 'limit', n: 1, per: 'day' } }),
  aService('aqua', { rule: { kind: 'limit', n: 2, per: 'season', seasonStarts: ['08-01'] } }),
  aService('course', { rule: { kind: 'choice', n: 1 } }),
  aService('lunch', { sector: 'ruoka', rule: { kind: 'unlimited' } }),
  anOffering('watercolours', { seats }),
  aVenue('uimahalli'),
];

const aDesk = () =>
  aWorkingDesk([aCard(number)], {
    catalogue: catalogue(),
    device: aDevice({ sectors: ['liikunta', 'ruoka'] }),
  });

async function conflictsOn(db: TiskiDatabase) {
  await reviewQueued(db, sundayMorning);
  return (await listReviews(db)).map(({ conflict, database }) => [conflict.id, database]);
}

const twoSwims = [
  aVisit('desk-2', 1, { at: '2026-11-22T06:00:00.000Z' }),
  aVisit('desk-3', 2, { at: '2026-11-22T07:00:00.000Z' }),
];
const swamTwice = [`limit:${number}:swim:2026-11-22`, sports];

describe('the desk’s review list', () => {
  it('R7 a season’s limit also counts the visit of three months ago', async () => {
    const db = await aDesk();
    const aqua = (index: number, at: string) =>
      aVisit(`desk-${index + 1}`, index, { service: 'aqua', at: `${at}T06:00:00.000Z` });
    await load(db, sports, [aqua(1, '2026-08-20'), aqua(2, '2026-11-20'), aqua(3, '2026-11-21')]);
    expect(await conflictsOn(db)).toEqual([[`limit:${number}:aqua:2026-08-01`, sports]]);
  });

  it('R7 a limit exceeded long ago is history', async () => {
    const db = await aDesk();
    const old = twoSwims.map((visit) => ({ ...visit, at: visit.at.replace('11-22', '10-01') }));
    await load(db, sports, [...old, aVisit('desk-2', 3, { at: '2026-11-22T06:00:00.000Z' })]);
    expect(await conflictsOn(db)).toEqual([]);
  });

  it('a decision goes to its own sector’s log, whatever the card did elsewhere', async () => {
    const db = await aDesk();
    await load(db, sports, twoSwims);
    await load(db, food, [aVisit('desk-9', 9, { service: 'lunch', at: '2026-11-22T07:30:00.000Z' })]);
    expect(await conflictsOn(db)).toEqual([swamTwice]);
    const [row] = await listReviews(db);
    if (!row) throw new Error('There is no review.');
    const made = { deviceNow: sundayMorning, randomId: () => ulidOf(1) };
    expect(await resolveReview(db, row.conflict, { kind: 'accept' }, made)).toEqual({ kind: 'resolved' });
    expect(await db.outbox.toArray()).toMatchObject([{ database: sports }]);
    expect(await conflictsOn(db)).toEqual([]);
  });

  it('S8 a decision that the restored server no longer has is asked for again', async () => {
    const db = await aDesk();
    const resolution = {
      _id: `resolution:office:${ulidOf(1)}`,
      type: 'resolution',
      v: 1,
      conflict: swamTwice[0],
      documents: twoSwims.map(({ _id }) => _id),
      decision: 'accept',
      by: 'office',
      at: '2026-11-22T07:30:00.000Z',
    };
    await load(db, sports, [...twoSwims, resolution]);
    expect(await conflictsOn(db)).toEqual([]);
    await load(db, sports, twoSwims, { epoch: 'epoch-2' });
    expect(await conflictsOn(db)).toEqual([swamTwice]);
  });

  it('R7 R13 shows what staff admitted beyond a limit by a clock that they could not trust', async () => {
    const db = await aDesk();
    await noteContact(db, { skewMs: 0, serverNow: sundayMorning + hour });
    for (const index of [1, 2]) {
      const at = sundayMorning + (index - 2) * 3 * hour;
      const check = await checkVisit(db, { text: number, service: 'swim' }, at);
      expect(check.verdict).toEqual({ outcome: 'ask', reason: 'clock-wrong' });
      const made = await logVisit(db, check, { deviceNow: at, randomId: () => ulidOf(index) });
      expect(made.kind).toBe('logged');
    }
    expect(await conflictsOn(db)).toEqual([swamTwice]);
  });

  it('R10 is checked again when the course gets one place more, or one less', async () => {
    const db = await aDesk();
    const chosen = [aChoice('desk-2', 1), aChoice('desk-3', 2, { card: cardNumber(2) })];
    await load(db, sports, chosen);
    const noPlace = [['seats:watercolours', sports]];
    expect(await conflictsOn(db)).toEqual(noPlace);
    await load(db, 'tiski-catalogue', catalogue(2));
    expect(await conflictsOn(db)).toEqual([]);
    await load(db, 'tiski-catalogue', catalogue(1));
    expect(await conflictsOn(db)).toEqual(noPlace);
  });

  it('R7 is checked again when the card gets a right of its own', async () => {
    const db = await aDesk();
    await load(db, sports, twoSwims);
    expect(await conflictsOn(db)).toEqual([swamTwice]);
    const own = { service: 'swim', isGiven: true, rule: { kind: 'unlimited' } } as const;
    await load(db, 'tiski-register', [aCard(number, { rights: [own] })]);
    expect(await conflictsOn(db)).toEqual([]);
  });
});
