import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { canonicalJson } from '$lib/documents/canonical';
import { serviceFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import { cardFromDocument, type CardDocument } from '$lib/documents/register/card-document';
import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { choicesAllowed, isListedRule, limitOf, type Service } from '$lib/domain/catalogue/service';
import {
  addDays,
  localDate,
  minute,
  startOfDay,
  weekday,
  type Instant,
  type LocalDate,
} from '$lib/domain/time/day';
import { periodAround } from '$lib/domain/visit/limits';
import { demoCardDocuments } from './cards';
import { demoSchemes, demoServices, demoZone } from './catalogue';
import { demoChoices } from './choices';
import { shownCardDocuments, shownCardNumber } from './demo-cards';
import { eveningOf } from './offerings';
import { seededRandom, wholeNumber, type Random } from './random';
import { routines, swimmingHallDesk, type Routine } from './routines';

/** Days of visits before today. */
const days = 14;

export interface DemoVisit {
  /** The service's sector: the visit belongs to `tiski-visits-SECTOR`. */
  sector: string;
  visit: VisitDocument;
}

/** A visit before it is numbered and chained. */
type Planned = Pick<Routine, 'desk' | 'venue' | 'service'> & {
  card: CardDocument;
  at: Instant;
  offering?: string;
};

/**
 * Two weeks of visits up to yesterday evening, and what the 'limit-reached' card used up, including a swim
 * earlier today. Each desk's visits are in order, numbered and chained like a real desk's.
 */
export function demoVisits(now: Instant): DemoVisit[] {
  const random = seededRandom(14);
  const today = localDate(now, demoZone);
  const services = new Map(
    demoServices(today)
      .map(serviceFromDocument)
      .map((each) => [each.id, each]),
  );
  const courses = new Map(demoChoices(now).map(({ card, offering }) => [card, offering]));
  const planned = [
    ...usualVisits(random, today, services, courses),
    ...usedUpVisits(now, today, services),
    ...halfYearVisits(today),
  ];
  const latest = new Map<string, VisitDocument>();
  return planned
    .sort((a, b) => a.at - b.at)
    .map((each) => {
      const visit = visitDocument(each, latest.get(each.desk), random);
      latest.set(each.desk, visit);
      return { sector: services.get(each.service)?.sector ?? '', visit };
    });
}

/** @param courses the chosen course by card number */
function usualVisits(
  random: Random,
  today: LocalDate,
  services: ReadonlyMap<string, Service>,
  courses: ReadonlyMap<string, string>,
): Planned[] {
  const printed = new Set(shownCardDocuments(today).map(({ number }) => number));
  const cards = demoCardDocuments(today).filter(
    ({ number, status }) => status === 'active' && !printed.has(number),
  );
  const used = new Map<string, number>();
  const planned: Planned[] = [];
  for (let ago = days; ago >= 1; ago -= 1) {
    const date = addDays(today, -ago);
    for (const routine of routines.filter(({ weekdays }) => weekdays.includes(weekday(date)))) {
      const service = services.get(routine.service);
      const entitled = cards.filter(
        (card) =>
          isEntitled(card, routine.service, date) &&
          (choicesAllowed(service?.rule) === undefined || courses.has(card.number)),
      );
      for (let left = wholeNumber(random, ...routine.visits); left > 0; left -= 1) {
        const card = entitled[wholeNumber(random, 0, entitled.length - 1)];
        if (!service || !card || !takeTurn(used, card, service, date)) continue;
        const [from, to] = routine.hours;
        const at = startOfDay(date, demoZone) + wholeNumber(random, from * 3_600_000, to * 3_600_000 - 1);
        const course = choicesAllowed(service.rule) === undefined ? undefined : courses.get(card.number);
        const offering = isListedRule(service.rule) ? eveningOf(date) : course;
        const { desk, venue } = routine;
        planned.push({ desk, venue, service: service.id, card, at, ...(offering && { offering }) });
      }
    }
  }
  return planned;
}

function isEntitled(card: CardDocument, service: string, date: LocalDate): boolean {
  const scheme = demoSchemes.find(({ _id }) => _id === `scheme:${card.scheme}`);
  return Boolean(scheme?.services.includes(service)) && card.validFrom <= date && date <= card.validUntil;
}

/** Counts the visit if the rule still allows one; at most one a day, a second could be a repeat (R8). */
function takeTurn(used: Map<string, number>, card: CardDocument, service: Service, date: LocalDate): boolean {
  const limit = limitOf(service.rule);
  const period = limit ? periodAround(date, limit, cardFromDocument(card)).from : date;
  const today = `${card.number} ${service.id} on ${date}`;
  const since = `${card.number} ${service.id} since ${period}`;
  const count = used.get(since) ?? 0;
  if (used.has(today) || (limit && count >= limit.n)) return false;
  used.set(today, 1).set(since, count + 1);
  return true;
}

/**
 * Three aqua exercise classes of this term (close together if it has just begun), and a swim earlier today.
 */
function usedUpVisits(now: Instant, today: LocalDate, services: ReadonlyMap<string, Service>): Planned[] {
  const number = shownCardNumber('limit-reached');
  const card = shownCardDocuments(today).find((each) => each.number === number);
  const rule = services.get('vesijumppa')?.rule;
  const limit = rule && limitOf(rule);
  if (card === undefined || limit === undefined) return [];
  const term = startOfDay(periodAround(today, limit, cardFromDocument(card)).from, demoZone);
  const classes = [-9, -6, -2].map((offset, index) => {
    const at = startOfDay(addDays(today, offset), demoZone) + 17 * 60 * minute;
    return { ...swimmingHallDesk, service: 'vesijumppa', card, at: Math.max(at, term + index * minute) };
  });
  // Longer ago than a repeat (R8); none in the first hours of a day.
  const swim = { ...swimmingHallDesk, service: 'uinti', card, at: now - 150 * minute };
  return swim.at > startOfDay(today, demoZone) ? [...classes, swim] : classes;
}

/** A first visit ten days ago, and one so long ago that the card's half year is over. */
function halfYearVisits(today: LocalDate): Planned[] {
  return (
    [
      ['half-year', -9],
      ['half-year-over', -240],
    ] as const
  ).flatMap(([kind, offset]) => {
    const card = shownCardDocuments(today).find(({ number }) => number === shownCardNumber(kind));
    const at = startOfDay(addDays(today, offset), demoZone) + 14 * 60 * minute;
    return card ? [{ ...swimmingHallDesk, service: 'uinti', card, at }] : [];
  });
}

function visitDocument(planned: Planned, previous: VisitDocument | undefined, random: Random): VisitDocument {
  const { desk, venue, service, card, at, offering } = planned;
  const registerAsOf = startOfDay(localDate(at, demoZone), demoZone);
  return {
    _id: `visit:${desk}:${ulid(at, random)}`,
    type: 'visit',
    v: 1,
    card: card.number,
    scheme: card.scheme,
    service,
    venue,
    ...(offering !== undefined && { offering }),
    desk,
    at: new Date(at).toISOString(),
    zone: demoZone,
    people: { holder: 1, children: 0, assistants: 0 },
    verdict: { outcome: 'admit', marks: [] },
    register: { asOf: new Date(registerAsOf).toISOString() },
    number: (previous?.number ?? 0) + 1,
    previous: previous === undefined ? '' : sha256(canonicalJson(previous)),
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
