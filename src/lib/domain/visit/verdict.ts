import type { Instant, LocalDate, LocalTime } from '$lib/domain/time/day';
import type { PeopleAllowed } from './people';

/** Something worth noting on an admitted visit; none of these is shown as a reason to doubt the holder. */
export type Mark = 'in-grace' | 'stale-register' | 'by-signature';

/** Why a visit is not given. Closed: the screens and the tests switch over all of them. */
export type Refusal =
  | { reason: 'not-a-card' }
  | { reason: 'not-genuine' }
  | { reason: 'unknown-card' }
  | { reason: 'suspended'; until?: LocalDate }
  | { reason: 'lost' }
  | { reason: 'replaced' }
  | { reason: 'ended' }
  | { reason: 'not-yet-valid'; from: LocalDate }
  | { reason: 'expired'; on: LocalDate }
  | { reason: 'paused'; until?: LocalDate }
  | { reason: 'closed' }
  | { reason: 'outside-hours'; opens?: LocalTime }
  | { reason: 'not-included' }
  | { reason: 'limit-reached'; frees?: LocalDate }
  /** `offering` is the id of the chosen one. */
  | { reason: 'other-chosen'; offering: string }
  | { reason: 'choice-ended'; offering: string }
  | { reason: 'not-listed' }
  | { reason: 'sold-out'; left: number }
  | { reason: 'too-many-people'; allowed: PeopleAllowed }
  | { reason: 'stale-register' };

/** What staff must settle before the visit can be logged. */
export type Question =
  | { reason: 'stale-register'; asOf?: Instant }
  | { reason: 'clock-wrong' }
  /** R3: the card's newest version can't be read on this device. */
  | { reason: 'unreadable-card' }
  /** Several are possible: which one? (R9, R10) */
  | { reason: 'choose-offering' }
  /** R9: this one is not chosen yet; choosing it fixes the card's choice. */
  | { reason: 'confirm-choice'; offering: string };

/** What the counter is told: whether this service is given now, and what to do next (R16). */
export type Verdict =
  | {
      outcome: 'admit';
      marks: readonly Mark[];
      /** The chosen course or the performance that the visit is for (R9, R10). */
      offering?: string;
    }
  | ({ outcome: 'ask' } & Question)
  | ({ outcome: 'already-logged'; at: Instant } & { reason: 'already-logged' })
  | ({ outcome: 'refuse' } & Refusal);

/** R15: staff may override any refusal except of a code that is not one of this city's cards. */
export function isOverridable(verdict: Verdict): boolean {
  return verdict.outcome === 'refuse' && verdict.reason !== 'not-a-card' && verdict.reason !== 'not-genuine';
}

/** R15: why staff admitted somebody despite a refusal. A closed list, so that no names are typed. */
export const overrideReasons = [
  'office-confirmed',
  'register-out-of-date',
  'card-faulty',
  'staff-decision',
] as const;
export type OverrideReason = (typeof overrideReasons)[number];

/** Whether a verdict may become a visit: admitted, settled by staff, or overridden by them (R15). */
export function canBeLogged(verdict: Verdict, override?: OverrideReason): boolean {
  switch (verdict.outcome) {
    case 'admit':
      return true;
    case 'ask':
      return isSettledByStaff(verdict.reason);
    case 'already-logged':
      return false;
    case 'refuse':
      return override !== undefined && isOverridable(verdict);
  }
}

/** The other questions are answered by choosing, and then decided again. */
function isSettledByStaff(reason: Question['reason']): boolean {
  switch (reason) {
    case 'stale-register':
    case 'clock-wrong':
    case 'unreadable-card':
      return true;
    case 'choose-offering':
    case 'confirm-choice':
      return false;
  }
}
