import { describe, expect, test } from 'vitest';
import type { CaseAction } from './case-action';
import { flagsOf, outcomeOf } from './case-status';
import { foldCase } from './fold-case';
import type { ActingRight, Actor } from './logged';
import { mayAct } from './may-act';

type Body<T> = T extends unknown ? Omit<T, 'by' | 'role' | 'at'> : never;

const who = (account: string, ...rights: ActingRight[]): Actor => ({ account, rights: new Set(rights) });
const referrer = who('referrer', 'referrer');
const receiver = who('receiver', 'receive');
const decider = who('decider', 'decide');
const second = who('second', 'decide');
const server = who('server', 'server');

const at = Date.parse('2026-03-02T08:00:00Z');
const today = '2026-03-02';

/** Logged by an actor, by their first right unless another is named. */
const log = (by: Actor, body: Body<CaseAction>, role = [...by.rights][0] ?? 'referrer'): CaseAction => ({
  ...body,
  by: by.account,
  role,
  at,
});

const received = log(referrer, {
  kind: 'received',
  source: 'referral',
  mode: 'decision',
  organisation: 'workshop',
  isIncomplete: false,
});
const incomplete = { ...received, isIncomplete: true } as CaseAction;
const handOut = { ...received, mode: 'hand-out' } as CaseAction;
const takenBy = (by: Actor, role?: ActingRight) => log(by, { kind: 'assigned', to: by.account }, role);
const decision = { kind: 'decided', on: today, reasons: [], text: '' } as const;
const grantedBy = (by: Actor) => log(by, { ...decision, outcome: 'granted' });
const refusedBy = (by: Actor) => log(by, { ...decision, outcome: 'refused', reasons: ['lives-elsewhere'] });
const letterBy = (by: Actor) => log(by, { kind: 'letter-sent', way: 'post', on: today });
const closedBy = (by: Actor) => log(by, { kind: 'closed' });
const found = log(server, { kind: 'flagged', persons: ['p1', 'p2'], cards: ['12345674'] });
const different = log(receiver, { kind: 'duplicate-judged', verdict: 'different' });
const request = log(receiver, { kind: 'rectification-requested', on: '2026-03-10' });
const asked = log(receiver, { kind: 'information-requested', what: 'an address', until: '2026-03-09' });

const toDecide = [received, takenBy(decider)];
const refusedAndSent = [...toDecide, refusedBy(decider), letterBy(decider)];

const tryTo = (past: readonly CaseAction[], action: CaseAction, by: Actor) => {
  const permission = mayAct(foldCase(past), action, by);
  return permission.ok ? 'yes' : permission.reason;
};
const stateAfter = (actions: readonly CaseAction[]) => {
  const status = foldCase(actions);
  return status && { state: status.state, outcome: outcomeOf(status), flags: flagsOf(status) };
};

