import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit } from '$lib/domain/visit/card-number';
import { canonicalCode } from './canonical-code';

const uidOf = (bytes: readonly number[], separator: string) =>
  bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(separator);
const uidBytes = fc
  .constantFrom(4, 7, 8, 10)
  .chain((length) => fc.array(fc.nat({ max: 255 }), { minLength: length, maxLength: length }));

describe('R1 a code is the same however it is read', () => {
  it.each([
    '04A2900003B890',
    '04a2900003b890',
    '04:A2:90:00:03:B8:90',
    '04:a2:90:00:03:b8:90',
    '04-a2-90-00-03-b8-90',
    '04 A2 90 00 03 b8 90',
  ])('R1 an RFID UID written %s', (text) => {
    expect(canonicalCode(text)).toBe('04A2900003B890');
  });

  it('R1 every UID of 4, 7, 8 or 10 bytes has one form', () => {
    fc.assert(
      fc.property(uidBytes, fc.constantFrom(':', '-', ' ', ''), (bytes, separator) => {
        const plain = uidOf(bytes, '').toUpperCase();
        expect(canonicalCode(uidOf(bytes, separator))).toBe(plain);
        expect(canonicalCode(uidOf(bytes, separator).toUpperCase())).toBe(plain);
      }),
    );
  });

  it('R1 a UPC-A and its EAN-13', () => {
    expect(canonicalCode('036000291452')).toBe('0036000291452');
    expect(canonicalCode('0036000291452')).toBe('0036000291452');
  });

  it.each([
    ['a UPC-A with a wrong check digit', '036000291453'],
    ['an EAN-13 of a country', '6416453064307'],
    ['an EAN-8', '73513537'],
    ['a UID of no standard length', '04:a2:90:00:03'],
    ['five hex bytes without separators', '04a2900003'],
    ['two separators in one UID', '04:a2-90:00'],
    ['a byte with one digit', '4:a2:90:00'],
    ['a separator at the end', '04:a2:90:00:'],
    ['a library’s code', 'lr004711'],
    ['eight letters and digits, one of them no hex', 'abcdefg1'],
    ['a QR with a web address', 'https://kortti.example/a1b2c3d4'],
    ['nothing', ''],
  ])('R1 %s stays as it is', (_what, text) => {
    expect(canonicalCode(text)).toBe(text);
  });

  it('R1 card numbers, and all digit-only codes except UPC-A, stay as they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{7}$/), (digits) => {
        const number = digits + checkDigit(digits);
        expect(canonicalCode(number)).toBe(number);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,20}$/), (digits) => {
        fc.pre(digits.length !== 12);
        expect(canonicalCode(digits)).toBe(digits);
      }),
    );
  });

  it('R1 the canonical form is its own canonical form', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 24 }),
          fc.stringMatching(/^\d{12}$/),
          fc.stringMatching(/^[\da-fA-F:]{8,29}$/),
        ),
        (text) => {
          expect(canonicalCode(canonicalCode(text))).toBe(canonicalCode(text));
        },
      ),
    );
  });
});
