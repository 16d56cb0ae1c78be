import { readingsOf, type Mend } from '$lib/domain/code/code-readings';
import { keyboardLayouts, retyped, type KeyboardLayout } from '$lib/domain/code/keyboard-layouts';
import type { ScannerProfile } from '$lib/domain/code/scanner-profile';
import type { HeardCode } from '$lib/scanner/key-reader';

/** The text of the test code: each layout types it differently, and Caps Lock swaps its case. */
export const testText = 'Tiski-qz_/:1';

/** What a test scan showed about the scanner's keyboard. */
export type LayoutGuess =
  | { kind: 'right' }
  | { kind: 'differs'; scanner: KeyboardLayout; computer: KeyboardLayout }
  /** Letters and digits alone don't tell. */
  | { kind: 'unknown' };

/** What one scan tells about its scanner. */
export interface ScanReport {
  text: string;
  keys: number;
  paceMs: number;
  ending: HeardCode['ending'];
  isTyped: boolean;
  layout: LayoutGuess;
  hasCapsLock: boolean;
  /** The AIM identifier's letter, which names the symbology (ISO/IEC 15424). */
  symbology: string | undefined;
  isTestCode: boolean;
}

/** `mends`: what was corrected in the code to find its card, if one was found. */
export function reportOf(code: HeardCode, mends: readonly Mend[], profile: ScannerProfile): ScanReport {
  const text = code.texts[0];
  const { keys, paceMs, ending, isTyped } = code;
  const readings = readingsOf(text, profile);
  const isSameLetters = (other: string) => other.toLowerCase() === testText.toLowerCase();
  const test = readings.find((reading) => isSameLetters(reading.text));
  const done = test?.mends ?? mends;
  return {
    text,
    keys,
    paceMs: Math.round(paceMs),
    ending,
    isTyped,
    layout: layoutOf(text, done, test !== undefined),
    hasCapsLock:
      done.some(({ kind }) => kind === 'caps-lock') || (test !== undefined && test.text !== testText),
    symbology: /^[\]¨]([A-Za-z])[\dA-Za-z]/.exec(text)?.[1],
    isTestCode: test !== undefined,
  };
}

function layoutOf(text: string, mends: readonly Mend[], isTest: boolean): LayoutGuess {
  for (const mend of mends) {
    if (mend.kind === 'layout') return { kind: 'differs', scanner: mend.scanner, computer: mend.computer };
  }
  if (isTest) return { kind: 'right' };
  // The test code without its symbols: if only letters moved, no symbol calls for a correction.
  for (const scanner of keyboardLayouts) {
    if (retyped(text, 'fi', scanner) === testText) return { kind: 'differs', scanner, computer: 'fi' };
  }
  return { kind: 'unknown' };
}

/** The profile with what a scan showed. What a person typed says nothing about a scanner. */
export function learned(profile: ScannerProfile, report: ScanReport): ScannerProfile {
  const { layout, ending, paceMs } = report;
  const { wrappers, uid, layout: known } = profile;
  const scanner = layout.kind === 'differs' ? layout.scanner : layout.kind === 'right' ? undefined : known;
  return { wrappers, uid, ending, paceMs, ...(scanner !== undefined && { layout: scanner }) };
}
