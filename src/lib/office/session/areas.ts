import { m } from '$lib/paraglide/messages';
import type { Right } from './session-api';

/** Where the office's navigation leads. */
interface OfficeArea {
  href: string;
  text: () => string;
  /** The right that an account needs there. */
  right: Right;
}

export const officeAreas: readonly OfficeArea[] = [
  { href: '/office/desks', text: m.nav_desks, right: 'administrator' },
  { href: '/office/catalogue', text: m.nav_catalogue, right: 'coordinator' },
  { href: '/office/cards', text: m.nav_cards, right: 'office' },
  { href: '/office/review', text: m.nav_reviews, right: 'office' },
  { href: '/office/rescue', text: m.nav_rescue, right: 'office' },
  { href: '/office/people-and-rights', text: m.nav_accounts, right: 'administrator' },
  { href: '/office/audit', text: m.nav_audit, right: 'audit' },
];
