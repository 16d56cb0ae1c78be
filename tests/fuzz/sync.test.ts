import { describe, expect, it } from 'vitest';
import { reportOf } from './report';
import { simulate } from './simulate';

/** `SEED=123 npx vitest run tests/fuzz/sync` shows one seed's story, step by step. */
const { SEED } = process.env;
const seeds = 1_000;
const seedsOfATest = 100;

describe('S1–S14 S18 a city of desks on bad lines loses nothing, sends nothing twice and agrees in the end', () => {
  if (SEED !== undefined) {
    it(`seed ${SEED}`, async () => {
      const story = await simulate(Number(SEED), 'memory', { isTold: true });
      console.log(reportOf(story, { isWhole: true }));
      expect(story.violations).toEqual([]);
    });
  }

  const firsts = Array.from({ length: SEED === undefined ? seeds / seedsOfATest : 0 }, (_, index) => index);
  it.each(firsts.map((index) => [index * seedsOfATest + 1, (index + 1) * seedsOfATest]))(
    'seeds %i to %i',
    async (from, to) => {
      for (let seed = from; seed <= to; seed++) {
        const story = await simulate(seed, 'memory');
        if (story.violations.length > 0) expect.fail(reportOf(story));
      }
    },
  );
});
