import { setImmediate as nextTurn } from 'node:timers/promises';

/** Yields to other work between the pieces of a long task. */
export const breathe = async (): Promise<void> => void (await nextTurn());

/** A list in pieces of `size`, the last one shorter. */
export function* piecesOf<T>(list: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}
