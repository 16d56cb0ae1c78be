import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseOutcomes, decisionOutcomes, letterWays, type CaseAction } from './case-action';
import { caseRefusals } from './case-refusal';
import { caseFlags, caseStates, flagsOf, inForce, outcomeOf, type CaseStatus } from './case-status';
import { applyAction, foldCase } from './fold-case';
import type { ActingRight } from './logged';
import { mayAct } from './may-act';

/** Truths about any log, and about any log that the rules admitted. */

/** Two officials who also refer, one of whom may approve himself; the rest have one right each. */
const rightsOf: Record<string, readonly ActingRight[]> = {
  anni: ['referrer', 'receive', 'decide'],
  bror: ['referrer', 'receive', 'decide', 'self-approve'],
  clerk: ['receive'],
  decider: ['decide'],
  server: ['server'],
};
const someAccount = fc.constantFrom(...Object.keys(rightsOf));
const someDay = fc.constantFrom('2026-03-02', '2026-03-09', '2026-03-10', '2026-03-20');
const somePeople = fc.subarray(['p1', 'p2', 'p3']);

const someDecision = fc.record({
  kind: fc.constant('decided'),
  outcome: fc.constantFrom(...decisionOutcomes),
  on: someDay,
  reasons: fc.subarray(['lives-elsewhere']),
  text: fc.constantFrom('', 'because'),
  isSelfApproved: fc.boolean(),
});

const someLetter = fc.record({
  kind: fc.constant('letter-sent'),
  way: fc.constantFrom(...letterWays),
  on: someDay,
});
const someRequest = fc.record({
  kind: fc.constantFrom('rectification-requested', 'written-decision-requested'),
  on: someDay,
});

const otherBodies = [
  fc.record({
    kind: fc.constant('received'),
    source: fc.constantFrom('referral', 'application', 'paper'),
    mode: fc.constantFrom('decision', 'hand-out'),
    isIncomplete: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('assigned'), to: fc.constantFrom('anni', 'bror', 'decider') }),
  fc.record({ kind: fc.constant('flagged'), persons: somePeople, cards: fc.subarray(['12345674']) }),
  fc.record({
    kind: fc.constant('duplicate-judged'),
    verdict: fc.constant('same'),
    person: fc.constant('p1'),
  }),
  fc.record({ kind: fc.constant('duplicate-judged'), verdict: fc.constant('different') }),
  fc.record({ kind: fc.constant('information-requested'), what: fc.constant('address'), until: someDay }),
  fc.record({ kind: fc.constant('information-received'), isIncomplete: fc.boolean() }),
  fc.record({ kind: fc.constant('proof-seen'), proof: fc.constant('unemployment'), on: someDay }),
  fc.record({ kind: fc.constant('over-cap'), isOver: fc.constantFrom(true, false, false) }),
  fc.record({ kind: fc.constantFrom('withdrawn', 'lapsed'), on: someDay, text: fc.constant('') }),
  fc.record({ kind: fc.constant('closed') }),
];

/** Decisions, letters and requests come often, so that logs get beyond the first decision. */
const someBody = fc.oneof(
  { weight: 3, arbitrary: someDecision },
  { weight: 2, arbitrary: someLetter },
  { weight: 2, arbitrary: someRequest },
  { weight: 6, arbitrary: fc.oneof(...otherBodies) },
);

const someAction = fc
  .record({
    by: someAccount,
    role: fc.nat({ max: 3 }),
    at: fc.nat({ max: 1_000 }),
    body: someBody,
  })
  .map(({ by, role, at, body }) => {
    const rights = rightsOf[by] ?? [];
    return { ...body, by, role: rights[role % rights.length], at } as CaseAction;
  });
const someLog = fc.array(someAction, { maxLength: 40 });

/** The same, done by whoever the case is assigned to, by each of their rights, with and without the mark. */
function waysOf(action: CaseAction, assignee: string | undefined): CaseAction[] {
  const by = assignee ?? action.by;
  const byRights = (rightsOf[by] ?? []).map((role) => ({ ...action, by, role }));
  if (action.kind !== 'decided') return [action, ...byRights];
  return [action, ...byRights].flatMap((each) => [
    { ...each, isSelfApproved: false } as CaseAction,
    { ...each, isSelfApproved: true } as CaseAction,
  ]);
}

interface Step {
  before: CaseStatus | undefined;
  action: CaseAction;
  after: CaseStatus | undefined;
}

/** Whatever the rules admit, tried in a long random order. */
const admittedSteps = fc.array(someAction, { minLength: 80, maxLength: 160, size: 'max' }).map((tried) => {
  const steps: Step[] = [];
  let status: CaseStatus | undefined;
  for (const action of tried) {
    const before = status;
    const way = waysOf(action, before?.assignee).find(
      (each) => mayAct(before, each, { account: each.by, rights: new Set(rightsOf[each.by]) }).ok,
    );
    if (!way) continue;
    status = applyAction(before, way);
    steps.push({ before, action: way, after: status });
  }
  return steps;
});

