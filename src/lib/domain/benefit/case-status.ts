import type { Instant, LocalDate } from '$lib/domain/time/day';
import type { CaseOutcome, CaseSource, Duplicates, LetterWay, SchemeMode } from './case-action';

/** A draft exists on a device only, and has no log. */
export const caseStates = ['received', 'decided', 'closed'] as const;
export type CaseState = (typeof caseStates)[number];

export const caseFlags = [
  'incomplete',
  'possible-duplicate',
  'waiting-for-information',
  'over-cap',
  'rectification-requested',
  'written-decision-requested',
] as const;
export type CaseFlag = (typeof caseFlags)[number];

/** Why a case was taken up again after it had an outcome. */
export interface Reopening {
  kind: 'rectification' | 'written-decision';
  on: LocalDate;
}

export interface Letter {
  way: LetterWay;
  on: LocalDate;
  /** The stored copy. */
  letter?: string;
}

/** What ended a round of the case's handling. A case has one, and one more for every time it is reopened. */
export interface Conclusion {
  outcome: CaseOutcome;
  by: string;
  at: Instant;
  on: LocalDate;
  isSelfApproved: boolean;
  /** What it answers, if the case had an outcome before. */
  reopening?: Reopening;
  letters: readonly Letter[];
}

/** The fold of a case's log: plain JSON, and never stored. */
export interface CaseStatus {
  state: CaseState;
  source: CaseSource;
  mode: SchemeMode;
  receivedAt: Instant;
  /** The account that referred, or that typed the application in. */
  enteredBy: string;
  /** Who made it on the device, if that was another account. */
  madeBy?: string;
  organisation?: string;
  assignee?: string;
  isIncomplete: boolean;
  /** Found, and not judged by anybody yet. */
  possibleDuplicates: Duplicates;
  /** Found, and judged: the same ones raise the flag only once. */
  judgedDuplicates: Duplicates;
  /** The person that an official has recognised. */
  person?: string;
  waiting?: { since: Instant; until: LocalDate };
  isOverCap: boolean;
  proofs: readonly { proof: string; on: LocalDate; by: string }[];
  /** While the case is open again. */
  reopening?: Reopening;
  /** Oldest first. */
  conclusions: readonly Conclusion[];
}

export const isEmpty = ({ persons, cards }: Duplicates): boolean => persons.length + cards.length === 0;

/** What the inbox shows beside the state. */
export function flagsOf(status: CaseStatus): CaseFlag[] {
  const raised: Record<CaseFlag, boolean> = {
    incomplete: status.isIncomplete,
    'possible-duplicate': !isEmpty(status.possibleDuplicates),
    'waiting-for-information': status.waiting !== undefined,
    'over-cap': status.isOverCap,
    'rectification-requested': status.reopening?.kind === 'rectification',
    'written-decision-requested': status.reopening?.kind === 'written-decision',
  };
  return caseFlags.filter((flag) => raised[flag]);
}

/** B13: a request that was withdrawn, lapsed or was not examined leaves what was decided before. */
export function inForce({ conclusions }: Pick<CaseStatus, 'conclusions'>): Conclusion | undefined {
  return conclusions.findLast(
    ({ reopening, outcome }) => !reopening || outcome === 'granted' || outcome === 'refused',
  );
}

/** The outcome that holds, if there is one yet; while a case is open again, the earlier one still does. */
export const outcomeOf = (status: CaseStatus): CaseOutcome | undefined => inForce(status)?.outcome;
