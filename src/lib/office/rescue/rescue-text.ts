import type { OfficeFailure } from '$lib/office/session/ask';
import { describeFailure, describeFault } from '$lib/office/session/failure-text';
import { m } from '$lib/paraglide/messages';
import type { RescueOutcome } from './rescue-api';

/** Why a whole file was not taken in; in that case nothing was written. */
export function describeFileFailure(failure: OfficeFailure): string {
  if (failure.kind === 'unreachable') return m.rescue_unreachable();
  if (failure.kind === 'forbidden') return m.rescue_not_office();
  if (failure.kind !== 'failed') return describeFailure(failure);
  switch (failure.error) {
    case 'not-a-rescue-file':
      return m.rescue_not_a_file();
    case 'unknown-key':
      return m.rescue_unknown_key();
    case 'damaged-file':
      return m.rescue_damaged();
    case 'newer-file':
      return m.rescue_newer();
    case 'unknown-desk':
      return m.rescue_unknown_desk();
    case 'too-large':
      return m.rescue_too_large();
    default:
      return describeFault(failure);
  }
}

type Problem = Exclude<RescueOutcome, { kind: 'stored' | 'already-there' }>;

export const isProblem = (outcome: RescueOutcome): outcome is Problem =>
  outcome.kind === 'different' || outcome.kind === 'refused';

/** Why one document was not taken in, and what to do about it. */
export function describeProblem(outcome: Problem): string {
  if (outcome.kind === 'different') return m.rescue_different();
  switch (outcome.why) {
    case 'newer-version':
      return m.rescue_newer();
    case 'not-allowed':
      return m.rescue_not_allowed();
    case 'unknown-database':
      return m.rescue_unknown_sector();
    case 'unreadable':
      return m.rescue_unreadable();
  }
}
