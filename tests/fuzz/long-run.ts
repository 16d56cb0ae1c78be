import { parseArgs } from 'node:util';
import { reportOf } from './report';
import { clusterReportOf } from './cluster/report';
import { simulateCluster } from './cluster/simulate';
import { simulate } from './simulate';

/**
 * `npm run fuzz -- --seeds 100000`, or `--minutes 30`; `--from 1000001` for seeds that nobody has seen.
 * `--stored` with the device's real store, `--cluster` for two servers over a cluster.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    minutes: { type: 'string' },
    from: { type: 'string', default: '1' },
    stored: { type: 'boolean', default: false },
    cluster: { type: 'boolean', default: false },
  },
});

interface Outcome {
  steps: number;
  /** What is printed for a failing seed. */
  report?: string;
}

async function play(seed: number): Promise<Outcome> {
  if (values.cluster) {
    const story = await simulateCluster(seed);
    return story.violations.length > 0 ? { ...story, report: clusterReportOf(story) } : story;
  }
  const story = await simulate(seed, values.stored ? 'stored' : 'memory');
  return story.violations.length > 0 ? { ...story, report: reportOf(story) } : story;
}

const from = Number(values.from);
const startedAt = Date.now();
const isOver = (done: number) =>
  values.minutes === undefined
    ? done >= Number(values.seeds)
    : Date.now() - startedAt >= Number(values.minutes) * 60_000;

let done = 0;
let steps = 0;
let failed = 0;
for (; !isOver(done); done++) {
  const outcome = await play(from + done);
  steps += outcome.steps;
  if (outcome.report !== undefined) {
    failed++;
    console.log(outcome.report);
  }
  if ((done + 1) % 1_000 === 0) console.log(`${done + 1} seeds, ${failed} failed`);
}
const seconds = (Date.now() - startedAt) / 1_000;
console.log(`${done} seeds from ${from}, ${steps} steps, ${failed} failed, ${seconds.toFixed(1)} s`);
process.exitCode = failed > 0 ? 1 : 0;
