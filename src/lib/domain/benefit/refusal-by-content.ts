import type { LocalDate } from '$lib/domain/time/day';
import type { CaseAction } from './case-action';
import type { CaseRefusal } from './case-refusal';
import { inForce, isEmpty, type CaseStatus } from './case-status';
import type { Actor } from './logged';

type Decided = Extract<CaseAction, { kind: 'decided' }>;

/** B5 to B14: what must be true of the case, and of the action itself. */
export function refusalByContent(
  status: CaseStatus,
  action: CaseAction,
  actor: Actor,
): CaseRefusal | undefined {
  switch (action.kind) {
    case 'duplicate-judged':
      return action.verdict === 'different' && nothingFound(status) ? 'nothing-to-judge' : undefined;
    case 'decided':
      return (
        refusalByOwnReferral(status, action, actor) ??
        refusalByEarlierDecision(status, actor.account) ??
        (action.outcome === 'granted' ? refusalOfGrant(status) : refusalOfRefusal(status, action))
      );
    case 'lapsed':
      return refusalByEarlierDecision(status, actor.account) ?? refusalByWaiting(status, action.on);
    case 'letter-sent':
      return refusalByDay(status, action.on);
    case 'closed':
      return needsLetter(status) ? 'letter-missing' : undefined;
    case 'rectification-requested':
      return isRectifiable(status) ? refusalByDay(status, action.on) : 'nothing-to-rectify';
    case 'written-decision-requested':
      return isRefusedHandOut(status) ? refusalByDay(status, action.on) : 'not-a-refused-hand-out';
    default:
      return undefined;
  }
}

/** B6 */
const nothingFound = ({ possibleDuplicates, judgedDuplicates }: CaseStatus): boolean =>
  isEmpty(possibleDuplicates) && isEmpty(judgedDuplicates);

/** B8: never on what one has entered oneself, unless that is allowed, and then it is marked. */
function refusalByOwnReferral(
  { enteredBy, madeBy }: CaseStatus,
  { isSelfApproved = false }: Decided,
  { account, rights }: Actor,
): CaseRefusal | undefined {
  if (enteredBy !== account && madeBy !== account) return isSelfApproved ? 'not-self-approval' : undefined;
  if (!rights.has('self-approve')) return 'own-referral';
  return isSelfApproved ? undefined : 'self-approval-unmarked';
}

/** B13: a request for rectification is decided by somebody who has not decided the case before. */
function refusalByEarlierDecision(
  { reopening, conclusions }: CaseStatus,
  account: string,
): CaseRefusal | undefined {
  if (reopening?.kind !== 'rectification') return undefined;
  const hasDecided = conclusions.some(({ by, outcome }) => by === account && outcome !== 'withdrawn');
  return hasDecided ? 'decided-before' : undefined;
}

/** B5 B6 B7 */
function refusalOfGrant(status: CaseStatus): CaseRefusal | undefined {
  if (status.isIncomplete) return 'incomplete';
  if (!isEmpty(status.possibleDuplicates)) return 'duplicate-not-judged';
  return status.isOverCap ? 'over-cap' : undefined;
}

/** B5 B9 */
function refusalOfRefusal(status: CaseStatus, { reasons, text, on }: Decided): CaseRefusal | undefined {
  if (reasons.length === 0 && text.trim() === '') return 'reasons-missing';
  return refusalByWaiting(status, on);
}

/** B5: nobody decides against a person whose time to answer is not over. */
const refusalByWaiting = ({ waiting }: CaseStatus, on: LocalDate): CaseRefusal | undefined =>
  waiting && on <= waiting.until ? 'still-waiting' : undefined;

/** B10 */
function refusalByDay({ conclusions }: CaseStatus, on: LocalDate): CaseRefusal | undefined {
  const newest = conclusions.at(-1);
  return newest && on < newest.on ? 'before-decision' : undefined;
}

/** B11: a decision is made known; a hand-out's record is not a decision, and who withdraws knows it. */
function needsLetter({ mode, conclusions }: CaseStatus): boolean {
  const newest = conclusions.at(-1);
  if (!newest || newest.letters.length > 0) return false;
  return mode === 'decision' && newest.outcome !== 'withdrawn' && newest.outcome !== 'lapsed';
}

/** B12: only what has been decided and made known. */
function isRectifiable(status: CaseStatus): boolean {
  const held = inForce(status);
  return held !== undefined && held.outcome !== 'withdrawn' && held.letters.length > 0;
}

/** B14 */
const isRefusedHandOut = (status: CaseStatus): boolean =>
  status.mode === 'hand-out' && (inForce(status)?.outcome ?? 'granted') !== 'granted';
