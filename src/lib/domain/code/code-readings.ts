import { keyboardLayouts, retyped, type KeyboardLayout } from './keyboard-layouts';
import { uidInHex, unwrapped, type ScannerProfile } from './scanner-profile';

/** What a scanner did to a code before it arrived. */
export type Mend =
  /** It stood in a wrapper: the desk's own, or a usual one. */
  | { kind: 'wrapper' }
  /** The scanner is set to another keyboard than the computer. */
  | { kind: 'layout'; scanner: KeyboardLayout; computer: KeyboardLayout }
  /** Caps Lock was on. */
  | { kind: 'caps-lock' }
  | { kind: 'uid' };

/** One way to understand what a scanner sent. */
export interface CodeReading {
  text: string;
  mends: readonly Mend[];
}

/**
 * What scanners put around a code where nobody told them not to: AIM identifiers (ISO/IEC 15424), control
 * characters, Code 39's stars, Codabar's start and stop letters, the sentinels of magnetic stripes (ISO/IEC 7811-2).
 */
const usualWrappers = [
  /^\][A-Za-z][\dA-Za-z](.+)$/u,
  /^[\p{Cc}\s]*(.+?)[\p{Cc}\s]*$/u,
  /^\*(.+)\*$/u,
  /^[A-D]([\d$+./:-]+)[A-D]$/iu,
  /^[%;](.+)\?$/u,
];

/** The keyboards of computers at counters. */
const computers = ['fi', 'us'] as const;

/** A code is retyped at most this often: wrapped and in another layout, but not more. */
const mostMends = 2;
const mostReadings = 60;

/**
 * All ways to understand a text, itself first. A mend is offered only where something in the text asks for it: a
 * code that is merely unknown must not become another card's.
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

/** Letters alone may be right as they are: only a changed sign shows that the keyboards differ. */
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
