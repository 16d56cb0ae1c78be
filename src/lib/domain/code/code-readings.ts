import { keyboardLayouts, retyped, type KeyboardLayout } from './keyboard-layouts';
import { uidInHex, unwrapped, type ScannerProfile } from './scanner-profile';

/** What a scanner did to a code before it arrived. */
export type Mend =
  /** It was wrapped: in the desk's own wrapper, or a common one. */
  | { kind: 'wrapper' }
  /** The scanner is set to another keyboard layout than the computer. */
  | { kind: 'layout'; scanner: KeyboardLayout; computer: KeyboardLayout }
  /** Caps Lock was on. */
  | { kind: 'caps-lock' }
  | { kind: 'uid' };

/** One possible reading of what a scanner sent. */
export interface CodeReading {
  text: string;
  mends: readonly Mend[];
}

/**
 * What scanners put around a code unless told not to: AIM identifiers (ISO/IEC 15424), control characters,
 * Code 39's stars, Codabar's start and stop letters, the sentinels of magnetic stripes (ISO/IEC 7811-2).
 */
const usualWrappers = [
  /^\][A-Za-z][\dA-Za-z](.+)$/u,
  /^[\p{Cc}\s]*(.+?)[\p{Cc}\s]*$/u,
  /^\*(.+)\*$/u,
  /^[A-D]([\d$+./:-]+)[A-D]$/iu,
  /^[%;](.+)\?$/u,
];

/** The keyboard layouts of computers at counters. */
const computers = ['fi', 'us'] as const;

/** At most this many changes: wrapped and in another layout, but no more. */
const mostMends = 2;
const mostReadings = 60;

/**
 * All possible readings of a text, the text itself first. A correction is only offered if something in the
 * text calls for it: a code that is merely unknown must not become another card's.
 */
export function readingsOf(text: string, profile: ScannerProfile): CodeReading[] {
  const readings = new Map<string, CodeReading>([[text, { text, mends: [] }]]);
  for (const reading of readings.values()) {
    if (reading.mends.length >= mostMends) continue;
    for (const { text: mended, mend } of mendsOf(reading, profile)) {
      if (mended === '' || readings.has(mended) || readings.size >= mostReadings) continue;
      readings.set(mended, { text: mended, mends: [...reading.mends, mend] });
    }
  }
  return [...readings.values()];
}

interface Mended {
  text: string;
  mend: Mend;
}

function* mendsOf({ text, mends }: CodeReading, profile: ScannerProfile): Generator<Mended> {
  for (const wrapper of profile.wrappers) {
    const within = unwrapped(text, wrapper);
    if (within !== undefined) yield { text: within, mend: { kind: 'wrapper' } };
  }
  const uid = uidInHex(text, profile.uid);
  if (uid !== undefined) yield { text: uid, mend: { kind: 'uid' } };
  for (const wrapper of usualWrappers) {
    const within = wrapper.exec(text)?.[1];
    if (within !== undefined) yield { text: within, mend: { kind: 'wrapper' } };
  }
  if (/\p{Ll}/u.test(text) && isCapsLocked(text)) {
    yield { text: swappedCase(text), mend: { kind: 'caps-lock' } };
  }
  if (mends.some(({ kind }) => kind === 'layout')) return;
  for (const computer of computers) {
    for (const scanner of keyboardLayouts) {
      const mended = retyped(text, computer, scanner);
      if (isAskedFor(text, mended) || scanner === profile.layout) {
        yield { text: mended, mend: { kind: 'layout', scanner, computer } };
      }
    }
  }
}

/** Letters alone may be correct as they are: only a changed symbol shows that the layouts differ. */
const isAskedFor = (heard: string, mended: string): boolean => {
  const meant = [...mended];
  return [...heard].some((character, place) => !/[\dA-Za-z]/.test(character) && character !== meant[place]);
};

/** Codes are printed in capitals; a signed code begins with "eyJ". */
const isCapsLocked = (text: string): boolean => !/\p{Lu}/u.test(text) || text.startsWith('EYj');

const swappedCase = (text: string): string =>
  [...text]
    .map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
    .join('');
