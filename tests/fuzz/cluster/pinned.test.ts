import { expect, it } from 'vitest';
import { clusterReportOf } from './report';
import { simulateCluster } from './simulate';

/**
 * Seeds that failed before a bug was fixed, by the bug's name. Changing the simulation changes a seed's
 * story, so each bug has its own test too: couch/store-alone.test.ts, desks/desks-on-a-cluster.test.ts.
 */
const pinned: [bug: string, seed: number][] = [
  ['202 was taken for 201: of two who changed one document at once both were told yes', 12],
  ['a desk was shown as revoked before its account had lost its rights', 6],
  ['a desk was revoked while its device was paired elsewhere, which then made its account', 7],
];

it.each(pinned)('%s (seed %i)', async (_, seed) => {
  const story = await simulateCluster(seed);
  if (story.violations.length > 0) expect.fail(clusterReportOf(story));
});
