export interface Random {
  /** In [0, 1). */
  next(): number;
  pick<T>(choices: readonly T[]): T;
}

/** The same numbers for the same seed, everywhere (mulberry32, Tommy Ettinger). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('Nothing to pick from.');
      return choices[Math.floor(next() * choices.length)] as T;
    },
  };
}
