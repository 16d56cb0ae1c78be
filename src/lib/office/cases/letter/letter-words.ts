import type { LetterWay } from '$lib/domain/benefit/case-action';
import type { MissingPart } from '$lib/domain/benefit/letter/missing-from';
import type { OfficeFailure } from '$lib/office/session/ask';
import { describeFailure } from '$lib/office/session/failure-text';
import { m } from '$lib/paraglide/messages';

const ways: Record<LetterWay, () => string> = {
  post: m.letter_way_post,
  'e-message': m.letter_way_e_message,
  'in-hand': m.letter_way_in_hand,
};
export const wayText = (way: LetterWay): string => ways[way]();

/** What is missing, and the screen on which it is added, if it is another one. */
interface Missing {
  text: () => string;
  place?: keyof typeof places;
}

const places = {
  letters: { href: '/office/letters', text: m.letter_add_in_letters },
  accounts: { href: '/office/people-and-rights', text: m.letter_add_in_accounts },
  catalogue: { href: '/office/catalogue', text: m.letter_add_in_catalogue },
};

const missing: Record<MissingPart, Missing> = {
  recipient: { text: m.letter_missing_recipient },
  language: { text: m.letter_missing_language },
  address: { text: m.letter_missing_address },
  email: { text: m.letter_missing_email },
  'email-consent': { text: m.letter_missing_email_consent },
  authority: { text: m.letter_missing_authority, place: 'letters' },
  scheme: { text: m.letter_missing_scheme, place: 'catalogue' },
  validity: { text: m.letter_missing_validity },
  services: { text: m.letter_missing_services, place: 'catalogue' },
  reasons: { text: m.letter_missing_reasons },
  'reason-template': { text: m.letter_missing_reason_template, place: 'letters' },
  provisions: { text: m.letter_missing_provisions, place: 'letters' },
  official: { text: m.letter_missing_official, place: 'accounts' },
  'official-contact': { text: m.letter_missing_official_contact, place: 'accounts' },
  'rectification-body': { text: m.letter_missing_rectification_body, place: 'letters' },
  'rectification-address': { text: m.letter_missing_rectification_address, place: 'letters' },
  court: { text: m.letter_missing_court, place: 'letters' },
  'court-address': { text: m.letter_missing_court_address, place: 'letters' },
};

export function missingText(part: MissingPart): { text: string; place?: { href: string; text: string } } {
  const { text, place } = missing[part];
  if (place === undefined) return { text: text() };
  return { text: text(), place: { href: places[place].href, text: places[place].text() } };
}

const refusals: Record<string, () => string> = {
  changed: m.letter_changed,
  'no-decision': m.letter_no_decision,
  'not-decided': m.letter_not_decided,
  'not-assigned': m.letter_not_yours,
  'assigned-to-other': m.letter_not_yours,
  closed: m.letter_closed,
  'letter-incomplete': m.letter_incomplete,
  'not-that-day': m.letter_day_fault,
  'before-decision': m.letter_day_fault,
};

export function letterFailureText(failure: OfficeFailure): string {
  if (failure.kind === 'forbidden') return m.letter_not_official();
  const refusal = failure.kind === 'failed' ? refusals[failure.error ?? ''] : undefined;
  return refusal?.() ?? describeFailure(failure);
}