describe('who acts', () => {
  test('B1 nobody acts in the name of another account', () => {
    expect(tryTo(toDecide, grantedBy(decider), second)).toBe('other-account');
  });

  test('B1 a right that one does not have is not enough, nor one that is for something else', () => {
    expect(tryTo(toDecide, grantedBy(decider), who('decider', 'receive'))).toBe('right-missing');
    expect(tryTo([received, takenBy(receiver)], grantedBy(receiver), receiver)).toBe('right-missing');
  });

  test('B1 an account with both rights says by which one it acts', () => {
    const both = who('both', 'receive', 'decide');
    const past = [received, takenBy(both)];
    expect(tryTo(past, log(both, { ...decision, outcome: 'granted' }, 'receive'), both)).toBe(
      'right-missing',
    );
    expect(tryTo(past, log(both, { ...decision, outcome: 'granted' }, 'decide'), both)).toBe('yes');
  });

  test('B1 what the server finds, no account says', () => {
    expect(tryTo([received], found, server)).toBe('yes');
    expect(tryTo([received, takenBy(receiver)], { ...found, by: 'receiver' }, receiver)).toBe(
      'right-missing',
    );
    expect(tryTo(toDecide, log(server, { ...decision, outcome: 'granted' }), server)).toBe('right-missing');
  });

  test('B1 only receive gives a case to somebody else', () => {
    const toSecond = { kind: 'assigned', to: 'second' } as const;
    expect(tryTo([received], log(receiver, toSecond), receiver)).toBe('yes');
    expect(tryTo([received], log(decider, toSecond), decider)).toBe('right-missing');
  });

  test('B1 a referral takes a referrer; an application at the counter does not', () => {
    const refers = log(receiver, { ...(received as CaseAction & { kind: 'received' }) }, 'receive');
    expect(tryTo([], refers, receiver)).toBe('right-missing');
    expect(tryTo([], { ...refers, source: 'application' } as CaseAction, receiver)).toBe('yes');
    expect(tryTo([], received, referrer)).toBe('yes');
  });

  test('B2 nobody writes to a case before it is assigned', () => {
    expect(tryTo([received], grantedBy(decider), decider)).toBe('not-assigned');
  });

  test('B2 only the assignee writes, and another takes the case over first', () => {
    expect(tryTo(toDecide, grantedBy(second), second)).toBe('assigned-to-other');
    expect(tryTo(toDecide, takenBy(second), second)).toBe('yes');
    expect(tryTo([...toDecide, takenBy(second)], grantedBy(second), second)).toBe('yes');
    expect(tryTo(toDecide, takenBy(referrer), referrer)).toBe('right-missing');
  });

  test('B2 a reopened case is assigned again', () => {
    const reopened = [...refusedAndSent, request];
    expect(foldCase(reopened)).not.toHaveProperty('assignee');
    expect(tryTo(reopened, grantedBy(decider), decider)).toBe('not-assigned');
  });
});

describe('when', () => {
  test('B3 a case is received once, and first', () => {
    expect(tryTo([], takenBy(decider), decider)).toBe('not-received');
    expect(tryTo([received], received, referrer)).toBe('already-received');
  });

  test('B3 a decision is made once; letters and closing follow it', () => {
    const decided = [...toDecide, grantedBy(decider)];
    expect(tryTo(decided, refusedBy(decider), decider)).toBe('not-open');
    expect(tryTo(toDecide, letterBy(decider), decider)).toBe('not-decided');
    expect(tryTo(toDecide, closedBy(decider), decider)).toBe('not-decided');
    expect(tryTo(decided, letterBy(decider), decider)).toBe('yes');
  });

  test('B3 after closing there is nothing but a reopening', () => {
    const closed = [...refusedAndSent, closedBy(decider)];
    expect(tryTo(closed, letterBy(decider), decider)).toBe('closed');
    expect(tryTo(closed, takenBy(second), second)).toBe('closed');
    expect(tryTo(closed, asked, receiver)).toBe('not-open');
    expect(tryTo(closed, request, receiver)).toBe('yes');
  });
});

