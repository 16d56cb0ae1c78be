import type { CaseAction } from '$lib/domain/benefit/case-action';
import type { CaseDocument, Consent } from './case-document';

/** Stands where a text was that can't be empty. */
const erased = '–';

/**
 * A case without what anybody wrote or answered, as figures and later checks of the procedure need it: scheme,
 * days, who acted, outcome. Members that this version doesn't know go too.
 */
export function erasedCase(file: CaseDocument): CaseDocument {
  const { _id, type, v, person, scheme, criteria, path, consent, log } = file;
  return {
    _id,
    type,
    v,
    person,
    scheme,
    criteria,
    ...(path !== undefined && { path }),
    consent: erasedConsent(consent),
    answers: {},
    wishes: [],
    log: log.map(erasedAction),
  };
}

const erasedConsent = (consent: Consent): Consent =>
  consent.given ? consent : { given: false, overrideReason: erased };

/** Every kind is named, so that a new one with a text in it can't be forgotten. */
function erasedAction(action: CaseAction): CaseAction {
  switch (action.kind) {
    case 'information-requested':
      return { ...action, what: erased };
    case 'decided':
      return { ...action, text: '' };
    case 'lapsed':
      return { ...action, text: erased };
    case 'flagged':
      // Links to others, and to cards.
      return { ...action, persons: [], cards: [] };
    case 'received':
    case 'assigned':
    case 'duplicate-judged':
    case 'information-received':
    case 'proof-seen':
    case 'over-cap':
    case 'withdrawn':
    case 'letter-sent':
    case 'rectification-requested':
    case 'written-decision-requested':
    case 'closed':
      return action;
  }
}
