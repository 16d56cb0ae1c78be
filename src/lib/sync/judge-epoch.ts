import type { Cursor } from './ports';

/** S8: epochs that a cursor remembers as left. */
const mostLeft = 4;
/**
 * S8: answers in a row after which an epoch that was left is trusted again; with S12's pauses some five
 * minutes.
 */
export const timesUntilBelieved = 16;

/**
 * What a syncer remembers about one database between two pulls: an epoch that was left, and how often it was
 * reported since.
 */
export interface EpochDoubt {
  epoch: string;
  times: number;
}
export const noDoubt = (): EpochDoubt => ({ epoch: '', times: 0 });

export type EpochJudgement =
  | { kind: 'same'; epoch: string }
  /** S8: another copy, to pull from zero; `left` goes with its cursor. */
  | { kind: 'another'; epoch: string; left: string[] }
  /** Not to be trusted yet: trouble on the server. */
  | { kind: 'doubtful'; reason: string };

/** Stands in for the epoch of a database that has none. */
const sessionPrefix = 'session:';

/**
 * S8: whether the server's answer about its epoch makes its database another copy. A new epoch does, at once.
 * A cluster that lacks nodes may report two in turn, or now and then none: pulling from zero each time would
 * help nobody, so a device that has an epoch doesn't give it up for none, and returns to one that it has left
 * only after it was reported `timesUntilBelieved` times in a row. `doubt` is counted here.
 * @param told undefined if the server says that there is none
 */
export function judgeEpoch(
  known: Cursor | undefined,
  told: string | undefined,
  sessionEpoch: string,
  doubt: EpochDoubt,
): EpochJudgement {
  if (told === undefined && known !== undefined && !known.epoch.startsWith(sessionPrefix)) {
    return { kind: 'doubtful', reason: 'The database told no epoch, and had one.' };
  }
  const epoch = told ?? `${sessionPrefix}${sessionEpoch}`;
  const isSame = known?.epoch === epoch;
  if (!isSame && known?.left?.includes(epoch)) {
    doubt.times = doubt.epoch === epoch ? doubt.times + 1 : 1;
    doubt.epoch = epoch;
    if (doubt.times < timesUntilBelieved) {
      return { kind: 'doubtful', reason: 'The database told an epoch that it had before.' };
    }
  }
  Object.assign(doubt, noDoubt());
  return isSame ? { kind: 'same', epoch } : { kind: 'another', epoch, left: leftBehind(known, epoch) };
}

function leftBehind(known: Cursor | undefined, epoch: string): string[] {
  if (known === undefined) return [];
  const left = [known.epoch, ...(known.left ?? [])];
  const isOther = (each: string) => each !== epoch && !each.startsWith(sessionPrefix);
  return [...new Set(left.filter(isOther))].slice(0, mostLeft);
}
