import type { Choice, Offering } from '$lib/domain/catalogue/offering';
import { refusalByOpening } from '$lib/domain/catalogue/opening';
import {
  isListedRule,
  portionsPerDay,
  ruleFor,
  type Service,
  type ServiceRule,
  type Venue,
} from '$lib/domain/catalogue/service';
import type { ScannedCode } from '$lib/domain/code/scan-code';
import type { SignedCard, Signature } from '$lib/domain/code/signed-code';
import type { ClockReading } from '$lib/domain/time/clock';
import { addDays, day, localDate, localDateTime, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { Card, Scheme } from './card';
import { refusalByLimit, type PastVisit } from './limits';
import { arePeopleAllowed, headCount, holderAlone, peopleAllowed, type People } from './people';
import { repeatedVisit } from './repeated-visit';
import { placeOf, portionsLeft, settleOffering, type Place, type Settled } from './settle-offering';
import { validityOf, type Validity } from './validity';
import type { Mark, Refusal, Verdict } from './verdict';

/** What is asked: may the holder of this code have this service, here? */
export interface VisitRequest {
  code: ScannedCode;
  /** What came of looking at a signed code's signature; absent for other codes. */
  signature?: Signature;
  service: Service;
  venue: Venue;
  /** Who comes in; the holder alone when absent. */
  people?: People;
  /** The course or performance that staff have chosen; absent: the only one that can be meant (R9, R10). */
  offering?: string;
  /** The service's offerings at this venue, by whatever order. */
  offerings: readonly Offering[];
}

/** What the register on the device says about the code. */
export interface RegisterAnswer {
  /** Absent when no card carries the code. */
  found?: { card: Card; scheme?: Scheme };
  /** The scheme that a genuine signature names, as the catalogue has it. */
  signedScheme?: Scheme;
  /** Absent: nothing but what is found. */
  standing?: CardStanding;
  /** When the register was last known to be up to date; absent when it was never loaded. */
  asOf?: Instant;
}

/** What a register may say of a card beside its fields, or without any. */
export type CardStanding =
  /** R3: its newest version could not be read whole; what is found is the rest. */
  | 'unreadable'
  /** R2: the register had it, and it was deleted. */
  | 'deleted';

/** What was logged and not undone, by any desk of the sector, as far as the device knows. Order is free. */
export interface History {
  /** This card's visits for any service of the sector, at least since `historyFrom`. */
  visits: readonly PastVisit[];
  /** R14: the card's first visit of all. */
  firstVisit?: Instant;
  /** R9: the card's choices for this service that were not released. */
  choices: readonly Choice[];
  /** R10: places taken, by the offering's id. */
  taken: ReadonlyMap<string, number>;
  /** R10: portions given at this venue today. */
  portionsToday: number;
}

export const noHistory: History = { visits: [], choices: [], taken: new Map(), portionsToday: 0 };

/** A card, and how it uses the service. */
export interface CardUse {
  card: Card;
  scheme?: Scheme | undefined;
  /** Absent where the card does not give the service (R6). */
  rule?: ServiceRule | undefined;
}

/** R2: the card that a code names, by the register or a genuine signature; what it is worth the rules say. */
export function cardUse(
  { service, signature }: Pick<VisitRequest, 'service' | 'signature'>,
  { found, signedScheme }: RegisterAnswer,
): CardUse | undefined {
  const signed = signature?.kind === 'genuine' && !signature.isKeyExpired ? signature.card : undefined;
  const card = found?.card ?? (signed && cardOfSignature(signed));
  if (!card) return undefined;
  const scheme = found ? found.scheme : signedScheme;
  return { card, scheme, rule: ruleFor(service, card, scheme) };
}

/** A verdict, and what it goes by: that is there also where the visit is refused. */
export interface DecidedVisit extends Place {
  verdict: Verdict;
}

/**
 * Decides one visit by the rules of RULES.md. Pure and total: every input gets a verdict.
 * @param use for a caller that has asked `cardUse` already
 */
export function decideVisit(
  request: VisitRequest,
  register: RegisterAnswer,
  history: History,
  clock: ClockReading,
  use = cardUse(request, register),
): DecidedVisit {
  const settled = use?.rule && settleRequest(use.rule, request, history, use.scheme, clock);
  return {
    verdict: weighRules(request, register, history, clock, use, settled ?? {}),
    ...(use?.rule && settled && placeOf(use.rule, request, history, settled)),
  };
}

const settleRequest = (
  rule: ServiceRule,
  request: VisitRequest,
  history: History,
  scheme: Scheme | undefined,
  { now }: ClockReading,
): Settled =>
  settleOffering(rule, request, history, {
    today: localDate(now, request.venue.zone),
    scheme,
    heads: headCount(request.people ?? holderAlone),
  });

/** The rules in their order of weight. */
function weighRules(
  request: VisitRequest,
  register: RegisterAnswer,
  history: History,
  clock: ClockReading,
  use: CardUse | undefined,
  settled: Settled,
): Verdict {
  const { code, service, venue, people = holderAlone } = request;
  const known = identify(request, register, use);
  if ('outcome' in known) return known;

  const { card, scheme, rule } = known;
  const { date: today, time } = localDateTime(clock.now, venue.zone);
  const ended = refusalByStatus(card, today);
  if (ended) return refuse(ended);
  if (register.standing === 'unreadable') return judgeUnreadable(known, history, venue, clock);

  const refusal = rule ? refusalByPause(service, today) : notIncluded;
  if (refusal || !rule) return refuse(refusal ?? notIncluded);

  if (!clock.isPlausible) return { outcome: 'ask', reason: 'clock-wrong' };

  const validity = validityOf(card, scheme, history.firstVisit, venue.zone);
  const calendarRefusal =
    refusalByDates(validity, scheme?.graceDays ?? 0, today) ?? refusalByOpening(service, venue, today, time);
  if (calendarRefusal) return refuse(calendarRefusal);

  const { offering } = settled;
  const repeated = canRepeat(rule, offering)
    ? repeatedVisit({ service, rule, offering, now: clock.now, zone: venue.zone }, history.visits)
    : undefined;
  if (repeated !== undefined) return { outcome: 'already-logged', reason: 'already-logged', at: repeated };

  const allowed = peopleAllowed(card, scheme);
  const limited =
    refusalByLimit(rule, service, { card, validity, zone: venue.zone, today }, history.visits) ??
    (arePeopleAllowed(people, allowed) ? undefined : ({ reason: 'too-many-people', allowed } as const)) ??
    refusalByPortions(rule, headCount(people), history.portionsToday);
  if (limited) return refuse(limited);
  if (settled.verdict) return settled.verdict;

  const marks: Mark[] = [
    ...(today > validity.until ? (['in-grace'] as const) : []),
    ...(code.kind === 'signed' && !register.found ? (['by-signature'] as const) : []),
  ];
  return byRegisterAge(venue, register.asOf, clock.now, marks, offering);
}

const notIncluded = { reason: 'not-included' } as const;

function refuse(refusal: Refusal): Verdict {
  return { outcome: 'refuse', ...refusal };
}

const unreadable: Verdict = { outcome: 'ask', reason: 'unreadable-card' };

/** R1 R2: the card that the code stands for. A genuine signature speaks only where the register is silent. */
function identify(
  { code, signature }: VisitRequest,
  { found, standing }: RegisterAnswer,
  use: CardUse | undefined,
): CardUse | Verdict {
  const isSigned = code.kind === 'signed';
  if (isSigned && signature?.kind !== 'genuine') return refuse({ reason: 'not-genuine' });
  if (found && use) return use;
  if (standing === 'unreadable') return unreadable;
  if (isSigned) return use && standing !== 'deleted' ? use : refuse({ reason: 'unknown-card' });
  return refuse({ reason: code.kind === 'number' ? 'unknown-card' : 'not-a-card' });
}

/** R3: what is known refuses as ever; nothing that is unknown admits. */
function judgeUnreadable(
  { card, scheme }: CardUse,
  { firstVisit }: History,
  { zone }: Venue,
  clock: ClockReading,
): Verdict {
  if (!clock.isPlausible) return unreadable;
  const validity = validityOf(card, scheme, firstVisit, zone);
  const refusal = refusalByDates(validity, scheme?.graceDays ?? 0, localDate(clock.now, zone));
  return refusal ? refuse(refusal) : unreadable;
}

/** R2: a card as its signed code tells of it: active, with no rights but its scheme's. */
const cardOfSignature = (signed: SignedCard): Card => ({ ...signed, status: 'active' });

/** R3: the register's word on the card; a suspension ends after its last day. */
function refusalByStatus(card: Card, today: LocalDate): Refusal | undefined {
  switch (card.status) {
    case 'active':
      return undefined;
    case 'suspended':
      if (card.statusUntil === undefined) return { reason: 'suspended' };
      return today > card.statusUntil ? undefined : { reason: 'suspended', until: card.statusUntil };
    case 'lost':
    case 'replaced':
    case 'ended':
      return { reason: card.status };
  }
}

/** R4: days inclusive, in the venue's zone. */
function refusalByDates(validity: Validity, graceDays: number, today: LocalDate): Refusal | undefined {
  if (today < validity.from) return { reason: 'not-yet-valid', from: validity.from };
  if (today > addDays(validity.until, graceDays)) return { reason: 'expired', on: validity.until };
  return undefined;
}

/** R5: from the pause's first day through its last, if it has one. */
export function isPaused({ paused }: Service, today: LocalDate): boolean {
  return (
    paused !== undefined && paused.since <= today && !(paused.until !== undefined && today > paused.until)
  );
}

function refusalByPause(service: Service, today: LocalDate): Refusal | undefined {
  if (!isPaused(service, today)) return undefined;
  const until = service.paused?.until;
  return until === undefined ? { reason: 'paused' } : { reason: 'paused', until };
}

/** R10: without a performance there is nothing that could be repeated. */
const canRepeat = (rule: ServiceRule, offering: string | undefined): boolean =>
  !isListedRule(rule) || offering !== undefined;

/** R10: each one that comes in takes a portion. */
function refusalByPortions(rule: ServiceRule, heads: number, given: number): Refusal | undefined {
  const perDay = portionsPerDay(rule);
  if (perDay === undefined) return undefined;
  const left = portionsLeft(perDay, given);
  return heads > left ? { reason: 'sold-out', left } : undefined;
}

/** R12: an old register is admitted, asked about or refused, as the venue says. */
function byRegisterAge(
  venue: Venue,
  asOf: Instant | undefined,
  now: Instant,
  marks: Mark[],
  offering: string | undefined,
): Verdict {
  const isStale = asOf === undefined || now - asOf > venue.stale.afterDays * day;
  const admit = (all: Mark[]): Verdict =>
    offering === undefined ? { outcome: 'admit', marks: all } : { outcome: 'admit', marks: all, offering };
  if (!isStale) return admit(marks);
  switch (venue.stale.then) {
    case 'admit':
      return admit([...marks, 'stale-register']);
    case 'ask':
      return asOf === undefined
        ? { outcome: 'ask', reason: 'stale-register' }
        : { outcome: 'ask', reason: 'stale-register', asOf };
    case 'refuse':
      return refuse({ reason: 'stale-register' });
  }
}
