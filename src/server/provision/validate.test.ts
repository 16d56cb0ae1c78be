import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatabaseKind } from '$lib/documents/databases';
import { parseDocument } from '$lib/documents/parse-document';
import { codeOf, sentenceOf } from '$lib/domain/fleet/refusal-reason';
import { overrideReasons } from '$lib/domain/visit/verdict';
import {
  aCard,
  aChoice,
  anOffering,
  aRelease,
  aScheme,
  aService,
  aVenue,
  aVisit,
  aVoid,
  cardNumber,
  ulidOf,
} from '../../../tests/builders';
import { compileValidator, type DocumentValidator } from '../couch/validation';
import { validationSource } from './databases';

/**
 * What a device can't read it quarantines (S7), so it must not get in. The functions are made from the
 * schemas; this compares validate/shape.js, which interprets them there, with the schemas themselves.
 */
type Validation = DatabaseKind;
interface Raw {
  _id: string;
  [field: string]: unknown;
}

const choice = aChoice('hall', 1);
const limited = { kind: 'limit', n: 2, per: 'season', seasonStarts: ['08-01', '02-29'], over: 'sector' };
const weekdays = { weekdays: [1, 7], from: '06:30', to: '24:00' };
const seeds: [Validation, Raw][] = [
  [
    'register',
    {
      ...aCard(cardNumber(1)),
      codes: [{ kind: 'rfid', value: '04A1B2C3' }],
      statusUntil: '2026-12-31',
      rights: [
        { service: 'swim', isGiven: false },
        { service: 'gym', rule: { kind: 'portions', perDay: 2, limit: { n: 3, per: 'week' } } },
      ],
      companions: { children: 2, assistant: true },
      groupSize: 8,
      hint: 'AB 1984',
    },
  ],
  [
    'catalogue',
    {
      ...aScheme('x'),
      startsOnFirstVisit: 'P6M',
      fee: 1200,
      companions: { children: 1, childrenUnder: 12 },
      rules: { swim: limited, gym: { kind: 'choice', n: 1 } },
    },
  ],
  [
    'catalogue',
    {
      ...aService('x'),
      listPrice: 650,
      rule: { kind: 'listed', limit: { n: 1, per: 'day' } },
      paused: { since: '2026-12-24', until: '2026-12-26', why: { fi: 'Joulu', sv: 'Jul', en: 'Christmas' } },
      hours: [weekdays],
    },
  ],
  [
    'catalogue',
    {
      ...aVenue('x'),
      hours: [weekdays],
      exceptions: [{ from: '2026-12-24', to: '2026-12-26', hours: [{ from: '10:00', to: '14:00' }] }],
    },
  ],
  ['catalogue', { ...anOffering('x'), choosableUntil: '2026-12-01', startsAt: '18:00', seats: 20 }],
  [
    'catalogue',
    {
      _id: 'settings:city',
      type: 'settings',
      v: 1,
      names: { fi: 'Kaupunki', sv: 'Staden', en: 'City' },
      cameraCodes: ['qr_code'],
    },
  ],
  [
    'catalogue',
    {
      _id: 'key:abc_-1',
      type: 'key',
      v: 1,
      jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) },
      from: '2026-11-01',
      until: '2027-11-01',
    },
  ],
  [
    'catalogue',
    {
      _id: 'rescue-key:abc',
      type: 'rescue-key',
      v: 1,
      jwk: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
      madeAt: '2026-11-22T08:00:00.000Z',
    },
  ],
  [
    'visits',
    {
      ...aVisit('hall', 1),
      offering: 'course',
      portions: 2,
      clockSkewMs: -1.5,
      timeUncertain: { from: '2026-11-22T08:00:00Z' },
      override: { reason: overrideReasons[0] },
    },
  ],
  ['visits', { ...aVoid(aVisit('hall', 1)), by: 'chief' }],
  ['visits', { ...choice }],
  ['visits', { ...aRelease(choice) }],
  [
    'visits',
    {
      _id: `resolution:chief:${ulidOf(1)}`,
      type: 'resolution',
      v: 1,
      conflict: 'double hall',
      documents: [aVisit('hall', 1)._id],
      decision: 'keep',
      kept: [aVisit('hall', 1)._id],
      by: 'chief',
      at: '2026-11-22T08:00:00.000Z',
    },
  ],
];

