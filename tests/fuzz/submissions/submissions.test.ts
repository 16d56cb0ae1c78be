import { beforeAll, describe, expect, it } from 'vitest';
import { aKeyPair } from './key-pair';
import { simulateSubmissions, type SubmissionsStory } from './simulate';

/** `SEED=123 npx vitest run tests/fuzz/submissions` shows one seed's story, step by step. */
const { SEED } = process.env;
const seeds = 100;
const seedsOfATest = 20;
const lastLines = 80;

const reportOf = ({ seed, violations, trace }: SubmissionsStory) =>
  [`Seed ${seed}: ${violations.join('; ') || 'everything held'}`, ...trace.slice(-lastLines)].join('\n');

describe('S20–S22 what a laptop submits on bad lines arrives once, as it was made, and is not readable there', () => {
  let pair: Awaited<ReturnType<typeof aKeyPair>>;
  beforeAll(async () => {
    pair = await aKeyPair();
  });

  if (SEED !== undefined) {
    it(`seed ${SEED}`, async () => {
      const story = await simulateSubmissions(Number(SEED), pair, { isTold: true });
      console.log(story.trace.join('\n'));
      expect(story.violations).toEqual([]);
    });
  }

  const firsts = Array.from({ length: SEED === undefined ? seeds / seedsOfATest : 0 }, (_, index) => index);
  it.each(firsts.map((index) => [index * seedsOfATest + 1, (index + 1) * seedsOfATest]))(
    'seeds %i to %i',
    async (from, to) => {
      let made = 0;
      for (let seed = from; seed <= to; seed++) {
        const story = await simulateSubmissions(seed, pair);
        made += story.made;
        if (story.violations.length === 0) continue;
        expect.fail(reportOf(await simulateSubmissions(seed, pair, { isTold: true })));
      }
      expect(made, 'submissions').toBeGreaterThan(seedsOfATest);
    },
  );
});
