import { isListedRule, type Service, type ServiceRule } from '$lib/domain/catalogue/service';
import { localDate, minute, type Instant } from '$lib/domain/time/day';
import type { PastVisit } from './limits';
import type { Verdict } from './verdict';

/** What would count as the same visit. */
interface Repeatable {
  service: Service;
  /** How the card uses the service; absent for a card that staff let in. */
  rule?: ServiceRule | undefined;
  offering?: string | undefined;
  now: Instant;
  zone: string;
}

/**
 * R8: the newest visit for the service within the span; one that a wrong clock dated further ahead is another
 * visit (R13). R10: for a performance any visit of its day.
 */
export function repeatedVisit(
  { service, rule, offering, now, zone }: Repeatable,
  visits: readonly PastVisit[],
): Instant | undefined {
  const today = localDate(now, zone);
  const span = service.repeatMinutes * minute;
  const isListed = isListedRule(rule);
  const isRepeat = (visit: PastVisit) =>
    visit.service === service.id &&
    (isListed
      ? visit.offering === offering && localDate(visit.at, zone) === today
      : Math.abs(now - visit.at) < span);
  return newest(visits.filter(isRepeat));
}

/**
 * R8 for two tabs and a double tap: the instant of the same visit if it was logged since the check: one that
 * this repeats, or that used up a limit that was free at the check.
 * @param checked the verdict on the screen, and when it was made
 * @param recent the card's visits within the service's span, and all since the check
 */
export function loggedMeanwhile(
  visit: Repeatable,
  checked: { verdict: Verdict; at: Instant },
  fresh: Verdict,
  recent: readonly PastVisit[],
): Instant | undefined {
  if (fresh.outcome === 'already-logged') return fresh.at;
  const repeated = repeatedVisit(visit, recent);
  if (repeated !== undefined) return repeated;
  const isUsedUp = fresh.outcome === 'refuse' && fresh.reason === 'limit-reached';
  if (!isUsedUp || checked.verdict.outcome === 'refuse') return undefined;
  return newest(recent.filter(({ at }) => at >= checked.at)) ?? visit.now;
}

const newest = (visits: readonly PastVisit[]): Instant | undefined =>
  visits.length > 0 ? Math.max(...visits.map(({ at }) => at)) : undefined;