const validators = new Map<Validation, DocumentValidator>();
async function validatorOf(validation: Validation): Promise<DocumentValidator> {
  const made = validators.get(validation) ?? compileValidator(await validationSource(validation));
  validators.set(validation, made);
  return made;
}

/** What the server says about documents that an administrator writes; undefined: they are stored. */
async function refusalsOf(validation: Validation, documents: readonly object[]) {
  const validate = await validatorOf(validation);
  const as = { name: 'chief', roles: ['administrator'] };
  return validate(documents.map((document) => JSON.stringify([document, null, as, {}])));
}

/** Its own message for what relates a document to its `_id`, which no schema does. */
const isAboutId = (reason: string | undefined) => /^wrong-id: /.test(reason ?? '');

/** Where the server requires more than a device, which ignores what it does not know. */
const isStricter = (reason: string | undefined) =>
  /: (is not a member of this type|must be of type object)\.$/.test(reason ?? '');

const nasty = [
  ...[
    null,
    true,
    0,
    1,
    -1,
    1.5,
    8,
    1e9,
    9e15,
    '',
    'x',
    'Å',
    [],
    {},
    [null],
    [''],
    { kind: 'limit' },
    '__proto__',
  ],
  ...[
    '0000-01-01',
    '1899-12-31',
    '1900-02-29',
    '2000-02-29',
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '9999-12-31',
  ],
  ...[
    '08-32',
    '02-30',
    '24:00',
    '24:01',
    '7:00',
    'P1W',
    'P6M',
    'Europe/Helsinki',
    'Mars/Olympus',
    'UTC',
    '+02:00',
  ],
  ...[
    '2026-02-30T08:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T08:00:00+02:00',
    '2026-11-22T08:00:00.123456789Z',
  ],
  ...[
    '20240013',
    '20240014',
    'a-b',
    '-a',
    'A',
    'x'.repeat(64),
    'x'.repeat(65),
    'x'.repeat(129),
    'x'.repeat(201),
  ],
  ...['admit', 'unlimited', 'choice', 'season', 'qr', 'ended', 'P-256', 'x'.repeat(43)],
];

/** Every place in a document, as the path of names. */
function placesOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner).map((place) => [name, ...place])),
  ];
}

/** The same with one place changed; without it if `put` is undefined. */
function changedAt(value: unknown, [name, ...below]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  const inner = changedAt((value as Record<string, unknown>)[name], below, put);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      if (String(index) !== name) return [item];
      return inner === undefined ? [] : [inner];
    });
  }
  const others = Object.entries(value as object).filter(([each]) => each !== name);
  return Object.fromEntries(inner === undefined ? others : [...others, [name, inner]]);
}

