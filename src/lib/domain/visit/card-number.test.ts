import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardNumberLength, checkDigit, checkTyped, groupDigits, isCardNumber } from './card-number';

const payload = fc.stringMatching(/^\d{7}$/);

describe('card numbers', () => {
  test("R1 Damm's own example: 572 has the check digit 4", () => {
    expect(checkDigit('572')).toBe('4');
  });

  test('R1 every number with its check digit is valid', () => {
    fc.assert(
      fc.property(payload, (digits) => {
        expect(isCardNumber(digits + checkDigit(digits))).toBe(true);
      }),
    );
  });

  test('R1 every single mistyped digit is caught', () => {
    const place = fc.integer({ min: 0, max: cardNumberLength - 1 });
    fc.assert(
      fc.property(payload, place, fc.integer({ min: 1, max: 9 }), (digits, at, shift) => {
        const number = [...(digits + checkDigit(digits))];
        number[at] = String((Number(number[at]) + shift) % 10);
        expect(isCardNumber(number.join(''))).toBe(false);
      }),
    );
  });

  test('R1 every swap of two neighbours is caught', () => {
    fc.assert(
      fc.property(payload, fc.integer({ min: 0, max: cardNumberLength - 2 }), (digits, at) => {
        const number = [...(digits + checkDigit(digits))];
        fc.pre(number[at] !== number[at + 1]);
        [number[at], number[at + 1]] = [number[at + 1] as string, number[at] as string];
        expect(isCardNumber(number.join(''))).toBe(false);
      }),
    );
  });

  test('the pad says so with the last digit, not before', () => {
    expect(checkTyped('1234567')).toBe('incomplete');
    expect(checkTyped('12345671')).toBe('valid');
    expect(checkTyped('12345670')).toBe('mistyped');
  });

  test('digits are grouped in fours', () => {
    expect(groupDigits('12345671')).toBe('1234 5671');
    expect(groupDigits('12345')).toBe('1234 5');
    expect(groupDigits('1234')).toBe('1234');
  });
});
