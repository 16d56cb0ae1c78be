import { isCardNumber } from './card-number';

/** What a scanned or typed text can be, before the register is asked. */
export type ScannedCode =
  | { kind: 'number'; number: string }
  /** Something else that an imported card stock may carry: looked up among the register's codes. */
  | { kind: 'other'; value: string }
  /** Too long, empty or with control characters: no card carries it. */
  | { kind: 'impossible' };

/** Longest code of an imported card stock, in UTF-16 units. */
export const maxCodeLength = 128;

// Control, format, private-use and unassigned characters, and emoji: no card stock prints them.
const impossibleCharacters = /[\p{C}\p{Extended_Pictographic}]/u;

/** Reads the text of any scanner. Total: every input is understood as one of three kinds (R1). */
export function readCode(text: string): ScannedCode {
  if (text.length > 4 * maxCodeLength) return { kind: 'impossible' };
  const trimmed = text.trim();
  const digits = trimmed.replace(/[\s-]/g, '');
  if (isCardNumber(digits)) return { kind: 'number', number: digits };
  if (trimmed === '' || trimmed.length > maxCodeLength) return { kind: 'impossible' };
  if (impossibleCharacters.test(trimmed)) return { kind: 'impossible' };
  return { kind: 'other', value: trimmed };
}
