import { describe, expect, it } from 'vitest';
import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';
import { aVisit } from '../../../tests/builders';
import { createRandom } from '../../../tests/fuzz/random';
import { VisitChains } from './visit-chains';

/** A desk's first visits, numbered and chained as a desk does it. */
function chained(count: number, desk = 'desk-1'): VisitDocument[] {
  const visits: VisitDocument[] = [];
  for (let index = 1; index <= count; index++) {
    const before = visits.at(-1);
    visits.push(aVisit(desk, index, { previous: before ? visitHash(before) : '' }));
  }
  return visits;
}

function chainsOf(...visits: VisitDocument[]): VisitChains {
  const chains = new VisitChains();
  visits.forEach((visit) => chains.add(visit));
  return chains;
}
const nothingWrong = { gaps: [], usedTwice: [], broken: [] };

describe('chains of visits', () => {
  it('S15 a desk whose visits all arrived has no fault, in whatever order they came', () => {
    const random = createRandom(7);
    for (let round = 0; round < 20; round++) {
      const visits = chained(30);
      const shuffled = visits
        .map((visit) => ({ visit, key: random.pick(visits)._id + random.pick(visits)._id }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ visit }) => visit);
      expect(chainsOf(...shuffled).stateOf('desk-1')).toEqual({ last: 30, ...nothingWrong });
    }
  });

  it('S15 a thousand visits without a fault take the space of one', () => {
    const stored = chainsOf(...chained(1000)).stored();
    expect(stored['desk-1']?.runs).toHaveLength(1);
    expect(JSON.stringify(stored).length).toBeLessThan(300);
  });

  it('S15 says which numbers did not arrive', () => {
    const visits = chained(10).filter(({ number }) => ![1, 4, 5, 6].includes(number));
    expect(chainsOf(...visits).stateOf('desk-1')).toMatchObject({
      last: 10,
      gaps: [
        { from: 1, to: 1 },
        { from: 4, to: 6 },
      ],
    });
  });

  it('S15 a gap is closed by what comes later', () => {
    const visits = chained(5);
    const chains = chainsOf(...visits.filter(({ number }) => number !== 3));
    expect(chains.stateOf('desk-1').gaps).toEqual([{ from: 3, to: 3 }]);
    chains.add(visits[2] as VisitDocument);
    expect(chains.stateOf('desk-1')).toEqual({ last: 5, ...nothingWrong });
  });

  it('S15 finds a visit that was changed after it was logged, from either side', () => {
    const visits = chained(4);
    const changed = visits.map((visit) => (visit.number === 2 ? { ...visit, service: 'gym' } : visit));
    expect(chainsOf(...changed).stateOf('desk-1').broken).toEqual([3]);
    expect(chainsOf(...changed.toReversed()).stateOf('desk-1').broken).toEqual([3]);
    const headless = chained(2)
      .map((visit) => ({ ...visit, number: visit.number - 1 }))
      .slice(1);
    expect(chainsOf(...headless).stateOf('desk-1').broken).toEqual([1]);
  });

  it('S15 a number that occurs again is a fault once somebody has seen two visits with it', () => {
    const visits = chained(3);
    const clone = aVisit('desk-1', 77, { number: 3, previous: visits[2]?.previous ?? '' });
    const chains = chainsOf(...visits, clone);
    expect(chains.stateOf('desk-1').usedTwice).toEqual([]);
    expect(chains.unconfirmed()).toEqual(['desk-1']);
    chains.confirmTwice('desk-1', [3]);
    expect(chains.unconfirmed()).toEqual([]);
    expect(chains.stateOf('desk-1').usedTwice).toEqual([3]);
    chains.add(aVisit('desk-1', 78, { number: 2 }));
    expect(chains.stateOf('desk-1').usedTwice).toEqual([3, 2]);
  });

  it('S15 a visit that the server reported twice is not a fault', () => {
    const visits = chained(3);
    const chains = chainsOf(...visits, ...visits);
    chains.confirmTwice('desk-1', []);
    expect(chains.stateOf('desk-1')).toEqual({ last: 3, ...nothingWrong });
  });

  it('S15 continues from what was stored', () => {
    const visits = chained(6);
    const first = chainsOf(...visits.slice(0, 3));
    const stored = JSON.parse(JSON.stringify(first.stored())) as ReturnType<VisitChains['stored']>;
    const later = new VisitChains(stored);
    visits.slice(3).forEach((visit) => later.add(visit));
    expect(later.stateOf('desk-1')).toEqual({ last: 6, ...nothingWrong });
    expect(later.stateOf('desk-2')).toEqual({ last: 0, ...nothingWrong });
  });
});
