import { describe, expect, it } from 'vitest';
import { reportOf } from './report';
import { simulate } from './simulate';

/** `SEED=12 npx vitest run tests/fuzz/stored` shows one seed's story, step by step. */
const { SEED } = process.env;
const seeds = SEED === undefined ? Array.from({ length: 20 }, (_, index) => index + 1) : [Number(SEED)];

describe('S1–S14 S18 the same with the device’s real store, which answers and holds what its model does', () => {
  it.each(seeds)('seed %i', async (seed) => {
    const isTold = SEED !== undefined;
    const story = await simulate(seed, 'stored', { isTold });
    if (isTold) console.log(reportOf(story, { isWhole: true }));
    if (story.violations.length > 0) expect.fail(reportOf(story));
  });
});
