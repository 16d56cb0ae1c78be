import {
  idOf,
  offeringFromDocument,
  schemeFromDocument,
  serviceFromDocument,
  venueFromDocument,
  type CatalogueDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { choicesAllowed, limitOf, ruleFor } from '$lib/domain/catalogue/service';
import type { ServiceRule } from '$lib/domain/catalogue/service';
import { addDays, localDate, startOfDay, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import { decideVisit, noHistory } from '$lib/domain/visit/decide-visit';
import { periodAround } from '$lib/domain/visit/limits';
import type { Verdict } from '$lib/domain/visit/verdict';

/** A simulated visit under the catalogue as edited in the form. */
export interface Trial {
  scheme: string;
  service: string;
  venue: string;
  /** Local day and time at the venue. */
  day: LocalDate;
  time: string;
  /** Earlier visits in the limit's period. */
  used: number;
  /** R14: the first visit; absent: none yet. */
  firstVisit?: LocalDate;
  /** The chosen course or the named performance. */
  offering?: string;
  children: number;
  /** A real card instead of a generated one. */
  card?: Card;
}

export interface TrialResult {
  verdict: Verdict;
  rule?: ServiceRule;
  card: Card;
  zone: string;
  now: Instant;
}

/** Decides as a desk would; undefined while the catalogue lacks the service or the venue. */
export function tryVisit(trial: Trial, catalogue: readonly CatalogueDocument[]): TrialResult | undefined {
  const byId = new Map(catalogue.map((document) => [document._id, document]));
  const [scheme, service, venue] = [
    byId.get(`scheme:${trial.card?.scheme ?? trial.scheme}`),
    byId.get(`service:${trial.service}`),
    byId.get(`venue:${trial.venue}`),
  ];
  if (service?.type !== 'service' || venue?.type !== 'venue') return undefined;
  const [given, place] = [serviceFromDocument(service), venueFromDocument(venue)];
  const kind = scheme?.type === 'scheme' ? schemeFromDocument(scheme) : undefined;
  const now = instantOf(trial.day, trial.time, place.zone);
  const card = trial.card ?? madeUpCard(trial, kind?.id ?? trial.scheme);
  const rule = ruleFor(given, card, kind);
  const limit = rule && limitOf(rule);
  const begins = startOfDay(limit ? periodAround(trial.day, limit, card).from : trial.day, place.zone);
  const offerings = catalogue
    .filter((each) => each.type === 'offering')
    .filter((each) => each.service === trial.service && each.venue === trial.venue)
    .map(offeringFromDocument);
  const { offering, firstVisit } = trial;
  const { verdict } = decideVisit(
    {
      code: { kind: 'number', number: card.number },
      service: { ...given, repeatMinutes: 0 },
      venue: place,
      offerings,
      people: { holder: 1, children: trial.children, assistants: 0 },
      ...(offering !== undefined && { offering }),
    },
    { found: { card, ...(kind && { scheme: kind }) }, asOf: now },
    {
      ...noHistory,
      visits: Array.from({ length: trial.used }, () => ({ at: begins, service: trial.service })),
      ...(firstVisit !== undefined && { firstVisit: startOfDay(firstVisit, place.zone) }),
      choices:
        choicesAllowed(rule) !== undefined && offering !== undefined
          ? [{ id: 'chosen', offering, at: begins }]
          : [],
    },
    { now, isPlausible: true },
  );
  return { verdict, card, zone: place.zone, now, ...(rule && { rule }) };
}

/** The instant of a local time; of an hour that occurs twice, the first. */
function instantOf(day: LocalDate, time: string, zone: string): Instant {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const noon = startOfDay(day, zone) + 12 * 3_600_000;
  // On the days when the clock changes, noon's offset may be an hour off at midnight.
  const shift = localDate(noon, zone) === day ? new Date(noon) : new Date(startOfDay(day, zone));
  const offset = Date.parse(`${day}T12:00:00Z`) - shift.getTime();
  return Date.parse(`${day}T00:00:00Z`) - offset + (hours * 60 + minutes) * 60_000;
}

const madeUpCard = ({ day }: Trial, scheme: string): Card => ({
  number: '12345671',
  scheme,
  status: 'active',
  validFrom: addDays(day, -300),
  validUntil: addDays(day, 300),
});

/** The schemes that give a service in this catalogue. */
export const schemesGiving = (service: string, catalogue: readonly CatalogueDocument[]) =>
  catalogue
    .filter((each) => each.type === 'scheme')
    .filter(({ services }) => services.includes(service))
    .map((each) => ({ id: idOf(each), names: each.names }));
