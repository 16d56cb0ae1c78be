/**
 * Characters typed one after another, by a scanner or by hand, and when. Instants in ms of one steady clock.
 */
export interface KeyRun {
  characters: readonly string[];
  /** Between each character and the one before it, ms; one fewer than characters. */
  gaps: readonly number[];
  lastAt: number;
  /** Something was deleted: only a person does that. */
  isEdited: boolean;
}

/** Longer texts are not codes: the rest is dropped. */
const longestRun = 600;

/** A scanner's keys are at most this far apart, on average, ms; a fast typist's are at 80 to 120. */
const scannerMs = 50;
/** Slower scanners are recognized by their evenness: gaps differ by at most this share of their mean. */
const evenlyTyped = [
  { paceMs: 120, deviation: 0.25, keys: 4 },
  { paceMs: 260, deviation: 0.12, keys: 6 },
];

export function startRun(character: string, at: number): KeyRun {
  return { characters: [character], gaps: [], lastAt: at, isEdited: false };
}

export function extendRun(run: KeyRun, character: string, at: number): KeyRun {
  const { characters, gaps } = run;
  if (characters.length >= longestRun) return { ...run, lastAt: at };
  return {
    ...run,
    characters: [...characters, character],
    gaps: [...gaps, Math.max(0, at - run.lastAt)],
    lastAt: at,
  };
}

/** Without its last character; undefined if none is left. */
export function shortenRun(run: KeyRun, at: number): KeyRun | undefined {
  if (run.characters.length <= 1) return undefined;
  return {
    characters: run.characters.slice(0, -1),
    gaps: run.gaps.slice(0, -1),
    lastAt: at,
    isEdited: true,
  };
}

export const textOf = ({ characters }: Pick<KeyRun, 'characters'>): string => characters.join('');

/** The usual time between two keys, ms; 0 for a single one. */
export function paceOf({ gaps }: Pick<KeyRun, 'gaps'>): number {
  return [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

export const longestGap = ({ gaps }: Pick<KeyRun, 'gaps'>): number =>
  gaps.reduce((a, b) => Math.max(a, b), 0);

/**
 * Whether a machine typed it: fast, or more evenly than any hand. `fewest` is how many keys it takes to tell.
 */
export function isMachineTyped(
  { gaps, isEdited }: Omit<KeyRun, 'characters' | 'lastAt'>,
  fewest = 4,
): boolean {
  const keys = gaps.length + 1;
  if (isEdited || keys < fewest) return false;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
  if (mean <= scannerMs) return true;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  return evenlyTyped.some(
    (kind) => keys >= kind.keys && mean <= kind.paceMs && deviation <= kind.deviation * mean,
  );
}

/** A pause shows against the pace of what follows it: this many times as long, and at least this many ms. */
const pauseFactor = 5;
const shortestPauseMs = 100;
/** A person leaves this much between two things that they type, ms. */
const handPauseMs = 3_000;

/**
 * What was typed after the last pause within the run, if that looks like a code of its own: something was
 * left on the screen by hand, and then a card was scanned.
 */
export function lastPart(run: KeyRun): string | undefined {
  for (let split = run.gaps.length - 1; split >= 0; split--) {
    const pause = run.gaps[split] ?? 0;
    const part = {
      characters: run.characters.slice(split + 1),
      gaps: run.gaps.slice(split + 1),
      isEdited: false,
    };
    const isPause = pause > Math.max(shortestPauseMs, pauseFactor * paceOf(part));
    if (isPause && (isMachineTyped(part) || pause > handPauseMs)) return textOf(part);
  }
  return undefined;
}
