import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, minute } from '$lib/domain/time/day';
import {
  aCard,
  aChoice,
  anOffering,
  aRelease,
  aScheme,
  aService,
  aVenue,
  aVisit,
  aVoid,
  cardNumber,
  ulidOf,
} from '../../../tests/builders';
import { aWorkingDesk, load, ordinaryCatalogue, sundayMorning } from '../../../tests/paired-database';
import { checkVisit, type VisitQuestion } from './check-visit';
import { chooseOffering, releaseChoice } from './choose-offering';
import type { TiskiDatabase } from './database';
import { logVisit } from './log-visit';
import { offeringOptions } from './offerings';
import { visitsOfDay } from './visits';
import { voidVisit } from './void-visit';

/** What the device reads for the rules about courses, performances, portions, companions and first visits. */

const number = cardNumber(1);
const other = cardNumber(2);
const group = cardNumber(3);
const visits = 'tiski-visits-liikunta';
let ids = 0;
const options = (at = sundayMorning) => ({ deviceNow: at, randomId: () => ulidOf(++ids) });

const catalogue = () => [
  aScheme('warkaus', { services: ['course', 'show', 'lunch', 'swim'], companions: aFamily }),
  aScheme('half-year', { services: ['swim'], startsOnFirstVisit: 'P6M' }),
  aService('course', { rule: { kind: 'choice', n: 1 }, repeatMinutes: 0 }),
  aService('show', { rule: { kind: 'listed' } }),
  aService('lunch', { rule: { kind: 'portions', perDay: 3 }, repeatMinutes: 0 }),
  aService('swim'),
  anOffering('watercolours', { seats: 2 }),
  anOffering('guitar', { seats: 1 }),
  anOffering('tonight', {
    kind: 'performance',
    service: 'show',
    seats: 2,
    from: '2026-11-22',
    until: '2026-11-22',
  }),
  aVenue('uimahalli'),
];
const aFamily = { children: 2, childrenUnder: 18, assistant: true };

const aDesk = (cards = [aCard(number), aCard(other)]) => aWorkingDesk(cards, { catalogue: catalogue() });

const ask = async (db: TiskiDatabase, question: VisitQuestion, at = sundayMorning) =>
  checkVisit(db, question, at);

async function choose(db: TiskiDatabase, card: string, offering: string) {
  const check = await ask(db, { text: card, service: 'course', offering });
  return chooseOffering(db, check, options());
}

