import type { CaseAction } from './case-action';
import type { ActingRight } from './logged';

const receiveOrDecide = ['receive', 'decide'] as const;

/** B1: the rights that are enough for an action, each by itself. */
export function rightsFor(action: CaseAction): readonly ActingRight[] {
  switch (action.kind) {
    case 'received':
      return action.source === 'referral' ? ['referrer'] : ['referrer', 'hand-out', 'receive', 'decide'];
    case 'assigned':
      // Taking it over oneself needs less than giving it to somebody else.
      return action.to === action.by ? receiveOrDecide : ['receive'];
    case 'flagged':
    case 'over-cap':
      return ['server'];
    case 'duplicate-judged':
    case 'information-requested':
    case 'information-received':
    case 'proof-seen':
      return ['receive'];
    case 'decided':
    case 'lapsed':
      return ['decide'];
    case 'withdrawn':
    case 'letter-sent':
    case 'rectification-requested':
    case 'written-decision-requested':
    case 'closed':
      return receiveOrDecide;
  }
}
