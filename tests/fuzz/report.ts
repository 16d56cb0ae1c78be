import type { Story } from './simulate';

/** Lines of the story that are shown for a failing seed; all of it when it is replayed. */
const lastLines = 80;

/** The message for a failing seed: what did not hold, how it came to that, and how to see it again. */
export function reportOf({ seed, kind, violations, trace }: Story, { isWhole = false } = {}): string {
  const lines = isWhole ? trace : trace.slice(-lastLines);
  const file = kind === 'stored' ? 'tests/fuzz/stored' : 'tests/fuzz/sync';
  return [
    `Seed ${seed}: ${violations.length === 0 ? 'everything held' : violations.slice(0, 10).join('; ')}`,
    `Play it again: SEED=${seed} npx vitest run ${file}`,
    ...(lines.length < trace.length ? [`… ${trace.length - lines.length} steps before`] : []),
    ...lines,
  ].join('\n');
}
