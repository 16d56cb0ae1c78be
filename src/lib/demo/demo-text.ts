import { m } from '$lib/paraglide/messages';
import type { DemoFailure } from './demo-api';

/** What the desk shows for each kind of demo card, for the tester. */
const cardTexts: Record<string, () => string> = {
  admitted: m.demo_card_admitted,
  'in-grace': m.demo_card_in_grace,
  'suspension-over': m.demo_card_suspension_over,
  'old-barcode': m.demo_card_old_barcode,
  children: m.demo_card_children,
  assistant: m.demo_card_assistant,
  group: m.demo_card_group,
  'half-year': m.demo_card_half_year,
  'half-year-over': m.demo_card_half_year_over,
  performance: m.demo_card_performance,
  'choose-course': m.demo_card_choose_course,
  'course-chosen': m.demo_card_course_chosen,
  portions: m.demo_card_portions,
  'limit-reached': m.demo_card_limit_reached,
  suspended: m.demo_card_suspended,
  'suspended-until': m.demo_card_suspended_until,
  lost: m.demo_card_lost,
  replaced: m.demo_card_replaced,
  ended: m.demo_card_ended,
  'not-yet-valid': m.demo_card_not_yet_valid,
  expired: m.demo_card_expired,
  'not-included': m.demo_card_not_included,
  paused: m.demo_card_paused,
  closed: m.demo_card_closed,
  'outside-hours': m.demo_card_outside_hours,
  'by-signature': m.demo_card_by_signature,
  forged: m.demo_card_forged,
  'unknown-card': m.demo_card_unknown_card,
  mistyped: m.demo_card_mistyped,
  'not-a-card': m.demo_card_not_a_card,
};

const serviceTexts: Record<string, () => string> = {
  uinti: m.demo_service_uinti,
  'aamu-uinti': m.demo_service_aamu_uinti,
  vesijumppa: m.demo_service_vesijumppa,
  kuntosali: m.demo_service_kuntosali,
  teatteri: m.demo_service_teatteri,
  opisto: m.demo_service_opisto,
  lounas: m.demo_service_lounas,
  ylijaamaruoka: m.demo_service_ylijaamaruoka,
};

/** The city's venues in the order in which a newcomer opens them. */
export const demoVenues: { id: string; name: () => string; help: () => string }[] = [
  { id: 'uimahalli', name: m.demo_venue_uimahalli, help: m.demo_venue_uimahalli_help },
  { id: 'kuntosali-keskusta', name: m.demo_venue_kuntosali_keskusta, help: m.demo_venue_gym_help },
  { id: 'teatteri', name: m.demo_venue_teatteri, help: m.demo_venue_teatteri_help },
  { id: 'opisto', name: m.demo_venue_opisto, help: m.demo_venue_opisto_help },
  { id: 'kuntosali-lehto', name: m.demo_venue_kuntosali_lehto, help: m.demo_venue_gym_help },
  { id: 'kuntosali-satama', name: m.demo_venue_kuntosali_satama, help: m.demo_venue_closed_help },
  { id: 'keskuskeittio', name: m.demo_venue_keskuskeittio, help: m.demo_venue_paused_help },
];

export const cardText = (kind: string) => cardTexts[kind]?.() ?? kind;
export const serviceText = (id: string) => serviceTexts[id]?.() ?? id;
export const venueText = (id: string) => demoVenues.find((venue) => venue.id === id)?.name() ?? id;

export function failureText(failure: DemoFailure): string {
  switch (failure) {
    case 'unreachable':
      return m.demo_unreachable();
    case 'not-a-demo':
      return m.demo_not_a_demo();
    case 'busy':
      return m.demo_busy();
    case 'failed':
      return m.demo_failed();
  }
}
