import { describe, expect, test } from 'vitest';
import { day } from '$lib/domain/time/day';
import { checkVisit, type VisitQuestion } from '$lib/store/check-visit';
import { chooseOffering } from '$lib/store/choose-offering';
import { aCard, anOffering, aScheme, aService, aVenue, cardNumber, ulidOf } from '../../../tests/builders';
import { aWorkingDesk, sundayMorning } from '../../../tests/paired-database';
import { canSayWho, panelOf } from './desk-panel';

const [group, family, single] = [cardNumber(1), cardNumber(2), cardNumber(3)];
const tonight = { kind: 'performance', service: 'show', from: '2026-11-22', until: '2026-11-22' } as const;

const aDesk = (n = 1) =>
  aWorkingDesk(
    [
      aCard(group, { groupSize: 8 }),
      aCard(family, { companions: { children: 2 } }),
      aCard(single, { companions: { children: 0 } }),
    ],
    {
      catalogue: [
        aScheme('warkaus', { services: ['swim', 'show', 'course'] }),
        aService('swim'),
        aService('show', { rule: { kind: 'listed' } }),
        aService('course', { rule: { kind: 'choice', n }, repeatMinutes: 0 }),
        anOffering('tonight', { ...tonight, seats: 6 }),
        anOffering('guitar'),
        anOffering('choir'),
        aVenue('uimahalli'),
      ],
    },
  );

const answer = async (question: VisitQuestion, at = sundayMorning, db = aDesk()) =>
  checkVisit(await db, question, at);

describe('R11 who comes in can be said', () => {
  test('where it is more than the holder alone', async () => {
    expect(canSayWho(await answer({ text: family, service: 'swim' }))).toBe(true);
    expect(canSayWho(await answer({ text: single, service: 'swim' }))).toBe(false);
  });

  test('also while an old register makes staff decide', async () => {
    const stale = await answer({ text: family, service: 'swim' }, sundayMorning + 10 * day);
    expect(stale.verdict).toMatchObject({ outcome: 'ask', reason: 'stale-register' });
    expect(canSayWho(stale)).toBe(true);
  });

  test('where a group of eight finds six places, so that six come in', async () => {
    const db = aDesk();
    const full = await answer({ text: group, service: 'show' }, sundayMorning, db);
    expect(full.verdict).toEqual({ outcome: 'refuse', reason: 'sold-out', left: 6 });
    expect(canSayWho(full)).toBe(true);
    const people = { holder: 6, children: 0, assistants: 0 };
    const fewer = await answer({ text: group, service: 'show', people }, sundayMorning, db);
    expect(fewer.verdict).toMatchObject({ outcome: 'admit', offering: 'tonight' });
  });
});

describe('R9 another course', () => {
  async function actionsAfterChoosing(n: number): Promise<string[]> {
    const db = await aDesk(n);
    const options = { deviceNow: sundayMorning, randomId: () => ulidOf(n) };
    const named = await checkVisit(
      db,
      { text: single, service: 'course', offering: 'guitar' },
      sundayMorning,
    );
    await chooseOffering(db, named, options);
    const check = await checkVisit(db, { text: single, service: 'course' }, sundayMorning);
    const nothing = async () => undefined;
    const verbs = {
      log: nothing,
      undo: nothing,
      choose: nothing,
      release: nothing,
      clear: () => undefined,
      lastScan: undefined,
    };
    const ways = { onoverride: () => undefined, onother: () => undefined, mayType: true };
    const names = { service: '', offering: (id: string) => id };
    return panelOf({ kind: 'verdict', check }, verbs, names, ways).actions.map(({ text }) => text);
  }

  test('is not offered where the card gives one: its choice is undone instead', async () => {
    expect(await actionsAfterChoosing(1)).toEqual(['Kirjaa käynti', 'Peru valinta', 'Tyhjennä']);
  });

  test('is offered where the card gives several', async () => {
    expect(await actionsAfterChoosing(2)).toContain('Valitse toinen');
  });
});
