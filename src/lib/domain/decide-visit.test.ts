import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import fixture from '../../../tests/fixtures/rights.json';
import type { Card, Scheme } from './card';
import { decideVisit, type RegisterAnswer } from './decide-visit';
import { readCode } from './scan-code';
import type { Service, Venue } from './service';

interface RightsCase {
  name: string;
  code?: string;
  service?: Partial<Service>;
  venue?: Partial<Venue>;
  card?: Partial<Card> | null;
  scheme?: Partial<Scheme> | null;
  registerAsOf?: string | null;
  history?: string[];
  now?: string;
  clockIsPlausible?: boolean;
  expect: { outcome: string; [field: string]: unknown };
}

const { defaults } = fixture;
const cases = fixture.cases as RightsCase[];
const instant = (iso: string) => Date.parse(iso);

function decide(given: RightsCase, history = given.history ?? []) {
  const card = given.card === null ? undefined : ({ ...defaults.card, ...given.card } as Card);
  const scheme = given.scheme === null ? undefined : { ...defaults.scheme, ...given.scheme };
  const asOf = given.registerAsOf === undefined ? defaults.registerAsOf : given.registerAsOf;
  const register: RegisterAnswer = {
    ...(card ? { found: scheme ? { card, scheme } : { card } } : {}),
    ...(asOf === null ? {} : { asOf: instant(asOf) }),
  };
  return decideVisit(
    {
      code: readCode(given.code ?? defaults.request.code),
      service: { ...defaults.request.service, ...given.service } as Service,
      venue: { ...defaults.request.venue, ...given.venue } as Venue,
    },
    register,
    history.map((iso) => ({ at: instant(iso) })),
    { now: instant(given.now ?? defaults.now), isPlausible: given.clockIsPlausible ?? true },
  );
}

/** Fixtures write instants as text. */
function expected({ expect: verdict }: RightsCase) {
  const { at, asOf, ...rest } = verdict;
  return {
    ...rest,
    ...(typeof at === 'string' ? { at: instant(at) } : {}),
    ...(typeof asOf === 'string' ? { asOf: instant(asOf) } : {}),
  };
}

describe('rights.json', () => {
  test.each(cases)('$name', (given) => {
    expect(decide(given)).toEqual(expected(given));
  });
});

describe('for any history', () => {
  const someCase = fc.constantFrom(...cases);
  const someVisit = fc
    .integer({ min: instant('2025-06-01T00:00:00Z'), max: instant('2028-06-01T00:00:00Z') })
    .map((at) => new Date(at).toISOString());

  test('R7 R8 adding a visit never turns a refusal into an admission', () => {
    fc.assert(
      fc.property(someCase, fc.array(someVisit), someVisit, (given, history, added) => {
        fc.pre(decide(given, history).outcome === 'refuse');
        expect(decide(given, [...history, added]).outcome).not.toBe('admit');
      }),
    );
  });

  test('R7 R8 the order of visits never matters', () => {
    fc.assert(
      fc.property(someCase, fc.array(someVisit), (given, history) => {
        expect(decide(given, history.toReversed())).toEqual(decide(given, history));
      }),
    );
  });
});
