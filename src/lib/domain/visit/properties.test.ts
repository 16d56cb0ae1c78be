import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideCase, historyOf, rightsCases, type RightsCase } from '../../../../tests/rights-cases';
import type { History } from './decide-visit';
import type { PastVisit } from './limits';
import { ruleNumberOf } from './rule-number';

/** Truths about every case and any history. */

const someCase = fc.constantFrom(...rightsCases);
const someInstant = fc.integer({
  min: Date.parse('2025-06-01T00:00:00Z'),
  max: Date.parse('2028-06-01T00:00:00Z'),
});
const someVisit: fc.Arbitrary<PastVisit> = fc
  .record({
    at: someInstant,
    service: fc.constantFrom('uinti', 'kuntosali'),
    offering: fc.constantFrom(undefined, 'a', 'b', 'p', 'q'),
  })
  .map(({ at, service, offering }) => ({ at, service, ...(offering !== undefined && { offering }) }));
const someChoices = fc.array(
  fc.record({ id: fc.uuid(), offering: fc.constantFrom('a', 'b', 'c', 'gone'), at: someInstant }),
  { maxLength: 4 },
);
const someHistory: fc.Arbitrary<History> = fc.record({
  visits: fc.array(someVisit, { maxLength: 12 }),
  choices: someChoices,
  taken: fc
    .dictionary(fc.constantFrom('a', 'b', 'c', 'p', 'q'), fc.nat({ max: 6 }))
    .map((entries) => new Map(Object.entries(entries))),
  portionsToday: fc.nat({ max: 50 }),
});

const somePeople = fc.record({
  holder: fc.integer({ min: -1, max: 9 }),
  children: fc.integer({ min: -1, max: 4 }),
  assistants: fc.integer({ min: -1, max: 2 }),
});
/** Cases that combine the parts of all the others. */
const someMixture: fc.Arbitrary<RightsCase> = fc
  .tuple(someCase, someCase, someCase, fc.option(somePeople, { nil: undefined }))
  .map(([one, other, third, people]) => ({
    ...one,
    ...(other.service && { service: other.service }),
    ...(other.offerings && { offerings: other.offerings }),
    ...(third.scheme !== undefined && { scheme: third.scheme }),
    ...(third.now !== undefined && { now: third.now }),
    ...(people && { people }),
  }));

const withVisit = (history: History, visit: PastVisit): History => ({
  ...history,
  visits: [...history.visits, visit],
  ...(history.firstVisit !== undefined && { firstVisit: Math.min(history.firstVisit, visit.at) }),
});

describe('for any request and any history', () => {
  test('R1–R16 there is a verdict, and a rule that gave it', () => {
    fc.assert(
      fc.property(someMixture, someHistory, (given, history) => {
        const verdict = decideCase(given, history);
        expect(['admit', 'ask', 'refuse', 'already-logged']).toContain(verdict.outcome);
        if (verdict.outcome !== 'admit') expect(ruleNumberOf(verdict)).toMatch(/^R\d+$/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('R7 R8 R10 R14 one more visit never turns a refusal into an admission', () => {
    fc.assert(
      fc.property(someMixture, someHistory, someVisit, (given, history, added) => {
        fc.pre(decideCase(given, history).outcome === 'refuse');
        expect(decideCase(given, withVisit(history, added)).outcome).not.toBe('admit');
      }),
      { numRuns: 1_000 },
    );
  });

  test('R14 a first visit, or an earlier one, never turns a refusal into an admission', () => {
    fc.assert(
      fc.property(someMixture, someHistory, someInstant, (given, history, first) => {
        fc.pre(decideCase(given, history).outcome === 'refuse');
        expect(decideCase(given, { ...history, firstVisit: first }).outcome).not.toBe('admit');
      }),
    );
  });

  test('R10 places and portions taken never turn a refusal into an admission', () => {
    fc.assert(
      fc.property(someMixture, someHistory, fc.nat({ max: 9 }), (given, history, more) => {
        fc.pre(decideCase(given, history).outcome === 'refuse');
        const taken = new Map([...history.taken].map(([id, count]) => [id, count + more]));
        const fuller = { ...history, taken, portionsToday: history.portionsToday + more };
        expect(decideCase(given, fuller).outcome).not.toBe('admit');
      }),
    );
  });

  test('R7 R8 a void restores exactly what was before', () => {
    fc.assert(
      fc.property(someMixture, someHistory, someVisit, fc.nat(), (given, history, visit, place) => {
        const before = decideCase(given, history);
        const at = place % (history.visits.length + 1);
        const visits = history.visits.toSpliced(at, 0, visit);
        const voided = { ...history, visits: visits.filter((each) => each !== visit) };
        expect(decideCase(given, voided)).toEqual(before);
      }),
    );
  });

  test('R7 R8 R9 the order of visits, of choices and of offerings never matters', () => {
    fc.assert(
      fc.property(someMixture, someHistory, (given, history) => {
        const turned = {
          ...history,
          visits: history.visits.toReversed(),
          choices: history.choices.toReversed(),
        };
        const turnedCase = given.offerings ? { ...given, offerings: given.offerings.toReversed() } : given;
        expect(decideCase(turnedCase, turned)).toEqual(decideCase(given, history));
      }),
      { numRuns: 1_000 },
    );
  });

  test('R7 visits at the same instant each count, in any order', () => {
    fc.assert(
      fc.property(someMixture, someHistory, someInstant, (given, history, at) => {
        const twins: PastVisit[] = [
          { at, service: 'uinti' },
          { at, service: 'kuntosali' },
        ];
        const one = { ...history, visits: [...history.visits, ...twins] };
        const other = { ...history, visits: [...twins.toReversed(), ...history.visits] };
        expect(decideCase(given, other)).toEqual(decideCase(given, one));
      }),
    );
  });

  test('R8 nothing is already logged if nothing was logged', () => {
    fc.assert(
      fc.property(someMixture, (given) => {
        const history = { ...historyOf(given), visits: [] };
        expect(decideCase(given, history).outcome).not.toBe('already-logged');
      }),
    );
  });
});
