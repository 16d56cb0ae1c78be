import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '$lib/documents/parse-document';
import type { CardDocument } from '$lib/documents/register/card-document';
import { cardStatuses } from '$lib/domain/visit/card';
import { aCard, cardNumber } from '../../../../../tests/builders';
import {
  bucketOf,
  bucketsFor,
  cardInBucket,
  cardsOfBucket,
  encodeBucket,
  mostBuckets,
  numbersByCode,
} from './bucket';
import { isPackable } from './packed-card';
import { encodePart, rowsOfPart } from './part';

const date = fc
  .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const identifier = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/);
const text = (maxLength: number, minLength = 0) => fc.string({ unit: 'binary', minLength, maxLength });
const limit = fc.record(
  {
    kind: fc.constant('limit'),
    n: fc.integer({ min: 1, max: 999 }),
    per: fc.constantFrom('day', 'week', 'month', 'season', 'validity'),
  },
  { requiredKeys: ['kind', 'n', 'per'] },
);
const rule = fc.oneof(fc.constant({ kind: 'unlimited' }), limit);

/**
 * Every card that the schema accepts, as far as an arbitrary can express it; parsed, as the packer gets it.
 */
const card: fc.Arbitrary<CardDocument> = fc
  .record(
    {
      serial: fc.integer({ min: 0, max: 9_999_999 }),
      codes: fc.array(fc.record({ kind: fc.constantFrom('qr', 'barcode', 'rfid'), value: text(60, 1) }), {
        maxLength: 3,
      }),
      scheme: identifier,
      status: fc.constantFrom(...cardStatuses),
      statusUntil: date,
      validFrom: date,
      validUntil: date,
      rights: fc.array(
        fc.record({ service: identifier, isGiven: fc.boolean(), rule }, { requiredKeys: ['service'] }),
        { maxLength: 3 },
      ),
      companions: fc.record({ children: fc.nat(), assistant: fc.boolean() }, { requiredKeys: [] }),
      groupSize: fc.integer({ min: 1 }),
      hint: text(20),
    },
    { requiredKeys: ['serial', 'codes', 'scheme', 'status', 'validFrom', 'validUntil'] },
  )
  .map(({ serial, ...fields }) => {
    const number = cardNumber(serial);
    const raw = { _id: `card:${number}`, type: 'card', v: 1, number, ...fields };
    const parsed = parseDocument(JSON.parse(JSON.stringify(raw)));
    if (!parsed.ok || parsed.document.type !== 'card') throw new Error(JSON.stringify(parsed));
    return parsed.document;
  })
  .filter((each) => each.codes.every(({ value }) => value.length <= 128));

const codesOf = (cards: readonly CardDocument[]) =>
  cards.flatMap(({ number, codes }) => codes.map(({ value }) => ({ value, number })));

describe('a bucket of cards', () => {
  it('S18 gives every card back as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(card, { selector: ({ number }) => number, maxLength: 8 }), (cards) => {
        const packable = cards.filter(isPackable);
        const bytes = encodeBucket(packable, codesOf(packable));
        for (const each of packable) expect(cardInBucket(bytes, each.number)).toEqual(each);
        expect(new Set(cardsOfBucket(bytes))).toEqual(new Set(packable));
        for (const { value, number } of codesOf(packable)) {
          expect(numbersByCode(bytes, value)).toContain(number);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('S18 has the same bytes for the same cards in any order', () => {
    const cards = [1, 2, 3].map((index) =>
      aCard(cardNumber(index), { codes: [{ kind: 'qr', value: 'shared' }], scheme: `scheme-${index}` }),
    );
    const bytes = encodeBucket(cards, codesOf(cards));
    expect(encodeBucket(cards.toReversed(), codesOf(cards).toReversed())).toEqual(bytes);
    expect(numbersByCode(bytes, 'shared')).toEqual(cards.map(({ number }) => number));
  });

  it('S18 finds no card that is not in it', () => {
    const bytes = encodeBucket([aCard(cardNumber(5))], []);
    for (const index of [4, 6]) expect(cardInBucket(bytes, cardNumber(index))).toBeUndefined();
    expect(numbersByCode(bytes, 'LR1')).toEqual([]);
    expect(cardInBucket(encodeBucket([], []), cardNumber(5))).toBeUndefined();
  });

  it('S18 packs an ordinary card into ten bytes', () => {
    const cards = Array.from({ length: 200 }, (_, index) => aCard(cardNumber(index * 5_000)));
    expect(encodeBucket(cards, []).length / cards.length).toBeLessThan(10);
  });

  it('S18 cut or changed bytes throw, and never become a card of another shape', () => {
    const whole = encodeBucket([aCard(cardNumber(5), { hint: 'A.K.', groupSize: 3 })], []);
    for (let length = 0; length < whole.length - 1; length++) {
      expect(() => cardsOfBucket(whole.slice(0, length))).toThrow();
    }
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (place, byte) => {
        const changed = whole.slice();
        changed[place] = byte;
        let cards: CardDocument[];
        try {
          cards = cardsOfBucket(changed);
        } catch {
          return;
        }
        for (const each of cards) expect(Object.keys(each)).toContain('validUntil');
      }),
    );
  });

  it('S18 a card with half a surrogate pair in its hint is not packed', () => {
    expect(isPackable(aCard(cardNumber(1), { hint: '\ud800' }))).toBe(false);
    expect(isPackable(aCard(cardNumber(1), { hint: 'Å 😀' }))).toBe(true);
  });
});

describe('buckets', () => {
  it('S18 grow in number with the register, so that each stays small', () => {
    expect([0, 400, 20_000, 100_000, 1_000_000, 10_000_000].map(bucketsFor)).toEqual([
      1, 2, 128, 512, 4_096, 4_096,
    ]);
  });

  it('S18 are evenly full', () => {
    const full = new Array<number>(512).fill(0);
    for (let index = 0; index < 100_000; index++) {
      const bucket = bucketOf(cardNumber(index), 512);
      full[bucket] = (full[bucket] ?? 0) + 1;
    }
    expect(Math.max(...full)).toBeLessThan(2 * (100_000 / 512));
    expect(mostBuckets).toBe(4_096);
  });

  it('S18 are read from a part one by one', () => {
    const rows = [new Uint8Array([1, 2, 3]), new Uint8Array(), new Uint8Array(300).fill(7)];
    const part = encodePart(rows);
    expect(rowsOfPart(part, 3)).toEqual(rows);
    for (const count of [2, 4]) expect(() => rowsOfPart(part, count)).toThrow(RangeError);
    expect(() => rowsOfPart(part.slice(0, -1), 3)).toThrow(RangeError);
  });
});
