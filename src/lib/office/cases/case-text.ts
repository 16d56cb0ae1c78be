import type { CaseAction, CaseOutcome } from '$lib/domain/benefit/case-action';
import { caseRefusals, type CaseRefusal } from '$lib/domain/benefit/case-refusal';
import type { CaseFlag, CaseState } from '$lib/domain/benefit/case-status';
import { day, type Instant } from '$lib/domain/time/day';
import type { OfficeFailure } from '$lib/office/session/ask';
import { describeFailure } from '$lib/office/session/failure-text';
import { m } from '$lib/paraglide/messages';
import { formatDay } from '$lib/ui/format';
import type { CaseView } from './cases-api';

const views: Record<CaseView, () => string> = {
  mine: m.cases_view_mine,
  unassigned: m.cases_view_unassigned,
  open: m.cases_view_open,
  waiting: m.cases_view_waiting,
  decided: m.cases_view_decided,
  closed: m.cases_view_closed,
};
export const viewText = (view: CaseView): string => views[view]();

const outcomes: Record<CaseOutcome, () => string> = {
  granted: m.case_granted,
  refused: m.case_refused,
  'not-examined': m.case_not_examined,
  withdrawn: m.case_withdrawn,
  lapsed: m.case_lapsed,
};
export const outcomeText = (outcome: CaseOutcome): string => outcomes[outcome]();

/** The state, and the outcome once there is one. */
export function stateText(state: CaseState, outcome: CaseOutcome | undefined): string {
  switch (state) {
    case 'received':
      return m.case_state_received();
    case 'decided':
      return outcome ? outcomeText(outcome) : m.case_state_decided();
    case 'closed':
      return outcome ? m.case_state_closed({ outcome: outcomeText(outcome) }) : m.case_state_decided();
  }
}

const flags: Record<CaseFlag, () => string> = {
  incomplete: m.case_flag_incomplete,
  'possible-duplicate': m.case_flag_duplicate,
  'waiting-for-information': m.case_flag_waiting,
  'over-cap': m.case_flag_over_cap,
  'rectification-requested': m.case_flag_rectification,
  'written-decision-requested': m.case_flag_written_decision,
};
export const flagText = (flag: CaseFlag): string => flags[flag]();

/** "today", "yesterday" or "12 days". */
export function ageText(since: Instant, now: Instant): string {
  const days = Math.floor((now - since) / day);
  if (days < 1) return m.case_age_today();
  return days === 1 ? m.case_age_day() : m.case_age_days({ days });
}

const refusals: Record<CaseRefusal, () => string> = {
  'other-account': m.case_no_other_account,
  'right-missing': m.case_no_right,
  'not-received': m.case_no_not_received,
  'already-received': m.case_no_not_received,
  'not-open': m.case_no_not_open,
  'not-decided': m.case_no_not_decided,
  closed: m.case_no_closed,
  'not-assigned': m.case_no_not_assigned,
  'assigned-to-other': m.case_no_assigned_to_other,
  'nothing-to-judge': m.case_no_nothing_to_judge,
  'own-referral': m.case_no_own_referral,
  'self-approval-unmarked': m.case_no_self_approval,
  'not-self-approval': m.case_no_not_self_approval,
  'decided-before': m.case_no_decided_before,
  incomplete: m.case_no_incomplete,
  'duplicate-not-judged': m.case_no_duplicate,
  'over-cap': m.case_no_over_cap,
  'still-waiting': m.case_no_still_waiting,
  'reasons-missing': m.case_no_reasons,
  'before-decision': m.case_no_before_decision,
  'letter-missing': m.case_no_letter,
  'nothing-to-rectify': m.case_no_nothing_to_rectify,
  'not-a-refused-hand-out': m.case_no_hand_out,
};

/** The rule that says no, or what else went wrong. */
export function caseFailureText(failure: OfficeFailure): string {
  if (failure.kind !== 'failed') return describeFailure(failure);
  const rule = caseRefusals.find((each) => each === failure.error);
  if (rule !== undefined) return refusals[rule]();
  return failure.error === 'changed' ? m.case_changed() : describeFailure(failure);
}

/** Why a card was not handed out. */
export function handOutFailureText(failure: OfficeFailure): string {
  switch (failure.kind === 'failed' ? failure.error : undefined) {
    case 'card-taken':
      return m.case_card_taken();
    case 'card-in-use':
      return m.case_card_in_use();
    case 'has-card':
      return m.case_has_card();
    default:
      return describeFailure(failure);
  }
}

/** What an entry of the log says, without who and when. */
export function actionText(action: CaseAction): string {
  switch (action.kind) {
    case 'received':
      return m.case_log_received();
    case 'assigned':
      return m.case_log_assigned({ account: action.to });
    case 'flagged':
      return m.case_log_flagged({ count: action.persons.length + action.cards.length });
    case 'duplicate-judged':
      return action.verdict === 'same' ? m.case_log_same() : m.case_log_different();
    case 'information-requested':
      return m.case_log_asked({ what: action.what, until: formatDay(action.until) });
    case 'information-received':
      return action.isIncomplete ? m.case_log_still_incomplete() : m.case_log_complete();
    case 'proof-seen':
      return m.case_log_proof({ proof: action.proof, on: formatDay(action.on) });
    case 'over-cap':
      return action.isOver ? m.case_log_over_cap() : m.case_log_under_cap();
    case 'decided': {
      const outcome = outcomeText(action.outcome);
      return action.isSelfApproved ? m.case_log_self_decided({ outcome }) : m.case_log_decided({ outcome });
    }
    case 'withdrawn':
      return m.case_log_withdrawn({ on: formatDay(action.on) });
    case 'lapsed':
      return m.case_log_lapsed({ on: formatDay(action.on) });
    case 'letter-sent':
      return m.case_log_letter({ on: formatDay(action.on) });
    case 'rectification-requested':
      return m.case_log_rectification({ on: formatDay(action.on) });
    case 'written-decision-requested':
      return m.case_log_written_decision({ on: formatDay(action.on) });
    case 'closed':
      return m.case_log_closed();
  }
}
