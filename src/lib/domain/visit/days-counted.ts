import { limitOf, type LimitPeriod, type Service } from '$lib/domain/catalogue/service';
import type { CardRight, Scheme } from './card';

/** Longer than any year: the span a season may still count. */
export const aYearAndABit = 400;

function daysOf(per: LimitPeriod | undefined): number {
  switch (per) {
    case undefined:
      return 0;
    case 'day':
    case 'week':
      return 8;
    case 'month':
      return 32;
    case 'season':
      return aYearAndABit;
    case 'validity':
      return Infinity;
  }
}

interface Rules {
  services: Iterable<Service>;
  schemes: Iterable<Scheme>;
  /** The card's own rights, if they are known. */
  rights?: readonly CardRight[] | undefined;
}

/**
 * R7: for how many days a limit can still count a visit for a service: its own limit, a scheme's, a card's or
 * the sector's.
 */
export function daysCounted(service: Service, { services, schemes, rights = [] }: Rules): number {
  const ofSector = [...services].filter(({ sector }) => sector === service.sector);
  const rules = [
    ...ofSector.map(({ id, rule }) => ({ of: id, rule })),
    ...[...schemes].flatMap(({ rules: own = {} }) => Object.entries(own).map(([of, rule]) => ({ of, rule }))),
    ...rights.flatMap(({ service: of, rule }) => (rule ? [{ of, rule }] : [])),
  ];
  const limits = rules.flatMap(({ of, rule }) => {
    const limit = limitOf(rule);
    return limit && (of === service.id || limit.over === 'sector') ? [limit] : [];
  });
  return Math.max(0, ...limits.map(({ per }) => daysOf(per)));
}