describe('a course of the holder’s own choice', () => {
  it('R9 asks which, then to confirm, then admits to that one only', async () => {
    const db = await aDesk();
    const course = { text: number, service: 'course' };
    expect((await ask(db, course)).verdict).toEqual({ outcome: 'ask', reason: 'choose-offering' });
    const named = await ask(db, { ...course, offering: 'guitar' });
    expect(named.verdict).toEqual({ outcome: 'ask', reason: 'confirm-choice', offering: 'guitar' });

    expect(await chooseOffering(db, named, options())).toMatchObject({
      kind: 'chosen',
      document: { type: 'choice', card: number, offering: 'guitar', desk: 'desk-1' },
    });
    expect((await ask(db, course)).verdict).toEqual({ outcome: 'admit', marks: [], offering: 'guitar' });
    expect((await ask(db, { ...course, offering: 'watercolours' })).verdict).toEqual({
      outcome: 'refuse',
      reason: 'other-chosen',
      offering: 'guitar',
    });
  });

  it('R9 S1 a choice waits for the server like a visit, and is undone only by its own desk on the same day', async () => {
    const db = await aDesk();
    const chosen = await choose(db, number, 'guitar');
    if (chosen.kind !== 'chosen') throw new Error(chosen.kind);
    expect(await db.outbox.toCollection().primaryKeys()).toEqual([chosen.choiceId]);

    const course = { text: number, service: 'course' };
    expect((await ask(db, course)).freshChoice).toBe(chosen.choiceId);
    expect('freshChoice' in (await ask(db, course, sundayMorning + day))).toBe(false);
    const tomorrow = { deviceNow: sundayMorning + day };
    expect(await releaseChoice(db, chosen.choiceId, tomorrow)).toMatchObject({ reason: 'another-day' });
    expect(await releaseChoice(db, chosen.choiceId, options())).toEqual({ kind: 'released' });
    expect(await releaseChoice(db, chosen.choiceId, options())).toEqual({ kind: 'already-released' });
    expect((await ask(db, { text: number, service: 'course' })).verdict).toMatchObject({
      reason: 'choose-offering',
    });
    await load(db, visits, [aChoice('desk-2', 1, { card: other })]);
    expect(await releaseChoice(db, aChoice('desk-2', 1)._id, options())).toMatchObject({
      reason: 'other-desk',
    });
  });

  it('R9 the last place was taken meanwhile: nothing is written, and the fresh verdict says so', async () => {
    const db = await aDesk();
    const check = await ask(db, { text: number, service: 'course', offering: 'guitar' });
    await load(db, visits, [aChoice('desk-2', 1, { card: other, offering: 'guitar' })]);
    expect(await chooseOffering(db, check, options())).toMatchObject({
      kind: 'changed',
      check: { verdict: { reason: 'sold-out' } },
    });
    expect(await db.outbox.count()).toBe(0);
  });

  it('R9 other desks’ choices count, released ones and those of an earlier validity don’t', async () => {
    const db = await aDesk([aCard(number, { validFrom: '2026-11-01' })]);
    const released = aChoice('desk-2', 1, { offering: 'guitar' });
    const lastYear = aChoice('desk-2', 2, { offering: 'guitar', at: '2025-11-01T08:00:00.000Z' });
    await load(db, visits, [released, aRelease(released), lastYear, aChoice('desk-2', 3)]);
    const { verdict } = await ask(db, { text: number, service: 'course' });
    expect(verdict).toEqual({ outcome: 'admit', marks: [], offering: 'watercolours' });
  });

  const optionsFor = async (db: TiskiDatabase) => {
    const { card } = await ask(db, { text: number, service: 'course' });
    const rule = { kind: 'choice', n: 1 } as const;
    const where = { service: 'course', venue: 'uimahalli', zone: 'Europe/Helsinki' };
    return offeringOptions(db, { ...where, rule, card, now: sundayMorning });
  };

  it('R9 what was chosen before the card was renewed is no longer called chosen', async () => {
    const db = await aDesk([aCard(number, { validFrom: '2026-11-01' })]);
    await load(db, visits, [aChoice('desk-2', 1, { at: '2025-11-01T08:00:00.000Z' })]);
    expect(await optionsFor(db)).toMatchObject([
      { offering: { id: 'guitar' }, isChosen: false },
      { offering: { id: 'watercolours' }, isChosen: false },
    ]);
  });

  it('R9 the options say what is left and put the chosen one first', async () => {
    const db = await aDesk();
    await choose(db, number, 'watercolours');
    expect(await optionsFor(db)).toMatchObject([
      { offering: { id: 'watercolours' }, left: 1, isChosen: true },
      { offering: { id: 'guitar' }, left: 1, isChosen: false },
    ]);
  });
});

