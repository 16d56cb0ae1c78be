import { describe, expect, it } from 'vitest';
import { clusterReportOf } from './report';
import { simulateCluster } from './simulate';

/** `SEED=123 npx vitest run tests/fuzz/cluster` shows one seed's story, step by step. */
const { SEED } = process.env;
const seeds = 75;
const seedsOfATest = 15;
/** On a busy machine, ms: on a quiet one a test takes some four seconds. */
const patienceMs = 5 * 60_000;

describe('S3 S15 S16 R7 two servers over a cluster that loses nodes lose nothing, and what they promise holds', () => {
  if (SEED !== undefined) {
    it(`seed ${SEED}`, async () => {
      const story = await simulateCluster(Number(SEED), { isTold: true });
      console.log(clusterReportOf(story, { isWhole: true }));
      expect(story.violations).toEqual([]);
    });
  }

  const firsts = Array.from({ length: SEED === undefined ? seeds / seedsOfATest : 0 }, (_, index) => index);
  it.each(firsts.map((index) => [index * seedsOfATest + 1, (index + 1) * seedsOfATest]))(
    'seeds %i to %i',
    async (from, to) => {
      let accepted = 0;
      for (let seed = from; seed <= to; seed++) {
        const story = await simulateCluster(seed);
        if (story.violations.length > 0) expect.fail(clusterReportOf(story));
        accepted += story.accepted;
      }
      expect(accepted, 'answers without a quorum').toBeGreaterThan(seedsOfATest);
    },
    patienceMs,
  );
});
