import {
  hasEnded,
  isChoosable,
  isListed,
  seatsLeft,
  type Choice,
  type Offering,
} from '$lib/domain/catalogue/offering';
import { portionsPerDay, type ServiceRule } from '$lib/domain/catalogue/service';
import type { LocalDate } from '$lib/domain/time/day';
import type { Scheme } from './card';
import type { Verdict } from './verdict';

/** Which offering a visit is for, and the verdict if that prevents it. */
export interface Settled {
  offering?: string;
  /** Absent: the offering does not prevent the visit. */
  verdict?: Verdict;
}

interface Wanted {
  offering?: string;
  offerings: readonly Offering[];
}

interface Known {
  choices: readonly Choice[];
  taken: ReadonlyMap<string, number>;
}

interface Circumstances {
  today: LocalDate;
  scheme: Scheme | undefined;
  /** How many people come in. */
  heads: number;
}

/** R9 R10: settles the course or the performance that a visit is for. */
export function settleOffering(
  rule: ServiceRule,
  wanted: Wanted,
  known: Known,
  circumstances: Circumstances,
): Settled {
  switch (rule.kind) {
    case 'choice':
      return settleChoice(rule.n, wanted, known, circumstances);
    case 'listed':
      return settleListed(wanted, known, circumstances);
    case 'unlimited':
    case 'limit':
    case 'portions':
      return {};
  }
}

/** What a visit takes a place of. */
export interface Place {
  /** Id of the course or performance. */
  offering?: string;
  /** Seats of the offering, or portions of the day, left as far as the device knows. */
  left?: number;
}

/** R9 R10: the place that the visit takes, even if it is refused. */
export function placeOf(
  rule: ServiceRule,
  { offering: named, offerings }: Wanted,
  { taken, portionsToday }: { taken: ReadonlyMap<string, number>; portionsToday: number },
  settled: Settled,
): Place {
  const perDay = portionsPerDay(rule);
  if (perDay !== undefined) return { left: portionsLeft(perDay, portionsToday) };
  const meant = offerings.find(({ id }) => id === (settled.offering ?? named));
  if (!meant) return {};
  const left = seatsLeft(meant, taken);
  return { offering: meant.id, ...(left !== undefined && { left }) };
}

export const portionsLeft = (perDay: number, given: number): number => Math.max(0, perDay - given);

const chooseOffering: Verdict = { outcome: 'ask', reason: 'choose-offering' };
const notListed: Verdict = { outcome: 'refuse', reason: 'not-listed' };

/** R10: if none is named, today's only one is meant; each person takes a seat. */
function settleListed(wanted: Wanted, { taken }: Known, { today, heads }: Circumstances): Settled {
  const listed = wanted.offerings.filter((each) => isListed(each, today));
  const meant = listed.length === 1 && wanted.offering === undefined ? listed[0]?.id : wanted.offering;
  if (listed.length === 0) return { verdict: notListed };
  if (meant === undefined) return { verdict: chooseOffering };
  const offering = listed.find(({ id }) => id === meant);
  if (!offering) return { verdict: notListed };
  const left = seatsLeft(offering, taken);
  return left !== undefined && heads > left
    ? { offering: meant, verdict: { outcome: 'refuse', reason: 'sold-out', left } }
    : { offering: meant };
}

/** R9: the card's own choices, the oldest first; what two desks chose beyond `n` waits for the review. */
export function standingChoices(
  choices: readonly Choice[],
  n: number,
  offerings: readonly Offering[],
  scheme: Scheme | undefined,
  today: LocalDate,
): Choice[] {
  const isOver = ({ offering }: Choice) => isOverChoice(offering, offerings, today);
  return [...choices]
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .filter((choice) => !(scheme?.endedChoiceFrees && isOver(choice)))
    .slice(0, n);
}

/** An offering that is no longer in the catalogue may have been removed early: it counts as still running. */
function isOverChoice(id: string, offerings: readonly Offering[], today: LocalDate): boolean {
  const offering = offerings.find((each) => each.id === id);
  return offering !== undefined && hasEnded(offering, today);
}

/** R9: the chosen one, or the question which; a choice is its own document, so it needs confirming. */
function settleChoice(
  n: number,
  { offering: named, offerings }: Wanted,
  { choices, taken }: Known,
  { today, scheme }: Circumstances,
): Settled {
  const held = standingChoices(choices, n, offerings, scheme, today);
  const going = held.filter(({ offering }) => !isOverChoice(offering, offerings, today));
  const meant = named ?? (going.length === 1 ? going[0]?.offering : undefined);
  const first = held[0];
  if (meant === undefined) {
    if (going.length > 1) return { verdict: chooseOffering };
    if (held.length >= n && first) {
      return { verdict: { outcome: 'refuse', reason: 'choice-ended', offering: first.offering } };
    }
    return { verdict: offerings.some((each) => isChoosable(each, today)) ? chooseOffering : notListed };
  }
  if (going.some(({ offering }) => offering === meant)) return { offering: meant };
  if (held.length >= n && first) {
    return { verdict: { outcome: 'refuse', reason: 'other-chosen', offering: first.offering } };
  }
  const offering = offerings.find(({ id }) => id === meant);
  if (!offering || !isChoosable(offering, today)) return { verdict: notListed };
  const left = seatsLeft(offering, taken);
  if (left === 0) return { verdict: { outcome: 'refuse', reason: 'sold-out', left } };
  return { verdict: { outcome: 'ask', reason: 'confirm-choice', offering: meant } };
}