describe('the validation functions and the schemas agree', () => {
  it.each(seeds)('%s: %o is accepted by both', async (validation, document) => {
    expect(parseDocument(document)).toMatchObject({ ok: true });
    expect(await refusalsOf(validation, [document])).toEqual([undefined]);
  });

  it.each(seeds)(
    '%s: %o, changed in every place, is accepted by both or by none',
    async (validation, document) => {
      const changed = placesOf(document)
        .filter((place) => place.length > 0)
        .flatMap((place) => [...nasty, undefined].map((put) => changedAt(document, place, put) as object));
      const refusals = await refusalsOf(validation, changed);
      const disagreed = changed.flatMap((each, index) => {
        const parsed = parseDocument(each);
        const reason = refusals[index]?.reason;
        return isAboutId(reason) || isStricter(reason) || parsed.ok === (reason === undefined)
          ? []
          : [{ each, parsed, reason }];
      });
      expect(changed.length).toBeGreaterThan(300);
      expect(disagreed).toEqual([]);
      const reasons = refusals.flatMap((refusal) => (refusal ? [refusal.reason] : []));
      expect(reasons.filter((reason) => codeOf(reason) === undefined)).toEqual([]);
    },
  );

  it('days and instants', async () => {
    const [, seed] = seeds[0] as [Validation, Raw];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
          fc
            .tuple(fc.nat(9999), fc.nat(14), fc.nat(33))
            .map((parts) => parts.map((n) => String(n)).join('-')),
          fc
            .tuple(fc.integer({ min: 1890, max: 2100 }), fc.nat(13), fc.nat(32))
            .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`),
        ),
        async (validUntil) => {
          const document = { ...seed, validUntil };
          const [refusal] = await refusalsOf('register', [document]);
          expect(refusal === undefined).toBe(parseDocument(document).ok);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Accounts that write nothing of a kind, or not that, and the answer they get. */
it.each([
  ['catalogue', null, 'unauthorized', /^signed-out: /],
  ['catalogue', ['desk'], 'forbidden', /^not-allowed: Only coordinators and administrators/],
  ['register', ['desk'], 'forbidden', /^not-allowed: Only the office changes the register/],
  ['office', ['coordinator'], 'forbidden', /^not-allowed: Only the office writes here/],
  ['desks', ['administrator'], 'forbidden', /^not-allowed: Only the server writes here/],
  ['visits', ['reports'], 'forbidden', /^not-allowed: Only desks and the office write visits/],
  ['visits', null, 'unauthorized', /^signed-out: /],
] as const)('%s: an account with the roles %j is %s', async (kind, roles, error, reason) => {
  const user = { name: roles === null ? null : 'somebody', roles: roles ?? [] };
  const [, document] = seeds.find(([each]) => each === kind) ?? [kind, { _id: 'desk:x', type: 'desk', v: 1 }];
  const [refusal] = await (await validatorOf(kind))([JSON.stringify([document, null, user, {}])]);
  expect(refusal?.error).toBe(error);
  expect(refusal?.reason).toMatch(reason);
});

it.each([
  ['catalogue', 'coordinator', { _id: 'key:abc', _deleted: true }, 'Only administrators publish keys.'],
  [
    'register',
    'office',
    { _id: 'card:1', _deleted: true },
    'Cards are not deleted. End the card: status ended.',
  ],
  [
    'register',
    'office',
    { _id: 'snapshot:e', type: 'snapshot', epoch: 'e' },
    'Only the server packs the register.',
  ],
  [
    'office',
    'office',
    { _id: 'desk:x', type: 'desk', v: 1 },
    'Only the server writes desks and rescue notes.',
  ],
  ['office', 'office', { _id: 'wish:x', type: 'wish' }, 'v must be a number.'],
  ['office', 'office', { _id: 'wish:x', type: 'desk', v: 1 }, '_id must begin with the type and a colon.'],
  ['office', 'office', { _id: 'wish:x', type: 'wish', v: 1 }, undefined],
  ['catalogue', 'coordinator', { _id: 'wish:x', _deleted: true }, undefined],
] as const)('%s: %s writes %o', async (kind, role, document, sentence) => {
  const user = { name: 'somebody', roles: [role] };
  const [refusal] = await (await validatorOf(kind))([JSON.stringify([document, null, user, {}])]);
  expect(refusal && sentenceOf(refusal.reason)).toBe(sentence);
});

describe('members that no type has', () => {
  it.each(seeds)('%s: %o with one more is refused', async (validation, document) => {
    const more = [
      { ...document, weather: 'fine' },
      { ...document, constructor: 1 },
      { ...document, _attachments: { a: { stub: true } } },
    ];
    for (const refusal of await refusalsOf(validation, more)) {
      expect(refusal?.reason).toMatch(/is not a member of this type\.$/);
    }
  });

  it('a member within a member is refused by its path', async () => {
    const [, seed] = seeds[8] as [Validation, Raw];
    const inner = { ...seed, people: { holder: 1, children: 0, assistants: 0, dogs: 1 } };
    const [refusal] = await refusalsOf('visits', [inner]);
    expect(refusal?.reason).toBe('newer-form: people.dogs: is not a member of this type.');
  });

  it('older settings may say that a store is a demo, which nobody reads', async () => {
    const [, settings] = seeds[5] as [Validation, Raw];
    expect(await refusalsOf('catalogue', [{ ...settings, demo: true }])).toEqual([undefined]);
  });
});
