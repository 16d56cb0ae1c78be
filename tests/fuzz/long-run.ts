import { parseArgs } from 'node:util';
import { reportOf } from './report';
import { simulate } from './simulate';

/** `npm run fuzz -- --seeds 100000`, or `--minutes 30`; `--from 1000001` for seeds that nobody has seen. */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    minutes: { type: 'string' },
    from: { type: 'string', default: '1' },
    stored: { type: 'boolean', default: false },
  },
});
const kind = values.stored ? 'stored' : 'memory';
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
  const story = await simulate(from + done, kind);
  steps += story.steps;
  if (story.violations.length > 0) {
    failed++;
    console.log(reportOf(story));
  }
  if ((done + 1) % 1_000 === 0) console.log(`${done + 1} seeds, ${failed} failed`);
}
const seconds = (Date.now() - startedAt) / 1_000;
console.log(`${done} seeds from ${from}, ${steps} steps, ${failed} failed, ${seconds.toFixed(1)} s`);
process.exitCode = failed > 0 ? 1 : 0;
