import { describe, expect, it } from 'vitest';
import { rightsCases } from '../../../../tests/rights-cases';
import { ruleNumberOf } from './rule-number';
import { isOverridable, type Verdict } from './verdict';

/** One verdict for each reason in the cases. */
const verdicts = new Map(
  rightsCases.map(({ expect: verdict }) => [
    String(verdict['reason'] ?? verdict.outcome),
    verdict as unknown as Verdict,
  ]),
);

describe('R15 staff may override', () => {
  it('any refusal except of a code that is not one of this city’s cards', () => {
    for (const [reason, verdict] of verdicts) {
      const isNoCard = reason === 'not-a-card' || reason === 'not-genuine';
      expect([reason, isOverridable(verdict)]).toEqual([reason, verdict.outcome === 'refuse' && !isNoCard]);
    }
  });
});

describe('the rule that decided', () => {
  it.each([
    ['R1', ['not-a-card']],
    ['R2', ['not-genuine', 'unknown-card']],
    ['R3', ['suspended', 'lost', 'replaced', 'ended']],
    ['R4', ['not-yet-valid', 'expired']],
    ['R5', ['paused', 'closed', 'outside-hours']],
    ['R6', ['not-included']],
    ['R7', ['limit-reached']],
    ['R8', ['already-logged']],
    ['R9', ['confirm-choice', 'other-chosen', 'choice-ended']],
    ['R10', ['choose-offering', 'not-listed', 'sold-out']],
    ['R11', ['too-many-people']],
    ['R12', ['stale-register']],
    ['R13', ['clock-wrong']],
  ])('is %s for %s', (rule, reasons) => {
    for (const reason of reasons) {
      const verdict = verdicts.get(reason);
      expect([reason, verdict && ruleNumberOf(verdict)]).toEqual([reason, rule]);
    }
  });

  it('is R9 for a course where R10 is for a performance', () => {
    for (const reason of ['choose-offering', 'not-listed', 'sold-out']) {
      const verdict = verdicts.get(reason);
      expect([reason, verdict && ruleNumberOf(verdict, { kind: 'choice', n: 1 })]).toEqual([reason, 'R9']);
      expect([reason, verdict && ruleNumberOf(verdict, { kind: 'listed' })]).toEqual([reason, 'R10']);
    }
  });

  it('is the mark’s for an admission, and undefined for a plain one', () => {
    expect(ruleNumberOf({ outcome: 'admit', marks: [] })).toBeUndefined();
    expect(ruleNumberOf({ outcome: 'admit', marks: ['by-signature'] })).toBe('R2');
    expect(ruleNumberOf({ outcome: 'admit', marks: ['in-grace'] })).toBe('R4');
    expect(ruleNumberOf({ outcome: 'admit', marks: ['stale-register'] })).toBe('R12');
  });
});
