import { m } from '$lib/paraglide/messages';
import type { Right } from './session-api';

/** Where the office's navigation leads. */
interface OfficeArea {
  href: string;
  text: () => string;
  /** Rights of which an account needs one there. */
  rights: readonly Right[];
}

export const officeAreas: readonly OfficeArea[] = [
  { href: '/office/cases', text: m.nav_cases, rights: ['receive', 'decide'] },
  { href: '/office/people', text: m.nav_people, rights: ['receive', 'decide', 'hand-out'] },
  { href: '/office/desks', text: m.nav_desks, rights: ['administrator'] },
  { href: '/office/catalogue', text: m.nav_catalogue, rights: ['coordinator'] },
  { href: '/office/criteria', text: m.nav_criteria, rights: ['coordinator'] },
  { href: '/office/letters', text: m.nav_letters, rights: ['coordinator'] },
  { href: '/office/cards', text: m.nav_cards, rights: ['office'] },
  { href: '/office/review', text: m.nav_reviews, rights: ['office'] },
  { href: '/office/rescue', text: m.nav_rescue, rights: ['office'] },
  { href: '/office/people-and-rights', text: m.nav_accounts, rights: ['administrator'] },
  { href: '/office/audit', text: m.nav_audit, rights: ['audit'] },
];
