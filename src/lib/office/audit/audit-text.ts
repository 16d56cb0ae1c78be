import type { OfficeFailure } from '$lib/office/session/ask';
import { describeFailure } from '$lib/office/session/failure-text';
import { m } from '$lib/paraglide/messages';

const texts: Readonly<Record<string, () => string>> = {
  'case-read': m.audit_action_case_read,
  'case-received': m.audit_action_case_received,
  'case-decided': m.audit_action_case_decided,
  'card-read': m.audit_action_card_read,
  'card-handed-out': m.audit_action_card_handed_out,
  'person-read': m.audit_action_person_read,
  'people-searched': m.audit_action_people_searched,
  'person-exported': m.audit_action_person_exported,
  'person-erased': m.audit_action_person_erased,
  'person-named': m.audit_action_person_named,
  'audit-read': m.audit_action_audit_read,
  'audit-exported': m.audit_action_audit_exported,
  'audit-verified': m.audit_action_audit_verified,
  'database-read': m.audit_action_database_read,
  'database-written': m.audit_action_database_written,
};

/** An action in words; a rare one by its own name. */
export const actionText = (action: string): string => texts[action]?.() ?? action;

/** A wrong filter names its field. */
export function auditFailureText(failure: OfficeFailure): string {
  if (failure.kind !== 'failed') return describeFailure(failure);
  return failure.error === 'bad-request' ? m.audit_bad_filter() : describeFailure(failure);
}