describe('for any log', () => {
  test('B3 no sequence of actions reaches a state, an outcome or a flag that does not exist', () => {
    fc.assert(
      fc.property(someLog, (log) => {
        const status = foldCase(log);
        expect(status === undefined).toBe(!log.some(({ kind }) => kind === 'received'));
        if (!status) return;
        expect(caseStates).toContain(status.state);
        expect(caseFlags).toEqual(expect.arrayContaining(flagsOf(status)));
        expect(status.state === 'received').toBe(
          status.conclusions.length === 0 || status.reopening !== undefined,
        );
        if (status.conclusions.length > 0) expect(caseOutcomes).toContain(outcomeOf(status));
      }),
      { numRuns: 1_000 },
    );
  });

  test('B3 a state is rebuilt from its log, whole or piece by piece, and through JSON', () => {
    fc.assert(
      fc.property(someLog, fc.nat(), (log, place) => {
        const cut = place % (log.length + 1);
        const half = foldCase(log.slice(0, cut));
        const stored = half && (JSON.parse(JSON.stringify(half)) as CaseStatus);
        expect(log.slice(cut).reduce(applyAction, stored)).toEqual(foldCase(log));
        expect(foldCase(JSON.parse(JSON.stringify(log)) as CaseAction[])).toEqual(foldCase(log));
      }),
    );
  });

  test('B1 every answer is yes or a reason from the list', () => {
    fc.assert(
      fc.property(someLog, someAction, someAccount, (log, action, account) => {
        const permission = mayAct(foldCase(log), action, { account, rights: new Set(rightsOf[account]) });
        if (!permission.ok) expect(caseRefusals).toContain(permission.reason);
      }),
    );
  });
});

describe('for any log that the rules admitted', () => {
  const everyStep = (check: (step: Step) => void) => {
    fc.assert(
      fc.property(admittedSteps, (steps) => {
        steps.forEach(check);
      }),
    );
  };

  test('B3 a decision, a closing or a request that was admitted takes effect', () => {
    everyStep(({ action, before, after }) => {
      expect(after).toBeDefined();
      const rounds = before?.conclusions.length ?? 0;
      if (action.kind === 'decided') expect(after?.conclusions).toHaveLength(rounds + 1);
      if (action.kind === 'closed') expect(after?.state).toBe('closed');
      if (action.kind === 'rectification-requested') expect(after?.state).toBe('received');
    });
  });

  test('B1–B14 such logs get everywhere: what follows is not true of nothing', () => {
    const steps = fc.sample(admittedSteps, { numRuns: 200, seed: 15 }).flat();
    const reached = new Set(
      steps.flatMap(({ action, before }) => [
        action.kind,
        ...(action.kind === 'decided' ? [`${action.outcome} on ${before?.reopening?.kind ?? 'case'}`] : []),
        ...(action.kind === 'decided' && action.isSelfApproved ? ['self-approved'] : []),
      ]),
    );
    const rounds = ['case', 'rectification', 'written-decision'];
    const decisions = decisionOutcomes.flatMap((outcome) => rounds.map((round) => `${outcome} on ${round}`));
    expect([...reached]).toEqual(expect.arrayContaining([...decisions, 'self-approved', 'lapsed', 'closed']));
  });

  test('B2 who writes to a case has been assigned to it', () => {
    everyStep(({ action, before }) => {
      if (action.kind === 'decided' || action.kind === 'letter-sent')
        expect(before?.assignee).toBe(action.by);
    });
  });

  test('B5 B6 B7 what is granted was complete, had no open duplicate, and was within the cap', () => {
    everyStep(({ action, before }) => {
      if (action.kind !== 'decided' || action.outcome !== 'granted' || !before) return;
      expect(flagsOf(before)).not.toContain('incomplete');
      expect(flagsOf(before)).not.toContain('possible-duplicate');
      expect(flagsOf(before)).not.toContain('over-cap');
    });
  });

  test('B8 the mark is on decisions about what one has entered, and on no other', () => {
    everyStep(({ action, before }) => {
      if (action.kind !== 'decided') return;
      expect(action.isSelfApproved).toBe(action.by === before?.enteredBy);
      if (action.isSelfApproved) expect(action.by).toBe('bror');
    });
  });

  test('B11 a closed case has an outcome, and its decision a letter', () => {
    everyStep(({ after }) => {
      if (after?.state !== 'closed') return;
      expect(outcomeOf(after)).toBeDefined();
      const newest = after.conclusions.at(-1);
      if (after.mode === 'decision' && newest?.outcome === 'granted') expect(newest.letters).not.toEqual([]);
    });
  });

  test('B13 a rectification is decided by somebody who has not decided before', () => {
    everyStep(({ after }) => {
      after?.conclusions.forEach(({ reopening, outcome, by }, index) => {
        if (reopening?.kind !== 'rectification' || outcome === 'withdrawn') return;
        const before = after.conclusions.slice(0, index).filter((each) => each.outcome !== 'withdrawn');
        expect(before.map((each) => each.by)).not.toContain(by);
      });
    });
  });

  test('B13 what is in force once there is an outcome never disappears', () => {
    everyStep(({ before, after }) => {
      if (before && inForce(before)) expect(after && inForce(after)).toBeDefined();
    });
  });
});