describe('a performance', () => {
  const show = (text: string) => ({ text, service: 'show' });

  it('R10 R8 today’s only one is meant, takes a seat per person, and counts once a day', async () => {
    const db = await aDesk();
    const check = await ask(db, { ...show(number), people: { holder: 1, children: 1, assistants: 0 } });
    expect(check).toMatchObject({ verdict: { outcome: 'admit', offering: 'tonight' }, left: 2 });
    expect(await logVisit(db, check, options())).toMatchObject({
      document: { offering: 'tonight', people: { holder: 1, children: 1 } },
    });
    expect((await ask(db, show(other))).verdict).toEqual({ outcome: 'refuse', reason: 'sold-out', left: 0 });
    const later = sundayMorning + 9 * 60 * minute;
    expect((await ask(db, show(number), later)).verdict).toMatchObject({ outcome: 'already-logged' });
  });

  it('R10 R15 staff may give one seat more; the visit says for what', async () => {
    const db = await aDesk();
    const taken = { service: 'show', offering: 'tonight', people: { holder: 2, children: 0, assistants: 0 } };
    await load(db, visits, [aVisit('desk-2', 1, { ...taken, card: other })]);
    const check = await ask(db, show(number));
    expect(check.verdict).toMatchObject({ reason: 'sold-out' });
    expect(await logVisit(db, check, { ...options(), override: 'staff-decision' })).toMatchObject({
      document: { offering: 'tonight', verdict: { reason: 'sold-out' } },
    });
  });

  it('R10 the last seat was taken meanwhile: the visit is not logged', async () => {
    const db = await aDesk();
    const check = await ask(db, show(number));
    const taken = { service: 'show', offering: 'tonight', people: { holder: 2, children: 0, assistants: 0 } };
    const visit = aVisit('desk-2', 1, { ...taken, card: other });
    await load(db, visits, [visit]);
    expect(await logVisit(db, check, options())).toMatchObject({ kind: 'changed' });
    await load(db, visits, [visit, aVoid(visit)]);
    expect(await logVisit(db, check, options())).toMatchObject({ kind: 'logged' });
  });
});

describe('portions', () => {
  it('R10 R11 each person takes one of the day’s portions at this venue', async () => {
    const db = await aDesk();
    const lunch = { text: number, service: 'lunch' };
    const two = await ask(db, { ...lunch, people: { holder: 1, children: 1, assistants: 0 } });
    expect(two.left).toBe(3);
    expect(await logVisit(db, two, options())).toMatchObject({ document: { portions: 2 } });
    expect((await ask(db, lunch)).left).toBe(1);
    expect((await ask(db, { ...lunch, people: two.people })).verdict).toMatchObject({
      reason: 'sold-out',
      left: 1,
    });
    expect((await ask(db, lunch, sundayMorning + day)).left).toBe(3);
  });
});

describe('people', () => {
  it('R11 the scheme’s children and assistant come along, no more', async () => {
    const db = await aDesk();
    const swim = { text: number, service: 'swim' };
    const family = await ask(db, { ...swim, people: { holder: 1, children: 2, assistants: 1 } });
    expect(family).toMatchObject({ verdict: { outcome: 'admit' }, allowed: { children: 2, assistants: 1 } });
    const many = await ask(db, { ...swim, people: { holder: 1, children: 3, assistants: 0 } });
    expect(many.verdict).toMatchObject({ reason: 'too-many-people' });
    await logVisit(db, family, options());
    const [line] = await visitsOfDay(db, '2026-11-22', 'Europe/Helsinki');
    expect(line?.document.people).toEqual({ holder: 1, children: 2, assistants: 1 });
  });

  it('R11 a group’s card begins with all its members', async () => {
    const db = await aDesk([aCard(number, { groupSize: 8 })]);
    const group = await ask(db, { text: number, service: 'swim' });
    expect(group).toMatchObject({ people: { holder: 8 }, verdict: { outcome: 'admit' } });
  });
});

describe('validity from the first visit', () => {
  const halfYear = aCard(number, { scheme: 'half-year', validFrom: '2026-01-01', validUntil: '2027-12-31' });
  const swim = { text: number, service: 'swim' };
  const at = (iso: string) => Date.parse(iso);

  it('R14 counts from the first visit at any desk that was not undone, within the present validity', async () => {
    const db = await aDesk([halfYear]);
    const before = aVisit('desk-2', 1, { at: '2025-12-01T08:00:00.000Z', scheme: 'half-year' });
    const undone = aVisit('desk-2', 2, { at: '2026-02-01T08:00:00.000Z', scheme: 'half-year' });
    const first = aVisit('desk-2', 3, { at: '2026-04-30T08:00:00.000Z', scheme: 'half-year' });
    await load(db, visits, [before, undone, aVoid(undone), first]);
    const late = await ask(db, swim, at('2026-10-30T08:00:00Z'));
    expect(late.verdict).toMatchObject({ outcome: 'admit' });
    expect((await ask(db, swim, at('2026-10-31T08:00:00Z'))).verdict).toMatchObject({
      reason: 'expired',
      on: '2026-10-30',
    });
  });

  it('R14 an unused card is valid through its own dates', async () => {
    const db = await aDesk([halfYear]);
    expect((await ask(db, swim)).verdict).toMatchObject({ outcome: 'admit' });
  });
});

