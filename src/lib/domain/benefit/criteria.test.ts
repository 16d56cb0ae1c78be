import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '$lib/domain/time/day';
import { criteriaOn, mayRefer, validUntil, type Criteria } from './criteria';
import { longestAnswer, referralFaults, type ReferralAnswers } from './referral-faults';

const inAll = (text: string) => ({ fi: text, sv: text, en: text });
const criteria: Criteria = {
  version: 1,
  from: '2026-01-01',
  mode: 'decision',
  questions: [
    { id: 'resident', kind: 'yes-no', text: inAll('Lives here'), isRequired: true },
    {
      id: 'situation',
      kind: 'choice',
      text: inAll('Situation'),
      isRequired: true,
      options: [{ id: 'unemployed', names: inAll('Unemployed') }],
    },
    { id: 'wishes', kind: 'text', text: inAll('Wishes'), isRequired: false },
  ],
  proofs: [{ id: 'unemployment', names: inAll('Certificate of unemployment') }],
  servicePaths: [
    { id: 'social-work', names: inAll('Social work'), organisations: ['social-services'] },
    { id: 'workshop', names: inAll('Workshop'), organisations: ['youth-workshop'] },
  ],
  validity: { months: 12 },
  whoQualifies: inAll('…'),
  whatElse: inAll('…'),
};
const referral: ReferralAnswers = {
  organisation: 'youth-workshop',
  servicePath: 'workshop',
  answers: { resident: true, situation: 'unemployed' },
  proofs: ['unemployment'],
};
const faultsWith = (changes: Partial<ReferralAnswers>) =>
  referralFaults(criteria, { ...referral, ...changes });
const faultsOf = (answers: ReferralAnswers['answers']) =>
  faultsWith({ answers: { ...referral.answers, ...answers } });

describe('which version applies', () => {
  const versions = [
    { version: 3, from: '2026-09-01' },
    { version: 1, from: '2026-01-01' },
    { version: 2, from: '2026-09-01' },
  ];
  test.each([
    ['2025-12-31', undefined],
    ['2026-01-01', 1],
    ['2026-08-31', 1],
    ['2026-09-01', 3],
  ])('B18 on %s', (day, version) => {
    expect(criteriaOn(versions, day)?.version).toBe(version);
  });
});

describe('how long a grant is valid', () => {
  test.each([
    [{ months: 12 }, '2026-03-02', '2027-03-02'],
    [{ months: 6 }, '2026-08-31', '2027-02-28'],
    [{ until: '12-31' }, '2026-03-02', '2026-12-31'],
    [{ until: '05-31' }, '2026-06-01', '2027-05-31'],
    [{ until: '05-31' }, '2026-05-31', '2026-05-31'],
    [{ until: '02-29' }, '2026-01-01', '2026-02-28'],
    [{ until: '02-29' }, '2027-03-01', '2028-02-29'],
    [{ until: '02-29' }, '2100-01-01', '2100-02-28'],
  ])('B19 %j from %s: until %s', (validity, from, until) => {
    expect(validUntil(validity, from)).toBe(until);
  });

  test('B19 a grant never ends before it begins, nor later than said', () => {
    const someUntil = fc.constantFrom('01-01', '02-28', '02-29', '05-31', '12-31');
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), someUntil, (offset, until) => {
        const from = addDays('2020-01-01', offset);
        const last = validUntil({ until }, from);
        expect(last >= from && last <= addDays(from, 366)).toBe(true);
      }),
    );
  });
});

describe('who may refer', () => {
  test('B20 an organisation refers by the paths that name it', () => {
    expect(mayRefer(criteria, 'youth-workshop')).toBe(true);
    expect(mayRefer(criteria, 'youth-workshop', 'social-work')).toBe(false);
    expect(mayRefer(criteria, 'sports-club')).toBe(false);
  });

  test('B20 another path is a fault, and so is one that does not exist', () => {
    expect(faultsWith({ servicePath: 'social-work' })).toEqual([
      { kind: 'may-not-refer', servicePath: 'social-work' },
    ]);
    expect(faultsWith({ servicePath: 'church' })).toEqual([{ kind: 'unknown-path', servicePath: 'church' }]);
  });
});

describe('what is wrong with a referral', () => {
  test('B21 nothing, if it answers what has to be answered', () => {
    expect(referralFaults(criteria, referral)).toEqual([]);
    expect(faultsOf({ wishes: 'Swimming' })).toEqual([]);
  });

  test('B21 a no is an answer; nothing and blanks are none', () => {
    expect(faultsOf({ resident: false })).toEqual([]);
    expect(faultsOf({ situation: '  ' })).toEqual([{ kind: 'unanswered', question: 'situation' }]);
    expect(faultsWith({ answers: {} })).toEqual([
      { kind: 'unanswered', question: 'resident' },
      { kind: 'unanswered', question: 'situation' },
    ]);
  });

  test.each([
    [{ resident: 'yes' }, 'wrong-kind', 'resident'],
    [{ situation: true }, 'wrong-kind', 'situation'],
    [{ situation: 'rich' }, 'not-an-option', 'situation'],
    [{ wishes: 'x'.repeat(longestAnswer + 1) }, 'too-long', 'wishes'],
    [{ income: '0' }, 'unknown-question', 'income'],
  ])('B21 %j is %s', (answers, kind, question) => {
    expect(faultsOf(answers as ReferralAnswers['answers'])).toEqual([{ kind, question }]);
  });

  test('B21 a question named like a property of every object is not answered by that', () => {
    const odd = {
      ...criteria,
      questions: criteria.questions.map((each) => ({ ...each, id: 'constructor' })),
    };
    expect(referralFaults(odd, { ...referral, answers: {} })[0]).toEqual({
      kind: 'unanswered',
      question: 'constructor',
    });
  });

  test('B21 a proof that may not be shown is not recorded', () => {
    expect(faultsWith({ proofs: ['diagnosis'] })).toEqual([{ kind: 'unknown-proof', proof: 'diagnosis' }]);
  });
});
