import type { CaseAction, Duplicates } from './case-action';
import type { CaseStatus, Conclusion, Letter, Reopening } from './case-status';

type Received = Extract<CaseAction, { kind: 'received' }>;
type Concluding = Extract<CaseAction, { kind: 'decided' | 'withdrawn' | 'lapsed' }>;

const none: Duplicates = { persons: [], cards: [] };

/**
 * The state of a case from its log, in the order in which it was logged. Total: what does not fit the state
 * changes nothing, and a log that doesn't begin with the reception has no state.
 */
export function foldCase(actions: readonly CaseAction[]): CaseStatus | undefined {
  return actions.reduce<CaseStatus | undefined>(applyAction, undefined);
}

/** One step of the fold. */
export function applyAction(status: CaseStatus | undefined, action: CaseAction): CaseStatus | undefined {
  if (status) return advance(status, action);
  return action.kind === 'received' ? begin(action) : undefined;
}

const begin = ({ source, mode, at, by, madeBy, organisation, isIncomplete }: Received): CaseStatus => ({
  state: 'received',
  source,
  mode,
  receivedAt: at,
  enteredBy: by,
  ...(madeBy !== undefined && { madeBy }),
  ...(organisation !== undefined && { organisation }),
  isIncomplete,
  possibleDuplicates: none,
  judgedDuplicates: none,
  isOverCap: false,
  proofs: [],
  conclusions: [],
});

function advance(status: CaseStatus, action: CaseAction): CaseStatus {
  switch (action.kind) {
    case 'received':
      return status;
    case 'assigned':
      return { ...status, assignee: action.to };
    case 'flagged':
      return { ...status, possibleDuplicates: found(status, action) };
    case 'duplicate-judged':
      return judged(status, action.verdict === 'same' ? action.person : undefined);
    case 'information-requested':
      return { ...status, waiting: { since: status.waiting?.since ?? action.at, until: action.until } };
    case 'information-received':
      return { ...withoutWaiting(status), isIncomplete: action.isIncomplete };
    case 'proof-seen':
      return {
        ...status,
        proofs: [...status.proofs, { proof: action.proof, on: action.on, by: action.by }],
      };
    case 'over-cap':
      return { ...status, isOverCap: action.isOver };
    case 'decided':
    case 'withdrawn':
    case 'lapsed':
      return status.state === 'received' ? conclude(status, action) : status;
    case 'letter-sent':
      return status.state === 'received' ? status : withLetter(status, letterOf(action));
    case 'rectification-requested':
      return reopen(status, { kind: 'rectification', on: action.on });
    case 'written-decision-requested':
      return reopen(status, { kind: 'written-decision', on: action.on });
    case 'closed':
      return status.state === 'decided' ? { ...status, state: 'closed' } : status;
  }
}

const union = (one: readonly string[], other: readonly string[]) => [...new Set([...one, ...other])];

const unionOf = (one: Duplicates, other: Duplicates): Duplicates => ({
  persons: union(one.persons, other.persons),
  cards: union(one.cards, other.cards),
});

/** B6: what was judged is not asked again. */
function found({ possibleDuplicates, judgedDuplicates }: CaseStatus, more: Duplicates): Duplicates {
  const all = unionOf(possibleDuplicates, more);
  return {
    persons: all.persons.filter((id) => !judgedDuplicates.persons.includes(id)),
    cards: all.cards.filter((number) => !judgedDuplicates.cards.includes(number)),
  };
}

/** One verdict is about everything found until then. */
function judged({ person: _, ...status }: CaseStatus, person: string | undefined): CaseStatus {
  return {
    ...status,
    ...(person !== undefined && { person }),
    possibleDuplicates: none,
    judgedDuplicates: unionOf(status.judgedDuplicates, status.possibleDuplicates),
  };
}

const withoutWaiting = ({ waiting: _, ...status }: CaseStatus): CaseStatus => status;

function conclude(status: CaseStatus, action: Concluding): CaseStatus {
  const { reopening, ...rest } = withoutWaiting(status);
  const conclusion: Conclusion = {
    outcome: action.kind === 'decided' ? action.outcome : action.kind,
    by: action.by,
    at: action.at,
    on: action.on,
    isSelfApproved: action.kind === 'decided' && action.isSelfApproved === true,
    ...(reopening && { reopening }),
    letters: [],
  };
  return { ...rest, state: 'decided', conclusions: [...status.conclusions, conclusion] };
}

const letterOf = ({ way, on, letter }: Extract<CaseAction, { kind: 'letter-sent' }>): Letter => ({
  way,
  on,
  ...(letter !== undefined && { letter }),
});

/** The letter about the newest conclusion. */
function withLetter(status: CaseStatus, letter: Letter): CaseStatus {
  const newest = status.conclusions.at(-1);
  if (!newest) return status;
  const conclusions = status.conclusions.with(-1, { ...newest, letters: [...newest.letters, letter] });
  return { ...status, conclusions };
}

const withoutAssignee = ({ assignee: _, ...status }: CaseStatus): CaseStatus => status;

/** B2: whoever handled it before has to take it again. */
function reopen(status: CaseStatus, reopening: Reopening): CaseStatus {
  if (status.state === 'received') return status;
  const mode = reopening.kind === 'written-decision' ? 'decision' : status.mode;
  return { ...withoutAssignee(status), state: 'received', mode, reopening };
}
