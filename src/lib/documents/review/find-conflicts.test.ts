import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  offeringFromDocument,
  schemeFromDocument,
  serviceFromDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { parseDocument } from '$lib/documents/parse-document';
import { cardFromDocument } from '$lib/documents/register/card-document';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import {
  aCard,
  aChoice,
  anOffering,
  aRelease,
  aScheme,
  aService,
  aVisit,
  aVoid,
  cardNumber,
  ulidOf,
} from '../../../../tests/builders';
import { findConflicts, type ConflictContext } from './find-conflicts';
import { documentsOfResolution } from './resolve-conflict';

const number = cardNumber(1);
const scheme = schemeFromDocument(aScheme('warkaus', { services: ['swim', 'gym', 'course', 'show'] }));
const services = [
  aService('swim', { rule: { kind: 'limit', n: 1, per: 'day' } }),
  aService('gym', { rule: { kind: 'limit', n: 1, per: 'day', over: 'sector' } }),
  aService('course', { rule: { kind: 'choice', n: 1 } }),
  aService('show', { rule: { kind: 'listed' } }),
  aService('lunch', { rule: { kind: 'portions', perDay: 2 } }),
].map(serviceFromDocument);
const offerings = [
  anOffering('watercolours', { seats: 1 }),
  anOffering('guitar'),
  anOffering('spring', { from: '2026-01-01', until: '2026-05-31' }),
  anOffering('tonight', { kind: 'performance', service: 'show', seats: 2 }),
].map(offeringFromDocument);
const context: ConflictContext = {
  services: new Map(services.map((service) => [service.id, service])),
  schemes: new Map([['warkaus', scheme]]),
  offerings: new Map(offerings.map((offering) => [offering.id, offering])),
  zoneOf: () => 'Europe/Helsinki',
  since: Date.parse('2026-10-20T00:00:00Z'),
  card: (asked) => (asked === number ? cardFromDocument(aCard(number)) : undefined),
};
const find = (documents: LogDocument[]) => findConflicts(documents, context);
const later = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 8, minutes)).toISOString();
let ids = 0;
const made = { by: 'desk-1', at: Date.parse(later(59)), randomId: () => ulidOf(++ids) };

