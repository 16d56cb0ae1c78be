import type { RightsFault } from '$lib/documents/accounts/rights-fault';
import type { PasswordFault } from '$lib/domain/accounts/password-fault';
import type { OfficeFailure } from '$lib/office/session/ask';
import { describeFailure } from '$lib/office/session/failure-text';
import type { Right } from '$lib/office/session/session-api';
import { m } from '$lib/paraglide/messages';

/** Each right with one plain sentence, in the order in which a case passes through them. */
export const rightTexts: Record<Right, { name: () => string; help: () => string }> = {
  referrer: { name: m.right_referrer, help: m.right_referrer_help },
  receive: { name: m.right_receive, help: m.right_receive_help },
  decide: { name: m.right_decide, help: m.right_decide_help },
  'self-approve': { name: m.right_self_approve, help: m.right_self_approve_help },
  'hand-out': { name: m.right_hand_out, help: m.right_hand_out_help },
  office: { name: m.right_office, help: m.right_office_help },
  coordinator: { name: m.right_coordinator, help: m.right_coordinator_help },
  reports: { name: m.right_reports, help: m.right_reports_help },
  audit: { name: m.right_audit, help: m.right_audit_help },
  administrator: { name: m.right_administrator, help: m.right_administrator_help },
};
export const rightsInOrder = Object.keys(rightTexts) as Right[];

export const namesOfRights = (rights: readonly Right[]): string =>
  rightsInOrder
    .filter((right) => rights.includes(right))
    .map((right) => rightTexts[right].name())
    .join(', ');

export const rightsFaultTexts: Record<RightsFault, () => string> = {
  'self-approve-without-decide': m.accounts_fault_self_approve,
  'audit-of-own-work': m.accounts_fault_audit,
  'referrer-without-organisation': m.accounts_organisation_fault,
};

export const passwordFaultTexts: Record<PasswordFault, () => string> = {
  'too-short': m.password_too_short,
  'too-long': m.password_too_long,
  'is-the-name': m.password_is_the_name,
};

const refusals: Record<string, () => string> = {
  'last-administrator': m.accounts_fault_last_administrator,
  'own-rights': m.accounts_fault_own_rights,
  'own-account': m.accounts_fault_own_account,
  'changed-meanwhile': m.accounts_fault_changed,
  'unknown-account': m.accounts_fault_unknown,
  'unknown-invitation': m.invitation_unknown,
  'invitation-used': m.invitation_used,
  'invitation-expired': m.invitation_expired,
  'name-taken': m.invitation_name_taken,
  'invalid-name': m.invitation_name_fault,
  'invalid-phone': m.accounts_phone_fault,
  'invalid-email': m.accounts_email_fault,
  'invalid-displayname': m.accounts_name_fault,
  'wrong-password': m.account_wrong_password,
  ...rightsFaultTexts,
  ...passwordFaultTexts,
};

export function describeRefusal(failure: OfficeFailure): string {
  const known = failure.kind === 'failed' ? refusals[failure.error ?? ''] : undefined;
  return known?.() ?? describeFailure(failure);
}

/** The server's error, if it has refused what was typed. */
export const errorOf = (failure: OfficeFailure | undefined): string | undefined =>
  failure?.kind === 'failed' ? failure.error : undefined;