describe('what is needed first', () => {
  test('B4 a proof is kept as its kind, its day and who saw it', () => {
    const seen = log(receiver, { kind: 'proof-seen', proof: 'unemployment', on: today });
    expect(tryTo([received, takenBy(receiver)], seen, receiver)).toBe('yes');
    expect(foldCase([received, takenBy(receiver), seen])?.proofs).toEqual([
      { proof: 'unemployment', on: today, by: 'receiver' },
    ]);
  });

  test('B5 an incomplete case is not granted until what was missing has come', () => {
    const got = log(receiver, { kind: 'information-received', isIncomplete: false });
    expect(tryTo([incomplete, takenBy(decider)], grantedBy(decider), decider)).toBe('incomplete');
    expect(tryTo([incomplete, asked, got, takenBy(decider)], grantedBy(decider), decider)).toBe('yes');
  });

  test('B5 nobody decides against a person who may still answer', () => {
    const waiting = [incomplete, takenBy(receiver), asked, takenBy(decider)];
    const lapsed = (on: string) => log(decider, { kind: 'lapsed', on, text: 'no answer' });
    expect(tryTo(waiting, refusedBy(decider), decider)).toBe('still-waiting');
    expect(tryTo(waiting, lapsed('2026-03-09'), decider)).toBe('still-waiting');
    expect(tryTo(waiting, lapsed('2026-03-10'), decider)).toBe('yes');
  });

  test('B5 a case waits since it was first asked for more', () => {
    const later = { ...asked, at: at + 1000, until: '2026-03-20' } as CaseAction;
    expect(foldCase([received, asked, later])?.waiting).toEqual({ since: at, until: '2026-03-20' });
  });

  test('B6 possible duplicates are judged before a grant, and do not stand in the way of a refusal', () => {
    const flagged = [...toDecide, found];
    expect(tryTo(flagged, grantedBy(decider), decider)).toBe('duplicate-not-judged');
    expect(tryTo(flagged, refusedBy(decider), decider)).toBe('yes');
    expect(tryTo([...flagged, different], grantedBy(decider), decider)).toBe('yes');
  });

  test('B6 what was judged is not asked again; what is newly found is', () => {
    const judged = [received, found, different, found];
    expect(stateAfter(judged)?.flags).toEqual([]);
    const more = log(server, { kind: 'flagged', persons: ['p1', 'p3'], cards: [] });
    expect(foldCase([...judged, more])?.possibleDuplicates).toEqual({ persons: ['p3'], cards: [] });
  });

  test('B6 a verdict names the person, and can be changed while the case is open', () => {
    const same = log(receiver, { kind: 'duplicate-judged', verdict: 'same', person: 'p2' });
    expect(foldCase([received, found, same])?.person).toBe('p2');
    expect(foldCase([received, found, same, different])).not.toHaveProperty('person');
    expect(tryTo([received, takenBy(receiver), found, same], different, receiver)).toBe('yes');
  });

  test('B6 there is no verdict about nothing', () => {
    expect(tryTo([received, takenBy(receiver)], different, receiver)).toBe('nothing-to-judge');
  });

  test('B7 nothing is granted over the cap, until there is room again', () => {
    const over = (isOver: boolean) => log(server, { kind: 'over-cap', isOver });
    expect(tryTo([...toDecide, over(true)], grantedBy(decider), decider)).toBe('over-cap');
    expect(tryTo([...toDecide, over(true)], refusedBy(decider), decider)).toBe('yes');
    expect(tryTo([...toDecide, over(true), over(false)], grantedBy(decider), decider)).toBe('yes');
  });

  test('B8 nobody decides what they have entered, unless they may, and then it is marked', () => {
    const both = who('referrer', 'decide', 'referrer');
    const trusted = who('referrer', 'decide', 'referrer', 'self-approve');
    const past = [received, takenBy(both)];
    const marked = { ...grantedBy(both), isSelfApproved: true } as CaseAction;
    expect(tryTo(past, grantedBy(both), both)).toBe('own-referral');
    expect(tryTo(past, marked, both)).toBe('own-referral');
    expect(tryTo(past, grantedBy(both), trusted)).toBe('self-approval-unmarked');
    expect(tryTo(past, marked, trusted)).toBe('yes');
    expect(foldCase([...past, marked])?.conclusions[0]?.isSelfApproved).toBe(true);
  });

  test('B8 neither who sent it nor who made it on the device decides it', () => {
    const both = who('referrer', 'decide', 'referrer');
    const sentByAnother = { ...received, by: 'another', madeBy: 'referrer' } as CaseAction;
    expect(tryTo([sentByAnother, takenBy(both)], grantedBy(both), both)).toBe('own-referral');
  });

  test('B8 nothing else carries the mark', () => {
    const marked = { ...grantedBy(decider), isSelfApproved: true } as CaseAction;
    expect(tryTo(toDecide, marked, decider)).toBe('not-self-approval');
  });

  test('B9 a refusal says why', () => {
    const refusal = (text: string) => log(decider, { ...decision, outcome: 'refused', text });
    expect(tryTo(toDecide, refusal('  '), decider)).toBe('reasons-missing');
    expect(tryTo(toDecide, refusal('Lives in another town.'), decider)).toBe('yes');
    expect(tryTo(toDecide, { ...refusal(''), outcome: 'not-examined' } as CaseAction, decider)).toBe(
      'reasons-missing',
    );
  });
});

