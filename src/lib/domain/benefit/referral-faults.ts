import { mayRefer, type Criteria, type Question } from './criteria';

/** A yes or no, the id of an option, or a text. */
export type Answer = boolean | string;

/** What a referral says about the criteria. */
export interface ReferralAnswers {
  organisation: string;
  servicePath: string;
  /** By question id. */
  answers: Readonly<Record<string, Answer>>;
  /** Ids of the kinds of proof that were shown. */
  proofs: readonly string[];
}

/** Longest answer in words. */
export const longestAnswer = 500;

/** What is wrong with a referral, and where. */
export type ReferralFault =
  | { kind: 'unanswered'; question: string }
  | { kind: 'wrong-kind'; question: string }
  | { kind: 'not-an-option'; question: string }
  | { kind: 'too-long'; question: string }
  | { kind: 'unknown-question'; question: string }
  | { kind: 'unknown-proof'; proof: string }
  | { kind: 'unknown-path'; servicePath: string }
  | { kind: 'may-not-refer'; servicePath: string };

/**
 * B20 B21: what is wrong with a referral against a version of the criteria; nothing if it is complete. What
 * is only missing ('unanswered') makes a case incomplete; the rest is refused at the form.
 */
export function referralFaults(criteria: Criteria, referral: ReferralAnswers): ReferralFault[] {
  const { answers, proofs } = referral;
  const asked = new Set(criteria.questions.map(({ id }) => id));
  const shown = new Set(criteria.proofs.map(({ id }) => id));
  return [
    ...pathFaults(criteria, referral),
    ...criteria.questions.flatMap((question) => answerFaults(question, answerTo(question, answers))),
    ...Object.keys(answers)
      .filter((id) => !asked.has(id))
      .map((question) => ({ kind: 'unknown-question', question }) as const),
    ...proofs.filter((id) => !shown.has(id)).map((proof) => ({ kind: 'unknown-proof', proof }) as const),
  ];
}

function pathFaults(criteria: Criteria, { servicePath, organisation }: ReferralAnswers): ReferralFault[] {
  if (!criteria.servicePaths.some(({ id }) => id === servicePath))
    return [{ kind: 'unknown-path', servicePath }];
  return mayRefer(criteria, organisation, servicePath) ? [] : [{ kind: 'may-not-refer', servicePath }];
}

const answerTo = ({ id }: Question, answers: ReferralAnswers['answers']): Answer | undefined =>
  Object.hasOwn(answers, id) ? answers[id] : undefined;

function answerFaults(question: Question, answer: Answer | undefined): ReferralFault[] {
  const fault = (kind: 'unanswered' | 'wrong-kind' | 'not-an-option' | 'too-long'): ReferralFault[] => [
    { kind, question: question.id },
  ];
  if (answer === undefined || (typeof answer === 'string' && answer.trim() === ''))
    return question.isRequired ? fault('unanswered') : [];
  if (question.kind === 'yes-no') return typeof answer === 'boolean' ? [] : fault('wrong-kind');
  if (typeof answer !== 'string') return fault('wrong-kind');
  if (question.kind === 'choice')
    return question.options.some(({ id }) => id === answer) ? [] : fault('not-an-option');
  return answer.length > longestAnswer ? fault('too-long') : [];
}
