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

/** The question: may the holder of this code have this service, here? */
export interface VisitRequest {
  code: ScannedCode;
  /** Result of verifying a signed code's signature; absent for other codes. */
  signature?: Signature;
  service: Service;
  venue: Venue;
  /** Who comes in; absent: the holder alone. */
  people?: People;
  /** The course or performance that staff have chosen; absent: the only possible one (R9, R10). */
  offering?: string;
  /** The service's offerings at this venue, in any order. */
  offerings: readonly Offering[];
}

/** What the device's register says about the code. */
export interface RegisterAnswer {
  /** Absent if no card carries the code. */
  found?: { card: Card; scheme?: Scheme };
  /** The catalogue's scheme that a genuine signature names. */
  signedScheme?: Scheme;
  /** Absent: only what is found counts. */
  standing?: CardStanding;
  /** When the register was last known to be up to date; absent if it was never loaded. */
  asOf?: Instant;
}

/** What a register may say about a card in addition to its fields, or without any. */
export type CardStanding =
  /** R3: its newest version could not be read completely; what is found is the rest. */
  | 'unreadable'
  /** R2: it was in the register, and was deleted. */
  | 'deleted';

/** What any desk of the sector has logged and not undone, as far as the device knows. In any order. */
export interface History {
  /** This card's visits for any service of the sector, at least since `historyFrom`. */
  visits: readonly PastVisit[];
  /** R14: the card's very first visit. */
  firstVisit?: Instant;
  /** R9: the card's choices for this service that were not released. */
  choices: readonly Choice[];
  /** R10: places taken, by offering id. */
  taken: ReadonlyMap<string, number>;
  /** R10: portions given at this venue today. */
  portionsToday: number;
}

export const noHistory: History = { visits: [], choices: [], taken: new Map(), portionsToday: 0 };

/** A card, and how it uses the service. */
export interface CardUse {
  card: Card;
  scheme?: Scheme | undefined;
  /** Absent if the card does not give the service (R6). */
  rule?: ServiceRule | undefined;
}

/** R2: the card that a code names, by the register or a genuine signature; the rules say what it is worth. */
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

/** A verdict and what it is based on, which is there even if the visit is refused. */
export interface DecidedVisit extends Place {
  verdict: Verdict;
}

/**
 * Decides one visit by the rules of RULES.md. Pure and total: every input gets a verdict.
 * @param use for a caller that has already called `cardUse`
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

/** The rules in the order of RULES.md. */
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

/**
 * R1 R2: the card that the code stands for. A genuine signature only counts if the register doesn't have the
 * card.
 */
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

/** R3: what is known still refuses; nothing unknown admits. */
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

/** R2: a card as its signed code describes it: active, with no rights but its scheme's. */
const cardOfSignature = (signed: SignedCard): Card => ({ ...signed, status: 'active' });

/** R3: what the register says about the card; a suspension ends after its last day. */
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

/** R10: without a performance there is nothing to repeat. */
const canRepeat = (rule: ServiceRule, offering: string | undefined): boolean =>
  !isListedRule(rule) || offering !== undefined;

/** R10: each person takes a portion. */
function refusalByPortions(rule: ServiceRule, heads: number, given: number): Refusal | undefined {
  const perDay = portionsPerDay(rule);
  if (perDay === undefined) return undefined;
  const left = portionsLeft(perDay, given);
  return heads > left ? { reason: 'sold-out', left } : undefined;
}

/** R12: the venue says whether to admit with an old register, ask, or refuse. */
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
