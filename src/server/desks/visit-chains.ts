import type { NumberRange } from '$lib/documents/fleet/desk-report';
import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';

/**
 * S15: what the visits that arrived say about each account's numbering 1, 2, 3 … and about its hash chain.
 * They come in any order and from several databases; visits whose link is correct are merged into one run, so
 * that an account with a million visits and no fault takes the space of one.
 */

/** Visits without a gap: the first one's `previous`, and the last one's hash, wait for their neighbours. */
interface Run {
  from: number;
  to: number;
  previous: string;
  hash: string;
}

/** The most faults listed per account; a cloned device makes one with every visit. */
const mostFaults = 100;

interface Chain {
  /** By number. */
  runs: Run[];
  /**
   * Numbers that occurred again: a cloned device, or a server that reported a visit twice (see confirmTwice).
   */
  again: number[];
  isConfirmed: boolean;
  /** Visits whose `previous` is not the hash of the visit before them. */
  broken: number[];
}

/** What is wrong with an account's visits, by number. */
export interface ChainState {
  /** The highest number that arrived; 0 if none did. */
  last: number;
  /** Numbers below it that did not arrive. */
  gaps: Omit<NumberRange, 'account'>[];
  usedTwice: number[];
  broken: number[];
}

export type StoredChains = Record<string, Chain>;

export class VisitChains {
  readonly #chains: Map<string, Chain>;

  constructor(stored: StoredChains = {}) {
    this.#chains = new Map(Object.entries(stored));
  }

  /** Adds a visit. */
  add(visit: VisitDocument): void {
    const chain = this.#chains.get(visit.desk) ?? { runs: [], again: [], isConfirmed: false, broken: [] };
    this.#chains.set(visit.desk, chain);
    const { number, previous } = visit;
    const next = firstAfter(chain.runs, number);
    const before = chain.runs[next - 1];
    if (before && before.to >= number) {
      note(chain.again, number);
      return;
    }
    const run: Run = { from: number, to: number, previous, hash: visitHash(visit) };
    const after = chain.runs[next];
    if (number === 1 && previous !== '') note(chain.broken, 1);
    const joinsBefore = before?.to === number - 1;
    const joinsAfter = after?.from === number + 1;
    if (before && joinsBefore) {
      if (before.hash !== previous) note(chain.broken, number);
      run.from = before.from;
      run.previous = before.previous;
    }
    if (after && joinsAfter) {
      if (after.previous !== run.hash) note(chain.broken, number + 1);
      run.to = after.to;
      run.hash = after.hash;
    }
    const start = joinsBefore ? next - 1 : next;
    chain.runs.splice(start, (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), run);
  }

  stateOf(account: string): ChainState {
    const chain = this.#chains.get(account);
    if (!chain) return { last: 0, gaps: [], usedTwice: [], broken: [] };
    const { runs, again, isConfirmed, broken } = chain;
    const gaps = runs.flatMap(({ from }, index) => {
      const first = (runs[index - 1]?.to ?? 0) + 1;
      return first < from ? [{ from: first, to: from - 1 }] : [];
    });
    return {
      last: runs.at(-1)?.to ?? 0,
      gaps,
      usedTwice: isConfirmed ? [...again] : [],
      broken: [...broken],
    };
  }

  /** Accounts with a number that occurred again, while nobody has checked whether two visits have it. */
  unconfirmed(): string[] {
    return [...this.#chains].flatMap(([account, { again, isConfirmed }]) =>
      again.length > 0 && !isConfirmed ? [account] : [],
    );
  }

  /**
   * The numbers that two of an account's visits really have; an empty list: the server reported a visit
   * twice.
   */
  confirmTwice(account: string, numbers: readonly number[]): void {
    const chain = this.#chains.get(account);
    if (!chain) return;
    chain.again = numbers.slice(0, mostFaults);
    chain.isConfirmed = numbers.length > 0;
  }

  stored(): StoredChains {
    return Object.fromEntries(this.#chains);
  }
}

/** Index of the first run that begins after a number. */
function firstAfter(runs: readonly Run[], number: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.from ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function note(numbers: number[], number: number): void {
  if (numbers.length < mostFaults && !numbers.includes(number)) numbers.push(number);
}
