import { parseArgs } from 'node:util';
import { BROWSER_VARIABLE } from '../setup/browser';
import { ensureBrowser } from '../setup/ensure-browser';
import { abuse } from './abuse';
import { camera } from './camera';
import { comeBacks } from './come-back';
import { decisions } from './decisions';
import { drain } from './drain';
import { firstLoad } from './first-load';
import { importBench } from './import-cards';
import { lookUp } from './look-up';
import { offlineStart } from './offline-start';
import { morningRushes } from './morning-rush';
import { ordinaryDays } from './ordinary-day';
import { reach } from './reach';
import { shippedBytes } from './shipped-bytes';
import { isBenchSize, type BenchSize } from './sizes';
import { formatTable, type BenchTable } from './table';

/**
 * `npm run bench` measures everything, `npm run bench -- drain` one figure; `--size tiny` takes a minute or
 * two, and `--size full` has the sizes of the largest cities. docs/performance.md says what is measured and
 * how.
 */

const benches: Record<string, (size: BenchSize) => Promise<BenchTable[]>> = {
  decisions,
  'shipped-bytes': shippedBytes,
  'look-up': lookUp,
  'first-load': firstLoad,
  drain,
  camera,
  reach,
  'offline-start': offlineStart,
  abuse,
  import: importBench,
  'come-back': async (size) => [await comeBacks(size)],
  server: async (size) => [await ordinaryDays(size), await morningRushes(size)],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: 'usual' } },
});
const { size } = values;
const unknown = positionals.filter((name) => !(name in benches));
if (!isBenchSize(size) || unknown.length > 0) {
  console.error(`npm run bench -- [--size tiny|usual|full] [${Object.keys(benches).join('|')}]`);
  process.exit(2);
}
process.env[BROWSER_VARIABLE] = await ensureBrowser();
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const begun = performance.now();
  for (const table of await bench(size)) console.log(formatTable(table));
  console.log(`\n  (${name}: ${((performance.now() - begun) / 1_000).toFixed(0)} s)`);
}
