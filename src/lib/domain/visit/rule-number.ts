import { choicesAllowed, type ServiceRule } from '$lib/domain/catalogue/service';
import type { Mark, Question, Refusal, Verdict } from './verdict';

export const ruleNumbers = [
  'R1',
  'R2',
  'R3',
  'R4',
  'R5',
  'R6',
  'R7',
  'R8',
  'R9',
  'R10',
  'R11',
  'R12',
  'R13',
] as const;
/** A rule that can decide a visit; R14 decides through R4's dates, R15 and R16 are about what follows. */
export type RuleNumber = (typeof ruleNumbers)[number];

/**
 * The rule of RULES.md that decided; undefined for an admission without a mark.
 * @param rule how the card uses the service: R9 covers what the holder chooses, R10 what is listed
 */
export function ruleNumberOf(verdict: Verdict, rule?: ServiceRule): RuleNumber | undefined {
  switch (verdict.outcome) {
    case 'already-logged':
      return 'R8';
    case 'ask':
      return ruleOfQuestion(verdict.reason, rule);
    case 'refuse':
      return ruleOfRefusal(verdict.reason, rule);
    case 'admit': {
      const mark = verdict.marks[0];
      return mark === undefined ? undefined : ruleOfMark(mark);
    }
  }
}

const ofOfferings = (rule: ServiceRule | undefined): RuleNumber =>
  choicesAllowed(rule) === undefined ? 'R10' : 'R9';

function ruleOfMark(mark: Mark): RuleNumber {
  switch (mark) {
    case 'in-grace':
      return 'R4';
    case 'by-signature':
      return 'R2';
    case 'stale-register':
      return 'R12';
  }
}

function ruleOfQuestion(reason: Question['reason'], rule: ServiceRule | undefined): RuleNumber {
  switch (reason) {
    case 'stale-register':
      return 'R12';
    case 'clock-wrong':
      return 'R13';
    case 'unreadable-card':
      return 'R3';
    case 'choose-offering':
      return ofOfferings(rule);
    case 'confirm-choice':
      return 'R9';
  }
}

function ruleOfRefusal(reason: Refusal['reason'], rule: ServiceRule | undefined): RuleNumber {
  switch (reason) {
    case 'not-a-card':
      return 'R1';
    case 'not-genuine':
    case 'unknown-card':
      return 'R2';
    case 'suspended':
    case 'lost':
    case 'replaced':
    case 'ended':
      return 'R3';
    case 'not-yet-valid':
    case 'expired':
      return 'R4';
    case 'paused':
    case 'closed':
    case 'outside-hours':
      return 'R5';
    case 'not-included':
      return 'R6';
    case 'limit-reached':
      return 'R7';
    case 'other-chosen':
    case 'choice-ended':
      return 'R9';
    case 'not-listed':
    case 'sold-out':
      return ofOfferings(rule);
    case 'too-many-people':
      return 'R11';
    case 'stale-register':
      return 'R12';
  }
}
