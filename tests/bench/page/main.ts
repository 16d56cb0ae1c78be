import { drain, replicateVisits } from './drain';
import { pullRegister, replicateCards } from './first-load';
import { fillRegister, lookUp } from './look-up';
import { smallestRead } from './reach';

const bench = {
  pullRegister,
  replicateCards,
  fillRegister,
  lookUp,
  drain,
  replicateVisits,
  smallestRead,
};

/** What a bench calls in the page; every answer is plain JSON. */
export type BenchPage = typeof bench;

declare global {
  var bench: BenchPage;
}

globalThis.bench = bench;
