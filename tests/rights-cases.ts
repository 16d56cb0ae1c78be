import type { Offering } from '../src/lib/domain/catalogue/offering';
import type { Service, Venue } from '../src/lib/domain/catalogue/service';
import { readCode } from '../src/lib/domain/code/scan-code';
import type { Signature } from '../src/lib/domain/code/signed-code';
import type { Card, Scheme } from '../src/lib/domain/visit/card';
import {
  decideVisit,
  noHistory,
  type CardStanding,
  type History,
} from '../src/lib/domain/visit/decide-visit';
import type { PastVisit } from '../src/lib/domain/visit/limits';
import type { People } from '../src/lib/domain/visit/people';
import type { Verdict } from '../src/lib/domain/visit/verdict';
import fixture from './fixtures/rights.json';

/** A case of rights.json: what differs from the defaults, and the verdict. Instants are ISO 8601. */
export interface RightsCase {
  name: string;
  code?: string;
  signature?: Signature;
  service?: Partial<Service>;
  venue?: Partial<Venue>;
  card?: Partial<Card> | null;
  scheme?: Partial<Scheme> | null;
  standing?: CardStanding;
  people?: People;
  offering?: string;
  offerings?: Offering[];
  registerAsOf?: string | null;
  /** Visits for the service. */
  history?: string[];
  log?: {
    visits?: { at: string; service: string; offering?: string }[];
    firstVisit?: string;
    choices?: { id: string; offering: string; at: string }[];
    taken?: Record<string, number>;
    portionsToday?: number;
  };
  now?: string;
  clockIsPlausible?: boolean;
  expect: { outcome: string; [field: string]: unknown };
}

const { defaults } = fixture;
export const rightsCases = fixture.cases as unknown as RightsCase[];
const instant = (iso: string) => Date.parse(iso);

export function historyOf({ history = [], log = {} }: RightsCase): History {
  const { visits = [], firstVisit, choices = [], taken = {}, portionsToday = 0 } = log;
  const service = defaults.request.service.id;
  const own: PastVisit[] = history.map((at) => ({ at: instant(at), service }));
  return {
    ...noHistory,
    visits: [...own, ...visits.map((visit) => ({ ...visit, at: instant(visit.at) }))],
    ...(firstVisit !== undefined && { firstVisit: instant(firstVisit) }),
    choices: choices.map((choice) => ({ ...choice, at: instant(choice.at) })),
    taken: new Map(Object.entries(taken)),
    portionsToday,
  };
}

/** What the rules say about a case, with its own history or another. */
export function decideCase(given: RightsCase, history = historyOf(given)): Verdict {
  const card = given.card === null ? undefined : ({ ...defaults.card, ...given.card } as Card);
  const scheme = given.scheme === null ? undefined : { ...defaults.scheme, ...given.scheme };
  const asOf = given.registerAsOf === undefined ? defaults.registerAsOf : given.registerAsOf;
  const { signature, people, offering, offerings = [] } = given;
  const { verdict } = decideVisit(
    {
      code: readCode(given.code ?? defaults.request.code),
      service: { ...defaults.request.service, ...given.service } as Service,
      venue: { ...defaults.request.venue, ...given.venue } as Venue,
      offerings,
      ...(signature && { signature }),
      ...(people && { people }),
      ...(offering !== undefined && { offering }),
    },
    {
      ...(card && { found: scheme ? { card, scheme } : { card } }),
      ...(scheme && { signedScheme: scheme }),
      ...(given.standing && { standing: given.standing }),
      ...(asOf !== null && { asOf: instant(asOf) }),
    },
    history,
    { now: instant(given.now ?? defaults.now), isPlausible: given.clockIsPlausible ?? true },
  );
  return verdict;
}

/** The case's verdict, its instants in milliseconds. */
export function expectedVerdict({ expect: { at, asOf, ...rest } }: RightsCase): object {
  return {
    ...rest,
    ...(typeof at === 'string' && { at: instant(at) }),
    ...(typeof asOf === 'string' && { asOf: instant(asOf) }),
  };
}
