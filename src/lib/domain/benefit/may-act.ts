import type { CaseAction } from './case-action';
import { inForce, isEmpty, type CaseStatus } from './case-status';
import { rightsFor } from './case-rights';
import type { Actor, Permission } from './logged';

/** Why an account may not do something to a case, now. */
export const caseRefusals = [
  'other-account',
  'right-missing',
  'not-received',
  'already-received',
  'not-open',
  'not-decided',
  'closed',
  'not-assigned',
  'assigned-to-other',
  'nothing-to-judge',
  'own-referral',
  'self-approval-unmarked',
  'not-self-approval',
  'decided-before',
  'incomplete',
  'duplicate-not-judged',
  'over-cap',
  'still-waiting',
  'reasons-missing',
  'before-decision',
  'letter-missing',
  'nothing-to-rectify',
  'not-a-refused-hand-out',
] as const;
export type CaseRefusal = (typeof caseRefusals)[number];

type Decided = Extract<CaseAction, { kind: 'decided' }>;

/** Whether an actor may log this action now, by the rules B1 to B14 of RULES.md; the first that says no. */
export function mayAct(
  status: CaseStatus | undefined,
  action: CaseAction,
  actor: Actor,
): Permission<CaseRefusal> {
  const reason = refusalByRights(action, actor) ?? refusalByCase(status, action, actor);
  return reason === undefined ? { ok: true } : { ok: false, reason };
}

/** B1: in one's own name, by a right that one has and that is enough for the action. */
function refusalByRights(action: CaseAction, { account, rights }: Actor): CaseRefusal | undefined {
  if (action.by !== account) return 'other-account';
  return rights.has(action.role) && rightsFor(action).includes(action.role) ? undefined : 'right-missing';
}

function refusalByCase(
  status: CaseStatus | undefined,
  action: CaseAction,
  actor: Actor,
): CaseRefusal | undefined {
  if (action.kind === 'received') return status ? 'already-received' : undefined;
  if (!status) return 'not-received';
  return (
    refusalByState(status, action) ??
    refusalByAssignee(status, action, actor.account) ??
    refusalByContent(status, action, actor)
  );
}

/** B3: what can be done in which state. */
function refusalByState({ state }: CaseStatus, { kind }: CaseAction): CaseRefusal | undefined {
  switch (kind) {
    case 'received':
      return 'already-received';
    case 'assigned':
      return state === 'closed' ? 'closed' : undefined;
    case 'letter-sent':
    case 'closed':
      if (state === 'closed') return 'closed';
      return state === 'decided' ? undefined : 'not-decided';
    case 'rectification-requested':
    case 'written-decision-requested':
      return state === 'received' ? 'not-decided' : undefined;
    case 'flagged':
    case 'duplicate-judged':
    case 'information-requested':
    case 'information-received':
    case 'proof-seen':
    case 'over-cap':
    case 'decided':
    case 'withdrawn':
    case 'lapsed':
      return state === 'received' ? undefined : 'not-open';
  }
}

/** B2: whoever a case is assigned to writes to it, and nobody else. */
function refusalByAssignee(
  { assignee }: CaseStatus,
  { kind, role }: CaseAction,
  account: string,
): CaseRefusal | undefined {
  if (role === 'server' || anybodys.has(kind)) return undefined;
  if (assignee === undefined) return 'not-assigned';
  return assignee === account ? undefined : 'assigned-to-other';
}

/** Assigning comes before an assignee, and a request is taken in by whoever it reaches. */
const anybodys: ReadonlySet<CaseAction['kind']> = new Set([
  'assigned',
  'rectification-requested',
  'written-decision-requested',
]);

function refusalByContent(status: CaseStatus, action: CaseAction, actor: Actor): CaseRefusal | undefined {
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
  { enteredBy }: CaseStatus,
  { isSelfApproved = false }: Decided,
  { account, rights }: Actor,
): CaseRefusal | undefined {
  if (enteredBy !== account) return isSelfApproved ? 'not-self-approval' : undefined;
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
const refusalByWaiting = ({ waiting }: CaseStatus, on: string): CaseRefusal | undefined =>
  waiting && on <= waiting.until ? 'still-waiting' : undefined;

/** B10 */
function refusalByDay({ conclusions }: CaseStatus, on: string): CaseRefusal | undefined {
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
