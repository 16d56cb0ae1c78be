/**
 * Telling a scanner that types from a person. A scanner sends its keys 2–50 ms apart (Bluetooth ones in
 * clumps), a quick typist 80–120 ms, and nobody holds under 30 ms for four keys.
 */
export interface Burst {
  text: string;
  keys: number;
  startedAt: number;
  lastAt: number;
}

/** A pause longer than this, in milliseconds, ends a burst. */
export const burstPauseMs = 100;

const fewestKeys = 4;
const scannerMs = 50;
const machineMs = 30;

/** Adds one typed character to the running burst, or starts a new one after a pause. `at` in milliseconds. */
export function addKey(burst: Burst | undefined, character: string, at: number): Burst {
  if (!burst || at - burst.lastAt > burstPauseMs) {
    return { text: character, keys: 1, startedAt: at, lastAt: at };
  }
  return { ...burst, text: burst.text + character, keys: burst.keys + 1, lastAt: at };
}

const averageGap = (burst: Burst) => (burst.lastAt - burst.startedAt) / (burst.keys - 1);

/** Whether a burst that was closed by Enter or Tab came from a scanner. */
export function isScannerBurst(burst: Burst | undefined, endedAt: number): burst is Burst {
  if (!burst || burst.keys < fewestKeys || endedAt - burst.lastAt > burstPauseMs) return false;
  return averageGap(burst) <= scannerMs;
}

/** The stricter question without a closing key: fingers rolled over four digits can average 40 ms. */
export function isMachineBurst(burst: Burst | undefined): burst is Burst {
  return burst !== undefined && burst.keys >= fewestKeys && averageGap(burst) <= machineMs;
}
