import type {
  ChoiceDocument,
  LogDocument,
  ResolutionDocument,
  VisitDocument,
} from '$lib/documents/visits/visit-documents';
import type { Offering } from '$lib/domain/catalogue/offering';
import {
  choicesAllowed,
  limitOf,
  portionsPerDay,
  ruleFor,
  schemeRule,
  type Service,
  type ServiceRule,
} from '$lib/domain/catalogue/service';
import {
  choicesConflict,
  conflictState,
  limitConflicts,
  portionsConflict as conflictOfPortions,
  seatsConflict,
  timesConflicts as conflictsOfTimes,
  type Conflict,
  type ConflictEntry,
  type ConflictState,
  type DoubtfulEntry,
  type Resolution,
} from '$lib/domain/review/conflicts';
import { toleratedSkew } from '$lib/domain/time/clock';
import { localDate, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { Card, Scheme } from '$lib/domain/visit/card';
import { headCount } from '$lib/domain/visit/people';

/** What a log's documents are checked against: the catalogue, and the cards as far as they are known. */
export interface ConflictContext {
  services: ReadonlyMap<string, Service>;
  schemes: ReadonlyMap<string, Scheme>;
  offerings: ReadonlyMap<string, Offering>;
  zoneOf(venue: string): string;
  card(number: string): Card | undefined;
  /** A limit exceeded before this instant is history. */
  since: Instant;
  /** R13: the time by a correct clock, the office's; absent if it may be wrong. */
  now?: Instant;
}

/** A conflict and its current state. */
export interface Review {
  conflict: Conflict;
  state: ConflictState;
}

function withoutUndone(documents: readonly LogDocument[]): LogDocument[] {
  const undone = new Set(
    documents.flatMap((each) =>
      each.type === 'void' ? [each.visit] : each.type === 'release' ? [each.choice] : [],
    ),
  );
  return documents.filter(({ _id }) => !undone.has(_id));
}

/** Visits and choices that count: not undone, and not knowingly admitted by staff. */
function standing(documents: readonly LogDocument[]): { visits: VisitDocument[]; choices: ChoiceDocument[] } {
  const left = withoutUndone(documents);
  return {
    visits: left.filter((each) => each.type === 'visit').filter(({ override }) => override === undefined),
    choices: left.filter((each) => each.type === 'choice'),
  };
}

function entryOf(document: VisitDocument | ChoiceDocument): ConflictEntry {
  const { _id: id, card, service, desk, venue, at, offering } = document;
  return {
    id,
    card,
    service,
    desk,
    venue,
    at: Date.parse(at),
    heads: document.type === 'visit' ? headCount(document.people) : 1,
    ...(offering !== undefined && { offering }),
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** The rule by which a card used a service; for an unknown card, that of the scheme in its documents. */
function ruleUsed(
  number: string,
  service: Service,
  scheme: string | undefined,
  context: ConflictContext,
): ServiceRule {
  const card = context.card(number);
  const rule = card && ruleFor(service, card, context.schemes.get(card.scheme));
  return rule ?? schemeRule(service, context.schemes.get(scheme ?? ''));
}

/** Defines the periods: they depend on the card only if a limit is per validity. */
const cardOrUnknown = (card: Card | undefined, number: string): Card =>
  card ?? { number, scheme: '', status: 'active', validFrom: '0000-01-01', validUntil: '9999-12-31' };

/**
 * R7 R9: what one card was given too often.
 * @param documents all visits and choices of the card that matter, and what undoes them
 */
export function cardConflicts(
  number: string,
  documents: readonly LogDocument[],
  context: ConflictContext,
): Conflict[] {
  const { visits, choices } = standing(documents);
  const ofCard = <T extends { card: string }>(all: T[]) => all.filter(({ card }) => card === number);
  const chosen = [...grouped(ofCard(choices), ({ service }) => service)].flatMap(([id, group]) => {
    const service = context.services.get(id);
    const rule = service && ruleUsed(number, service, group[0]?.scheme, context);
    const allowed = choicesAllowed(rule);
    if (allowed === undefined) return [];
    const together = standingTogether(group.map(entryOf), context.card(number), context);
    const conflict = choicesConflict(number, id, allowed, together);
    return conflict ? [conflict] : [];
  });
  return [...chosen, ...limitsPassed(number, ofCard(visits), context)];
}

/**
 * R9: choices that existed beside the newest one, before the earlier offerings ended and within the card's
 * present validity.
 */
function standingTogether(
  choices: readonly ConflictEntry[],
  card: Card | undefined,
  { offerings, zoneOf }: ConflictContext,
): ConflictEntry[] {
  const newest = choices.reduce((latest, { at }) => Math.max(latest, at), 0);
  return choices.filter(({ offering, venue, at }) => {
    const zone = zoneOf(venue);
    const known = offerings.get(offering ?? '');
    const isGoing = known === undefined || (!known.isCancelled && localDate(newest, zone) <= known.until);
    return isGoing && (card === undefined || localDate(at, zone) >= card.validFrom);
  });
}

/** A sector-wide limit is one conflict, assigned to the service with the first id. */
function limitsPassed(
  number: string,
  visits: readonly VisitDocument[],
  context: ConflictContext,
): Conflict[] {
  const seen = new Set<string>();
  const services = [...new Set(visits.map(({ service }) => service))].sort();
  return services.flatMap((id) => {
    const service = context.services.get(id);
    if (!service) return [];
    const own = visits.filter((visit) => visit.service === id);
    const rule: ServiceRule = ruleUsed(number, service, own[0]?.scheme, context);
    const limit = limitOf(rule);
    if (!limit) return [];
    const isSector = limit.over === 'sector';
    const key = isSector ? `sector ${service.sector}` : id;
    if (seen.has(key)) return [];
    seen.add(key);
    const counted = isSector
      ? visits.filter((visit) => context.services.get(visit.service)?.sector === service.sector)
      : own;
    const zone = context.zoneOf(own[0]?.venue ?? '');
    const card = cardOrUnknown(context.card(number), number);
    return limitConflicts(card, id, limit, zone, counted.map(entryOf)).filter(
      ({ entries }) => (entries.at(-1)?.at ?? 0) >= context.since,
    );
  });
}

/**
 * R9 R10: more places taken of an offering than it has.
 * @param documents all choices (of a course) or visits (of a performance) of the offering, and what undoes
 * them
 */
export function offeringConflict(
  id: string,
  documents: readonly LogDocument[],
  context: ConflictContext,
): Conflict | undefined {
  const offering = context.offerings.get(id);
  if (!offering) return undefined;
  const { visits, choices } = standing(documents);
  // Choosing a course takes a place on it; attending its meetings takes none.
  const taking = offering.kind === 'course' ? choices : visits;
  const entries = taking.filter((each) => each.offering === id).map(entryOf);
  return seatsConflict(offering.service, offering, entries);
}

/**
 * R10: more portions given at a venue on a day than there were.
 * @param documents all visits for the service there on that day, and what undoes them
 */
export function portionsConflict(
  service: string,
  venue: string,
  date: LocalDate,
  documents: readonly LogDocument[],
  context: ConflictContext,
): Conflict | undefined {
  const perDay = portionsPerDay(context.services.get(service)?.rule);
  if (perDay === undefined) return undefined;
  const entries = standing(documents)
    .visits.filter(
      (visit) => visit.portions !== undefined && visit.service === service && visit.venue === venue,
    )
    .filter(({ at, zone }) => localDate(Date.parse(at), zone) === date)
    .map((visit) => ({ ...entryOf(visit), heads: visit.portions ?? 0 }));
  return conflictOfPortions(service, { venue, date, perDay }, entries);
}

/**
 * R13: visits whose time is unknown. Older builds don't mark them; their visits, like those in a file saved
 * on a full disk, only show while they are dated ahead of a correct clock.
 */
export function timesConflicts(documents: readonly LogDocument[], now?: Instant): Conflict[] {
  const visits = withoutUndone(documents).filter((each) => each.type === 'visit');
  return conflictsOfTimes(
    visits.flatMap((visit): DoubtfulEntry[] => {
      const { at, timeUncertain } = visit;
      const entry = entryOf(visit);
      if (!timeUncertain) {
        return now !== undefined && Date.parse(at) > now + toleratedSkew ? [{ entry }] : [];
      }
      const { from, until } = timeUncertain;
      const span = {
        from: Date.parse(from),
        ...(until !== undefined && { until: Date.parse(until) }),
      };
      return [{ entry, span }];
    }),
  );
}

export const resolutionFromDocument = (document: ResolutionDocument): Resolution => {
  const { _id: id, conflict, documents, decision, by, at } = document;
  return { id, conflict, documents, decision, by, at: Date.parse(at) };
};

/** Every conflict among a sector's documents, with its state. The documents may come in any order. */
export function findConflicts(documents: readonly LogDocument[], context: ConflictContext): Review[] {
  const { visits, choices } = standing(documents);
  const conflicts = [
    ...[...grouped([...visits, ...choices], ({ card }) => card)].flatMap(([number, group]) =>
      cardConflicts(number, group, context),
    ),
    ...[...grouped([...visits, ...choices], ({ offering }) => offering)].map(([id, group]) =>
      offeringConflict(id, group, context),
    ),
    ...[...grouped(visits, portionsKey)].map(([, group]) => portionsOf(group, context)),
    ...timesConflicts(documents, context.now),
  ].filter((conflict) => conflict !== undefined);
  const resolutions = documents
    .filter((each) => each.type === 'resolution')
    .map((each) => resolutionFromDocument(each));
  return conflicts.map((conflict) => ({ conflict, state: conflictState(conflict, resolutions) }));
}

function portionsKey({ portions, service, venue, at, zone }: VisitDocument): string | undefined {
  if (portions === undefined) return undefined;
  return `${service} ${venue} ${localDate(Date.parse(at), zone)}`;
}

function portionsOf(group: readonly VisitDocument[], context: ConflictContext): Conflict | undefined {
  const [first] = group;
  if (!first) return undefined;
  const { service, venue, at, zone } = first;
  return portionsConflict(service, venue, localDate(Date.parse(at), zone), group, context);
}
