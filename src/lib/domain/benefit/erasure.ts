import type { LocalDate } from '$lib/domain/time/day';
import type { CaseStatus } from './case-status';
import { isFinalFrom } from './rectification';

/** Why somebody's data can't be erased yet. */
export type ErasureRefusal =
  /** Withdraw or decide the case, and close it. */
  | 'case-open'
  /** A rectification can still be requested, and would have nothing to go by. */
  | 'not-final';

/**
 * B35: data are erased when every case is closed and every decision final. Who asks for it themselves may have
 * it done before the decision is final: it is their own right to a rectification that they give up. An open case
 * is never erased, because they would be left without an answer: it is withdrawn first.
 */
export function refusalOfErasure(
  cases: readonly CaseStatus[],
  today: LocalDate,
  isAskedByPerson: boolean,
): ErasureRefusal | undefined {
  if (cases.some(({ state }) => state !== 'closed')) return 'case-open';
  const isFinal = (status: CaseStatus) => (isFinalFrom(status) ?? today) <= today;
  return isAskedByPerson || cases.every(isFinal) ? undefined : 'not-final';
}
