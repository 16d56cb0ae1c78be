import type { Service, Venue } from '../../src/lib/domain/catalogue/service';
import { readCode } from '../../src/lib/domain/code/scan-code';
import { localDate } from '../../src/lib/domain/time/day';
import type { Card, Scheme } from '../../src/lib/domain/visit/card';
import { decideVisit, noHistory } from '../../src/lib/domain/visit/decide-visit';
import { periodAround, type PastVisit } from '../../src/lib/domain/visit/limits';
import { count, times, type BenchTable } from './table';

/**
 * Decisions per second on a card with more and more visits, and how that grows. The baseline, measured in the
 * same run, is the obvious way: the calendar day of every visit from Intl, counted against the day of the
 * limit's period.
 */

const zone = 'Europe/Helsinki';
const now = Date.parse('2026-11-22T08:00:00Z');
const limit = { kind: 'limit', n: 1_000_000, per: 'season', seasonStarts: ['01-01'] } as const;
const card: Card = {
  number: '12345671',
  scheme: 'card',
  status: 'active',
  validFrom: '2020-01-01',
  validUntil: '2030-12-31',
};
const scheme: Scheme = { id: 'card', services: ['swim'], graceDays: 0 };
const service: Service = { id: 'swim', sector: 'sports', venues: ['hall'], rule: limit, repeatMinutes: 1 };
const venue: Venue = {
  id: 'hall',
  zone,
  exceptions: [],
  closedOnHolidays: true,
  stale: { afterDays: 7, then: 'ask' },
};

const visitsOf = (count: number): PastVisit[] =>
  Array.from({ length: count }, (_, index) => ({ at: now - (index + 1) * 600_000, service: 'swim' }));

function decide(visits: readonly PastVisit[]) {
  return decideVisit(
    { code: readCode(card.number), service, venue, offerings: [] },
    { found: { card, scheme }, asOf: now },
    { ...noHistory, visits },
    { now, isPlausible: true },
  ).verdict;
}

function decidePlainly(visits: readonly PastVisit[]) {
  const { from, next = '9999' } = periodAround(localDate(now, zone), limit, card);
  const used = visits.filter(({ at }) => {
    const date = localDate(at, zone);
    return date >= from && date < next;
  });
  return used.length < limit.n;
}

/** Calls per second: the best of five rounds of at least 200 ms, because this machine has other work too. */
function rate(work: () => unknown): number {
  let best = 0;
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    let calls = 0;
    while (performance.now() - started < 200) {
      work();
      calls += 1;
    }
    best = Math.max(best, (calls / (performance.now() - started)) * 1_000);
  }
  return best;
}

export function decisions(): Promise<BenchTable[]> {
  let smallest: number | undefined;
  const rows = [10, 100, 1_000, 10_000].map((size) => {
    const visits = visitsOf(size);
    const own = rate(() => decide(visits));
    const peer = rate(() => decidePlainly(visits));
    smallest ??= own;
    return [count(size), count(own), times(smallest / own), count(peer), times(own / peer)];
  });
  const columns = ['Visits', 'Decisions/s', 'Time, against 10', 'Plain count/s', 'Quicker than it'];
  return Promise.resolve([{ title: 'Deciding a visit, in Node', columns, rows }]);
}