describe('what two desks did separately', () => {
  it('R9 two courses chosen for one card; the same course twice is one choice', () => {
    const first = aChoice('desk-1', 1);
    const second = aChoice('desk-2', 2, { offering: 'guitar', at: later(1) });
    expect(find([second, first])).toMatchObject([
      {
        conflict: {
          kind: 'choices',
          card: number,
          allowed: 1,
          entries: [{ id: first._id }, { id: second._id }],
        },
        state: { kind: 'open' },
      },
    ]);
    expect(find([aChoice('desk-1', 1, { offering: 'guitar' }), second])).toEqual([]);
  });

  it('R9 a choice made after the former course ended is not a conflict', () => {
    const spring = aChoice('desk-1', 1, { offering: 'spring', at: '2026-02-01T08:00:00.000Z' });
    expect(find([spring, aChoice('desk-2', 2, { offering: 'guitar' })])).toEqual([]);
  });

  it('R9 R10 the last place given twice', () => {
    const documents = [aChoice('desk-1', 1), aChoice('desk-2', 2, { card: cardNumber(2) })];
    expect(find(documents)).toMatchObject([{ conflict: { kind: 'seats', taken: 2, allowed: 1 } }]);
    expect(find([...documents, aRelease(documents[1] ?? aChoice('x', 1))])).toEqual([]);
  });

  it('R10 R11 seats of a performance count heads', () => {
    const people = { holder: 1, children: 1, assistants: 0 };
    const show = { service: 'show', offering: 'tonight', people };
    const documents = [aVisit('desk-1', 1, show), aVisit('desk-2', 2, { ...show, card: cardNumber(2) })];
    expect(find(documents)).toMatchObject([{ conflict: { kind: 'seats', taken: 4, allowed: 2 } }]);
  });

  it('R10 more portions than there were, at one venue on one day', () => {
    const lunch = (index: number, change: object = {}) =>
      aVisit(`desk-${index}`, index, { service: 'lunch', portions: 1, card: cardNumber(index), ...change });
    const documents = [lunch(1), lunch(2), lunch(3)];
    expect(find(documents)).toMatchObject([
      { conflict: { kind: 'portions', date: '2026-11-22', taken: 3, allowed: 2 } },
    ]);
    expect(find([lunch(1), lunch(2), lunch(3, { venue: 'elsewhere' })])).toEqual([]);
  });

  it('R7 a limit exceeded at two doors; an override by staff surprises nobody', () => {
    const [one, two] = [aVisit('desk-1', 1), aVisit('desk-2', 2, { at: later(1) })];
    expect(find([one, two])).toMatchObject([
      { conflict: { kind: 'limit', card: number, allowed: 1, from: '2026-11-22' } },
    ]);
    expect(find([one, { ...two, override: { reason: 'staff-decision' } }])).toEqual([]);
    expect(find([one, two, aVoid(two)])).toEqual([]);
    expect(find([one, { ...two, at: '2026-11-23T08:00:00.000Z' }])).toEqual([]);
  });

  it('R7 a sector-wide limit exceeded by different services', () => {
    const documents = [
      aVisit('desk-1', 1, { service: 'gym' }),
      aVisit('desk-2', 2, { service: 'course', at: later(1) }),
    ];
    expect(find(documents)).toMatchObject([{ conflict: { kind: 'limit', service: 'gym', allowed: 1 } }]);
  });

  describe('unknown times', () => {
    const [from, until] = ['2026-11-22T07:00:00.000Z', later(3)];
    const doubtful = (desk: string, index: number, changes = {}) =>
      aVisit(desk, index, { card: cardNumber(index), timeUncertain: { from, until }, ...changes });

    it('R13 are one conflict per desk, service and contact; overridden visits count, undone ones don’t', () => {
      const undone = doubtful('desk-1', 5);
      const found = find([
        doubtful('desk-1', 1),
        doubtful('desk-1', 2, { override: { reason: 'staff-decision' } }),
        doubtful('desk-2', 3),
        doubtful('desk-1', 4, { timeUncertain: { from } }),
        undone,
        aVoid(undone),
        aVisit('desk-1', 6, { card: cardNumber(6) }),
      ]);
      expect(found.map(({ conflict }) => [conflict.id, conflict.entries.length])).toEqual([
        [`times:desk-1:swim:${until}`, 2],
        [`times:desk-2:swim:${until}`, 1],
        [`times:desk-1:swim:${from}`, 1],
      ]);
      expect(found[0]?.conflict).toMatchObject({ desk: 'desk-1', from: Date.parse(from) });
    });

    it('R13 include those that an older build dated ahead, as seen by a correct clock', () => {
      const ahead = aVisit('desk-1', 1, { at: later(26) });
      const now = Date.parse(later(0));
      expect(find([ahead])).toEqual([]);
      expect(findConflicts([ahead], { ...context, now })).toMatchObject([
        { conflict: { kind: 'times', id: 'times:desk-1:swim:ahead', entries: [{ id: ahead._id }] } },
      ]);
      expect(findConflicts([ahead], { ...context, now: Date.parse(later(26)) })).toEqual([]);
    });

    it('R13 are undone one by one: the others still wait for a decision', () => {
      const [one, two] = [doubtful('desk-1', 1), doubtful('desk-1', 2)];
      const [open] = find([one, two]);
      if (!open) throw new Error('There is no conflict.');
      const undo = { kind: 'undo', undone: [one._id] } as const;
      const { resolution, undone } = documentsOfResolution(open.conflict, undo, made);
      expect(undone).toMatchObject([{ type: 'void', visit: one._id }]);
      const left = find([one, two, ...undone, resolution]);
      expect(left).toMatchObject([{ conflict: { entries: [{ id: two._id }] }, state: { kind: 'open' } }]);
    });
  });

  it('finds the same in any order of the documents', () => {
    const documents: LogDocument[] = [
      aVisit('desk-1', 1),
      aVisit('desk-2', 2, { at: later(1) }),
      aChoice('desk-1', 1),
      aChoice('desk-2', 2, { offering: 'guitar', at: later(1) }),
      aChoice('desk-2', 3, { card: cardNumber(2) }),
    ];
    const byId = (all: ReturnType<typeof find>) =>
      [...all].sort((a, b) => (a.conflict.id < b.conflict.id ? -1 : 1));
    fc.assert(
      fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
        expect(byId(find(shuffled))).toEqual(byId(find(documents)));
      }),
    );
  });
});

describe('a decision', () => {
  const [one, two] = [aVisit('desk-1', 1), aVisit('desk-2', 2, { at: later(1) })];
  const conflict = find([one, two])[0]?.conflict;
  if (!conflict) throw new Error('There is no conflict.');

  it('is made of documents like any other', () => {
    const { resolution, undone } = documentsOfResolution(conflict, { kind: 'keep', kept: [one._id] }, made);
    for (const document of [resolution, ...undone])
      expect(parseDocument(document)).toMatchObject({ ok: true });
    expect(undone).toMatchObject([{ type: 'void', visit: two._id, desk: 'desk-2', by: 'desk-1' }]);
    expect(find([one, two, ...undone, resolution])).toEqual([]);
  });

  it('that accepts everything settles it until there is more', () => {
    const { resolution, undone } = documentsOfResolution(conflict, { kind: 'accept' }, made);
    expect(undone).toEqual([]);
    expect(find([one, two, resolution])).toMatchObject([{ state: { kind: 'settled' } }]);
    const third = aVisit('desk-3', 3, { at: later(2) });
    expect(find([one, two, third, resolution])).toMatchObject([{ state: { kind: 'open' } }]);
  });

  it('may be to ask first; the newest decision counts', () => {
    const { resolution: asking } = documentsOfResolution(conflict, { kind: 'contact' }, made);
    expect(find([one, two, asking])).toMatchObject([{ state: { kind: 'contacted' } }]);
    const after = { ...made, at: made.at + 1 };
    const { resolution: accepted } = documentsOfResolution(conflict, { kind: 'accept' }, after);
    expect(find([one, two, accepted, asking])).toMatchObject([{ state: { kind: 'settled' } }]);
  });
});
