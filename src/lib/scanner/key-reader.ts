import type { ScannerProfile } from '$lib/domain/code/scanner-profile';
import { isCardNumber } from '$lib/domain/visit/card-number';
import {
  extendRun,
  isMachineTyped,
  lastPart,
  longestGap,
  paceOf,
  shortenRun,
  startRun,
  textOf,
  type KeyRun,
} from './key-run';

/** A code that was typed, by a scanner or by hand. */
export interface HeardCode {
  /** The ways to cut it from the keys: all of them, and only those after a pause. */
  texts: readonly [string, ...string[]];
  keys: number;
  /** Between two keys, ms. */
  paceMs: number;
  ending: 'enter' | 'tab' | 'none';
  /** By hand, judging by its pace. */
  isTyped: boolean;
}

/** What an Enter or Tab meant. */
export type EndKey =
  /** It ended a code. */
  | { kind: 'heard'; code: HeardCode }
  /** It belongs, or may belong, to keys that were already heard: it does nothing. */
  | { kind: 'belongs' }
  /** Pressed on its own, judging by the keys before it. */
  | { kind: 'alone' };

/** What a silence after some keys means. */
export type Silence =
  | { kind: 'heard'; code: HeardCode }
  /**
   * Not a code yet: somebody is typing, or the scanner doesn't end its codes. It stays until Enter, Escape or
   * `forgetMs`.
   */
  | { kind: 'unended'; text: string };

export interface KeyReader {
  character(text: string, at: number): void;
  /** Takes back the last character. */
  erase(at: number): void;
  /** Forgets and returns what was typed. */
  clear(): string;
  end(key: 'enter' | 'tab', at: number): EndKey;
  /** Asked `patienceMs` after the last key. */
  silence(): Silence | undefined;
  /** How long after the last key it counts as silence, ms. */
  patienceMs(): number;
  /** This long after an Enter on its own, a scanner that sends Enter first has sent its next key, ms. */
  aloneMs(): number;
  /** What is typed and not heard yet. */
  typed(): string;
}

/**
 * An Enter this soon after a key belongs to that key, ms: staff end a number with it by habit, and press it
 * for scanners that don't. After that, somebody has seen what the keys led to.
 */
export const belongsMs = 1_200;
/** The second of two endings (CR LF, Enter and Tab) comes within this, ms. */
const secondEndMs = 500;
/** After this long, what was typed and left is not the beginning of what comes next, ms. */
export const forgetMs = 30_000;

/** Keys come in bursts on a busy device, so silence is long compared with a scanner's pace. */
const shortestPatienceMs = 500;
const longestPatienceMs = 2_000;
/** If the scanner is known to end its codes, one without an end most likely isn't complete. */
const knownEndPatienceMs = 1_500;
const patiencePaces = 4;

const shortestAloneMs = 300;
/** Somebody pressed Enter for a scanner once; twice means that the scanner sends it. */
const endsToLearn = 2;

/**
 * Turns keys into codes, however slow they come: a run of keys ends with Enter or Tab, or with a silence that
 * is long compared with its pace. It learns how the scanner ends its codes, and how fast it types.
 */
export function createKeyReader(profile: ScannerProfile): KeyReader {
  let run: KeyRun | undefined;
  let lastKeyAt = -Infinity;
  let endedAt = -Infinity;
  let pace = profile.paceMs ?? 0;
  let ends = profile.ending === 'enter' || profile.ending === 'tab' ? endsToLearn : 0;

  function heard(taken: KeyRun, ending: HeardCode['ending']): HeardCode {
    run = undefined;
    const paceMs = paceOf(taken);
    const isMachine = isMachineTyped(taken, 2);
    if (isMachine) {
      pace = paceMs;
      ends = ending === 'none' ? 0 : ends + 1;
    }
    const whole = textOf(taken);
    const part = lastPart(taken);
    const isAtItsPace = profile.paceMs !== undefined && !taken.isEdited && paceMs <= 1.6 * profile.paceMs;
    return {
      texts: part === undefined ? [whole] : [whole, part],
      keys: taken.characters.length,
      paceMs,
      ending,
      isTyped: !isMachine && !isAtItsPace,
    };
  }

  const forgetOld = (at: number) => {
    if (run && at - run.lastAt > forgetMs) run = undefined;
  };

  return {
    character(text, at) {
      forgetOld(at);
      run = run ? extendRun(run, text, at) : startRun(text, at);
      lastKeyAt = at;
    },
    erase(at) {
      forgetOld(at);
      run = run && shortenRun(run, at);
      lastKeyAt = at;
    },
    clear() {
      const typed = run ? textOf(run) : '';
      run = undefined;
      return typed;
    },
    end(key, at) {
      forgetOld(at);
      if (run) {
        endedAt = at;
        return { kind: 'heard', code: heard(run, key) };
      }
      const belongsToKeys = at - lastKeyAt < Math.max(belongsMs, 3 * pace) && endedAt < lastKeyAt;
      const isSecond = at - endedAt < Math.max(secondEndMs, 3 * pace);
      return { kind: belongsToKeys || isSecond ? 'belongs' : 'alone' };
    },
    silence() {
      if (!run) return undefined;
      const isWhole = isMachineTyped(run) || isCardNumber(textOf(run));
      return isWhole ? { kind: 'heard', code: heard(run, 'none') } : { kind: 'unended', text: textOf(run) };
    },
    patienceMs() {
      if (!run) return shortestPatienceMs;
      if (isMachineTyped(run) && ends >= endsToLearn) return knownEndPatienceMs;
      const slowest = Math.max(longestGap(run), run.gaps.length === 0 ? pace : 0);
      return Math.min(longestPatienceMs, Math.max(shortestPatienceMs, patiencePaces * slowest));
    },
    aloneMs: () => Math.max(shortestAloneMs, 2 * pace),
    typed: () => (run ? textOf(run) : ''),
  };
}
