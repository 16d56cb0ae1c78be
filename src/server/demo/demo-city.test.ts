import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { decodeTime } from 'ulid';
import { canonicalJson } from '$lib/documents/canonical';
import {
  offeringFromDocument,
  schemeFromDocument,
  serviceFromDocument,
  venueFromDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { criteriaInput } from '$lib/documents/criteria/criteria-document';
import { faultsOf } from '$lib/documents/criteria/criteria-fields';
import { organisationList } from '$lib/documents/criteria/organisations-document';
import { parseDocument } from '$lib/documents/parse-document';
import { cardFromDocument } from '$lib/documents/register/card-document';
import { sortVersions } from '$lib/domain/benefit/criteria-versions';
import type { Service } from '$lib/domain/catalogue/service';
import { readCode } from '$lib/domain/code/scan-code';
import { day } from '$lib/domain/time/day';
import { decideVisit, type History } from '$lib/domain/visit/decide-visit';
import { demoCardCount, demoCardDocuments } from './cards';
import { demoCatalogue, demoSchemes, demoServices, demoSettings, demoVenues } from './catalogue';
import { demoChoices } from './choices';
import { demoCriteria, demoOrganisations } from './criteria';
import { demoCardKinds, demoCards, type DemoCard, type DemoCardKind } from './demo-cards';
import { demoOfferings } from './offerings';
import { demoVisits } from './visits';

const now = Date.parse('2026-11-18T10:00:00Z');
const today = '2026-11-18';
const cityVisits = demoVisits(now).map(({ visit }) => visit);
const cityCards = demoCardDocuments(today);
const cityChoices = demoChoices(now);
const cityOfferings = demoOfferings(today).map(offeringFromDocument);

/** What the city's documents say about a card before an instant. */
function historyOf(card: string | undefined, service: Service, before: number): History {
  const earlier = cityVisits.filter((visit) => visit.card === card && Date.parse(visit.at) < before);
  const [first] = earlier.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
  const taken = new Map<string, number>();
  for (const { offering } of cityChoices) taken.set(offering, (taken.get(offering) ?? 0) + 1);
  return {
    visits: earlier.map(({ at, service: visited, offering }) => ({
      at: Date.parse(at),
      service: visited,
      ...(offering !== undefined && { offering }),
    })),
    ...(first !== undefined && { firstVisit: first }),
    choices: cityChoices
      .filter((choice) => choice.card === card && choice.service === service.id)
      .map(({ _id, offering, at }) => ({ id: _id, offering, at: Date.parse(at) })),
    taken,
    portionsToday: 0,
  };
}

const offeringsOf = ({ id }: Service) => cityOfferings.filter(({ service }) => service === id);

/** What the desk of the card's venue shows, with the demo city as it is at `at`. */
function verdictOf({ code, service, venue }: DemoCard, at: number) {
  const scanned = readCode(code);
  const card = cityCards.find(
    ({ number, codes }) =>
      (scanned.kind === 'number' && number === scanned.number) ||
      (scanned.kind === 'other' && codes.some(({ value }) => value === scanned.value)),
  );
  const scheme = demoSchemes.find(({ _id }) => _id === `scheme:${card?.scheme}`);
  const serviceFound = demoServices(today).find(({ _id }) => _id === `service:${service}`);
  const venueFound = demoVenues(today).find(({ _id }) => _id === `venue:${venue}`);
  if (!serviceFound || !venueFound) throw new Error(`no ${service} at ${venue}`);
  const given = serviceFromDocument(serviceFound);
  const found = card && scheme && { card: cardFromDocument(card), scheme: schemeFromDocument(scheme) };
  return decideVisit(
    { code: scanned, service: given, venue: venueFromDocument(venueFound), offerings: offeringsOf(given) },
    { ...(found ? { found } : {}), asOf: at },
    historyOf(card?.number, given, at),
    { now: at, isPlausible: true },
  ).verdict;
}

const promised: Record<DemoCardKind, object> = {
  admitted: { outcome: 'admit', marks: [] },
  'in-grace': { outcome: 'admit', marks: ['in-grace'] },
  'suspension-over': { outcome: 'admit', marks: [] },
  'old-barcode': { outcome: 'admit', marks: [] },
  children: { outcome: 'admit' },
  assistant: { outcome: 'admit' },
  group: { outcome: 'admit' },
  'half-year': { outcome: 'admit' },
  'half-year-over': { reason: 'expired' },
  performance: { outcome: 'ask', reason: 'choose-offering' },
  'choose-course': { outcome: 'ask', reason: 'choose-offering' },
  'course-chosen': { outcome: 'admit', offering: 'akvarelli' },
  portions: { outcome: 'admit' },
  'limit-reached': { reason: 'limit-reached', frees: '2027-01-01' },
  suspended: { reason: 'suspended' },
  'suspended-until': { reason: 'suspended', until: '2027-01-17' },
  lost: { reason: 'lost' },
  replaced: { reason: 'replaced' },
  ended: { reason: 'ended' },
  'not-yet-valid': { reason: 'not-yet-valid', from: '2027-01-17' },
  expired: { reason: 'expired' },
  'not-included': { reason: 'not-included' },
  paused: { reason: 'paused' },
  closed: { reason: 'closed' },
  'outside-hours': { reason: 'outside-hours' },
  'unknown-card': { reason: 'unknown-card' },
  mistyped: { reason: 'not-a-card' },
  'not-a-card': { reason: 'not-a-card' },
};

describe('the printed demo cards', () => {
  it.each(demoCards().map((card) => [card.kind, card] as const))('shows %s as promised', (kind, card) => {
    expect(verdictOf(card, now)).toMatchObject(promised[kind]);
    // A city made two weeks ago still keeps the promise; the morning swim only during its weekday hours.
    expect(verdictOf(card, now + 14 * day)).toMatchObject(promised[kind]);
  });

  it('has one card of every kind', () => {
    expect(demoCards().map(({ kind }) => kind)).toEqual(demoCardKinds);
  });

  it('shows the limit of one swim a day on the day the city is made', () => {
    const card = demoCards().find(({ kind }) => kind === 'limit-reached');
    expect(card && verdictOf({ ...card, service: 'uinti' }, now)).toMatchObject({ reason: 'limit-reached' });
  });
});

describe('the demo city', () => {
  const moments = [
    now,
    Date.parse('2026-12-31T23:30:00Z'),
    Date.parse('2027-03-28T01:30:00Z'),
    Date.parse('2028-02-29T12:00:00Z'),
  ];

  it.each(moments)('holds only documents that every Tiski can read (made at %i)', (at) => {
    const made = new Date(at).toISOString().slice(0, 10);
    const documents = [
      demoSettings,
      ...demoCatalogue(made),
      ...demoCardDocuments(made),
      ...demoVisits(at).map(({ visit }) => visit),
      ...demoChoices(at),
    ];
    const faults = documents.map((each) => parseDocument(each)).filter(({ ok }) => !ok);
    expect(faults).toEqual([]);
    expect(new Set(documents.map(({ _id }) => _id)).size).toBe(documents.length);
  });

  it('has criteria for each scheme, and each is in force and named by organisations that exist', () => {
    const known = new Set(demoOrganisations.map(({ id }) => id));
    expect(faultsOf(organisationList, demoOrganisations)).toEqual([]);
    const documents = demoCriteria(today, now);
    expect(documents.map(({ _id }) => _id.slice('criteria:'.length))).toEqual(
      demoSchemes.map(({ _id }) => _id.slice('scheme:'.length)),
    );
    for (const { versions } of documents) {
      expect(sortVersions(versions, today).inForce?.version).toBe(1);
      for (const version of versions) {
        expect(faultsOf(criteriaInput, version)).toEqual([]);
        for (const { organisations } of version.servicePaths) {
          expect(organisations.filter((id) => !known.has(id))).toEqual([]);
        }
      }
    }
  });

  it('has 400 cards, the same numbers on every day, of every status and scheme', () => {
    const cards = cityCards;
    expect(cards).toHaveLength(demoCardCount);
    expect(demoCardDocuments('2027-05-01').map(({ number }) => number)).toEqual(
      cards.map(({ number }) => number),
    );
    const count = (status: string) => cards.filter((card) => card.status === status).length;
    for (const status of ['suspended', 'lost', 'replaced', 'ended']) expect(count(status)).toBeGreaterThan(3);
    expect(count('active')).toBeGreaterThan(300);
    expect(new Set(cards.map(({ scheme }) => scheme))).toEqual(
      new Set(demoSchemes.map(({ _id }) => _id.slice('scheme:'.length))),
    );
    const codes = cards.flatMap((card) => card.codes.map(({ value }) => value));
    expect(codes.length).toBeGreaterThan(20);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => readCode(code).kind !== 'other')).toEqual([]);
  });

  it('numbers and chains every desk like a real one, in order of time', () => {
    const visits = cityVisits;
    expect(visits.length).toBeGreaterThan(500);
    for (const desk of new Set(visits.map((visit) => visit.desk))) {
      const own = visits.filter((visit) => visit.desk === desk);
      own.forEach((visit, index) => {
        const before = own[index - 1];
        expect(visit.number).toBe(index + 1);
        expect(visit.previous).toBe(
          before ? createHash('sha256').update(canonicalJson(before)).digest('hex') : '',
        );
        expect(decodeTime(visit._id.slice(-26))).toBe(Date.parse(visit.at));
        expect(Date.parse(visit.at)).toBeLessThan(now);
      });
    }
  });

  it('logged no visit that the rules would have refused', () => {
    const visits = cityVisits;
    const cards = new Map(cityCards.map((card) => [card.number, card]));
    const services = new Map(demoServices(today).map((each) => [each._id, serviceFromDocument(each)]));
    const venues = new Map(demoVenues(today).map((each) => [each._id, venueFromDocument(each)]));
    const schemes = new Map(demoSchemes.map((each) => [each._id, schemeFromDocument(each)]));
    const refused = visits.filter((visit) => {
      const card = cards.get(visit.card);
      const scheme = schemes.get(`scheme:${visit.scheme}`);
      const service = services.get(`service:${visit.service}`);
      const venue = venues.get(`venue:${visit.venue}`);
      if (!card || !scheme || !service || !venue) return true;
      const at = Date.parse(visit.at);
      const { offering } = visit;
      const { verdict } = decideVisit(
        {
          code: readCode(visit.card),
          service,
          venue,
          offerings: offeringsOf(service),
          ...(offering !== undefined && { offering }),
        },
        { found: { card: cardFromDocument(card), scheme }, asOf: at },
        historyOf(visit.card, service, at),
        { now: at, isPlausible: true },
      );
      return verdict.outcome !== 'admit';
    });
    expect(refused).toEqual([]);
  });
});
