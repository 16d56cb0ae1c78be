import type { KeyboardLayout } from './keyboard-layouts';

/** How an RFID reader types a tag's UID: in hex as it is, or in another form. */
export const uidFormats = ['hex', 'hex-reversed', 'decimal', 'decimal-reversed'] as const;
export type UidFormat = (typeof uidFormats)[number];

/** What is known about a desk's scanners. */
export interface ScannerProfile {
  /** The key that ends a code; absent until it is known. */
  ending?: 'enter' | 'tab' | 'none';
  /** Between two keys, ms. */
  paceMs?: number;
  /** Set if the scanner types in another layout than the computer: the scanner's layout. */
  layout?: KeyboardLayout;
  /** What surrounds the code: `*` is the code, `?` any one character, as in "F*#". */
  wrappers: readonly string[];
  uid: UidFormat;
}

export const unknownScanner: ScannerProfile = { wrappers: [], uid: 'hex' };

/** As many, and as long, as somebody would enter by hand. */
export const mostWrappers = 10;
export const longestWrapper = 60;

/** Why a wrapper can't be used. */
export type WrapperFault = 'no-code' | 'nothing-around' | 'too-long';

export function wrapperFault(wrapper: string): WrapperFault | undefined {
  if (wrapper.length > longestWrapper) return 'too-long';
  if (wrapper.split('*').length !== 2) return 'no-code';
  return wrapper === '*' ? 'nothing-around' : undefined;
}

/** The code inside its wrapper; undefined if the text doesn't begin and end that way. */
export function unwrapped(text: string, wrapper: string): string | undefined {
  const [before = '', after = ''] = wrapper.split('*');
  if (text.length <= before.length + after.length) return undefined;
  const fits = (part: string, pattern: string) =>
    [...pattern].every((wanted, place) => wanted === '?' || wanted === part[place]);
  if (!fits(text, before) || !fits(text.slice(text.length - after.length), after)) return undefined;
  return text.slice(before.length, text.length - after.length);
}

/** What a reader that types UIDs this way meant, in hex; undefined if it can't be such a UID. */
export function uidInHex(text: string, format: UidFormat): string | undefined {
  switch (format) {
    case 'hex':
      return undefined;
    case 'hex-reversed': {
      const hex = text.replaceAll(/[\s:-]/g, '');
      return /^(?:[\da-f]{2}){4,10}$/i.test(hex) ? reversedBytes(hex) : undefined;
    }
    case 'decimal':
      return hexOfDecimal(text);
    case 'decimal-reversed': {
      const hex = hexOfDecimal(text);
      return hex === undefined ? undefined : reversedBytes(hex);
    }
  }
}

const reversedBytes = (hex: string): string => (hex.match(/../g) ?? []).reverse().join('');

/** UIDs have 4, 7 or 10 bytes (ISO/IEC 14443-3). */
function hexOfDecimal(text: string): string | undefined {
  if (!/^\d{6,25}$/.test(text)) return undefined;
  const hex = BigInt(text).toString(16).toUpperCase();
  const bytes = [4, 7, 10].find((count) => hex.length <= 2 * count);
  return bytes === undefined ? undefined : hex.padStart(2 * bytes, '0');
}