describe('letters, closing and reopening', () => {
  test('B10 a letter and a request are not older than the decision', () => {
    const early = { ...letterBy(decider), on: '2026-03-01' } as CaseAction;
    expect(tryTo([...toDecide, grantedBy(decider)], early, decider)).toBe('before-decision');
    expect(tryTo(refusedAndSent, { ...request, on: '2026-03-01' } as CaseAction, receiver)).toBe(
      'before-decision',
    );
  });

  test('B11 a decision is closed after its letter', () => {
    expect(tryTo([...toDecide, grantedBy(decider)], closedBy(decider), decider)).toBe('letter-missing');
    expect(tryTo(refusedAndSent, closedBy(decider), decider)).toBe('yes');
    expect(stateAfter([...refusedAndSent, closedBy(decider)])).toMatchObject({
      state: 'closed',
      outcome: 'refused',
    });
  });

  test('B11 a record of a hand-out and a withdrawal need no letter', () => {
    const withdrawn = log(decider, { kind: 'withdrawn', on: today });
    expect(tryTo([handOut, takenBy(decider), grantedBy(decider)], closedBy(decider), decider)).toBe('yes');
    expect(tryTo([...toDecide, withdrawn], closedBy(decider), decider)).toBe('yes');
  });

  test('B12 a rectification is about what was decided and made known', () => {
    const withdrawn = log(decider, { kind: 'withdrawn', on: today });
    expect(tryTo(toDecide, request, receiver)).toBe('not-decided');
    expect(tryTo([...toDecide, refusedBy(decider)], request, receiver)).toBe('nothing-to-rectify');
    expect(tryTo([...toDecide, withdrawn], request, receiver)).toBe('nothing-to-rectify');
    expect(tryTo(refusedAndSent, request, receiver)).toBe('yes');
  });

  test('B13 a rectification is decided by somebody else, also the second one', () => {
    const reopened = [...refusedAndSent, request];
    expect(stateAfter(reopened)).toEqual({
      state: 'received',
      outcome: 'refused',
      flags: ['rectification-requested'],
    });
    expect(tryTo([...reopened, takenBy(decider)], grantedBy(decider), decider)).toBe('decided-before');
    const again = [...reopened, takenBy(second), refusedBy(second), letterBy(second), request];
    const taken = (by: Actor) => tryTo([...again, takenBy(by)], refusedBy(by), by);
    expect([taken(decider), taken(second), taken(who('third', 'decide'))]).toEqual([
      'decided-before',
      'decided-before',
      'yes',
    ]);
  });

  test('B13 a rectification does not lapse by the hand of who decided', () => {
    const lapsed = log(decider, { kind: 'lapsed', on: '2026-03-20', text: '' });
    expect(tryTo([...refusedAndSent, request, takenBy(decider)], lapsed, decider)).toBe('decided-before');
  });

  test('B13 a request that is withdrawn or comes too late leaves the decision as it was', () => {
    const reopened = [...refusedAndSent, request, takenBy(second)];
    const withdrawn = log(second, { kind: 'withdrawn', on: '2026-03-12' });
    const late = log(second, { ...decision, outcome: 'not-examined', on: '2026-03-12', text: 'late' });
    expect(stateAfter([...reopened, withdrawn])).toEqual({ state: 'decided', outcome: 'refused', flags: [] });
    expect(stateAfter([...reopened, late])).toEqual({ state: 'decided', outcome: 'refused', flags: [] });
    expect(stateAfter([...reopened, grantedBy(second)])?.outcome).toBe('granted');
  });

  test('B14 a refused hand-out becomes a decision when the person asks for one', () => {
    const inWriting = log(receiver, { kind: 'written-decision-requested', on: today });
    const refused = [handOut, takenBy(decider), refusedBy(decider), closedBy(decider)];
    expect(tryTo(refused, inWriting, receiver)).toBe('yes');
    expect(tryTo([handOut, takenBy(decider), grantedBy(decider)], inWriting, receiver)).toBe(
      'not-a-refused-hand-out',
    );
    expect(tryTo(refusedAndSent, inWriting, receiver)).toBe('not-a-refused-hand-out');
    const decided = [...refused, inWriting, takenBy(decider), refusedBy(decider)];
    expect(tryTo(decided, closedBy(decider), decider)).toBe('letter-missing');
  });
});