describe('a signed code', () => {
  const text = `1${other}${'4'.repeat(188)}`;
  const signed = { number: other, scheme: 'warkaus', validFrom: '2026-11-01', validUntil: '2027-10-31' };
  const signature = { kind: 'genuine', card: signed, isKeyExpired: false } as const;
  const swim = { text, service: 'swim' };

  it('R2 a desk that doesn’t know the card yet admits a genuine one, marks it, and logs it by its number', async () => {
    const db = await aDesk([aCard(number)]);
    const check = await ask(db, { ...swim, signature });
    expect(check.verdict).toEqual({ outcome: 'admit', marks: ['by-signature'] });
    expect(await logVisit(db, check, options())).toMatchObject({
      document: { card: other, scheme: 'warkaus', verdict: { marks: ['by-signature'] } },
    });
  });

  it('R2 the register overrides the code, and a code that is not genuine never helps', async () => {
    const db = await aDesk([aCard(other, { status: 'lost' })]);
    expect((await ask(db, { ...swim, signature })).verdict).toMatchObject({ reason: 'lost' });
    const forged = await ask(db, { ...swim, signature: { kind: 'not-genuine' } });
    expect(forged.verdict).toEqual({ outcome: 'refuse', reason: 'not-genuine' });
    await expect(logVisit(db, forged, { ...options(), override: 'staff-decision' })).rejects.toThrow();
  });
});

describe('a void', () => {
  it('R7 R8 R10 R14 restores exactly the earlier answer, whatever was logged', async () => {
    const cards = [
      aCard(number),
      aCard(other, { scheme: 'half-year', validUntil: '2028-12-31' }),
      aCard(group, { groupSize: 3 }),
    ];
    const db = await aDesk(cards);
    const card = fc.constantFrom(number, other, group);
    const service = fc.constantFrom('show', 'lunch', 'swim');
    const children = fc.constantFrom(0, 1);
    let now = sundayMorning;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(card, service, children), { maxLength: 4 }), async (asked) => {
        now += 1_000;
        const questions = asked.map(([text, of, count]) => ({
          text,
          service: of,
          people: { holder: 1, children: count, assistants: 0 },
        }));
        const answers = () => Promise.all(questions.map((each) => ask(db, each, now)));
        const before = (await answers()).map(({ verdict, left }) => ({ verdict, left }));
        const logged: string[] = [];
        for (const question of questions) {
          const check = await ask(db, question, now);
          if (check.verdict.outcome !== 'admit') continue;
          const result = await logVisit(db, check, options(now));
          if (result.kind === 'logged') logged.push(result.visitId);
        }
        for (const id of logged) expect((await voidVisit(db, id, { deviceNow: now })).kind).toBe('voided');
        expect((await answers()).map(({ verdict, left }) => ({ verdict, left }))).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a sector-wide limit', () => {
  it('R7 a visit for another service of the sector counts', async () => {
    const once = { kind: 'limit', n: 1, per: 'day', over: 'sector' } as const;
    const cards = [aCard(number, { scheme: 'pass' })];
    const pass = aScheme('pass', { services: ['swim', 'gym'], rules: { swim: once, gym: once } });
    const db = await aWorkingDesk(cards, { catalogue: [...ordinaryCatalogue(), pass] });
    await load(db, visits, [aVisit('desk-2', 1, { service: 'gym', at: '2026-11-22T06:00:00.000Z' })]);
    expect((await ask(db, { text: number, service: 'swim' })).verdict).toMatchObject({
      reason: 'limit-reached',
      frees: '2026-11-23',
    });
  });
});
