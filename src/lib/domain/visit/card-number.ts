/**
 * Card numbers: eight digits, the last a Damm check digit, which catches every single mistyped digit
 * and every swap of two neighbours (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004).
 */

/** The totally anti-symmetric quasigroup of order 10 published by Damm. */
const quasigroup = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

/** Digits in a card number, check digit included. */
export const cardNumberLength = 8;

function dammDigit(digits: string): number {
  let interim = 0;
  for (const digit of digits) interim = quasigroup[interim]?.[Number(digit)] ?? 0;
  return interim;
}

/** The check digit that makes `digits` (decimal digits only) a valid number. */
export function checkDigit(digits: string): string {
  return String(dammDigit(digits));
}

/** Whether `text` is eight digits with a correct check digit. */
export function isCardNumber(text: string): boolean {
  return /^\d{8}$/.test(text) && dammDigit(text) === 0;
}

/** What the pad says while a number is typed: a mistake shows at the last digit. */
export function checkTyped(digits: string): 'incomplete' | 'valid' | 'mistyped' {
  if (digits.length < cardNumberLength) return 'incomplete';
  return isCardNumber(digits) ? 'valid' : 'mistyped';
}

/** "12345674" as people read it: "1234 5674". */
export function groupDigits(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/g, '$1 ');
}
