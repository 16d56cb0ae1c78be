import type { ClusterStory } from './simulate';

/** Lines of the story that are shown for a failing seed; all of it when it is replayed. */
const lastLines = 80;

/** The message for a failing seed: what did not hold, how it came to that, and how to see it again. */
export function clusterReportOf({ seed, violations, trace }: ClusterStory, { isWhole = false } = {}): string {
  const lines = isWhole ? trace : trace.slice(-lastLines);
  return [
    `Seed ${seed}: ${violations.length === 0 ? 'everything held' : violations.slice(0, 10).join('; ')}`,
    `Play it again: SEED=${seed} npx vitest run tests/fuzz/cluster`,
    ...(lines.length < trace.length ? [`… ${trace.length - lines.length} steps before`] : []),
    ...lines,
  ].join('\n');
}
