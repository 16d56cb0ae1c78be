import type { CaseAction } from './case-action';
import type { CaseRefusal } from './case-refusal';
import { rightsFor } from './case-rights';
import type { CaseStatus } from './case-status';
import type { Actor, Permission } from './logged';
import { refusalByContent } from './refusal-by-content';

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
