import { expect, it } from 'vitest';
import { reportOf } from './report';
import { simulate } from './simulate';

/**
 * Seeds that found a bug, by its name. Changing the simulation changes a seed's story, so each bug has its
 * own test too, where it was fixed.
 */
const pinned: [bug: string, seed: number, kind?: 'memory' | 'stored'][] = [
  ['S8 a desk that was paired anew did not offer what it had logged under its former account', 51],
  ['S11 a revoked desk forgot what it had logged under its former account', 59],
  ['S8 a restored server’s desk heard the old copy’s acknowledgement, and believed it', 20_018],
  ['R7 a desk did not list what its own staff had let in past a limit on a doubtful clock', 236, 'stored'],
  [
    'S8 a release that the old copy had refused for the office’s own was not offered to the new one',
    5_003_480,
  ],
  ['S11 a tab asked for ever for a page that a revoked device does not take', 5_004_786],
];

it.each(pinned)('%s (seed %i)', async (_, seed, kind = 'memory') => {
  const story = await simulate(seed, kind);
  if (story.violations.length > 0) expect.fail(reportOf(story));
});
