import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from './fixtures';

/** Checks that the benches run, and verify what they measure; how fast something was doesn't matter here. */
test('npm run bench prints a row for each of its figures', async () => {
  test.setTimeout(10 * 60_000);
  const words = ['--import', 'tsx', 'tests/bench/run.ts', '--size', 'tiny'];
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 9 * 60_000 });
  const tables = stdout.matchAll(/^(.+)\n\n.+\n[─ ]+\n((?:.+\n)+)/gm);
  // Notes below a table are indented.
  const rowsOf = (body = '') => body.split('\n').filter((line) => /^\S/.test(line));
  const rows = Array.from(tables, ([, title, body]) => [title, rowsOf(body).length]);
  expect(rows).toEqual([
    ['Deciding a visit, in Node', 4],
    ['JavaScript shipped to the desk screen, compressed', 5],
    ['Look-up and verdict', 2],
    ['First load of the register', 1],
    ['Draining waiting visits', 1],
    ['Camera frame to verdict, 1 scans each', 1],
    ['How far a signed code is read, printed at one size', 4],
    ['Cold start without a server, 1 times each', 1],
    ['Requests at their limits', 11],
    ['2,000 cards into the embedded store', 5],
    ['Desks that come back at once, with four requests each', 2],
    ['An ordinary day of the server: four long polls a desk, a visit every 3 s', 1],
    ['The morning after an outage: 100 visits wait at each desk', 1],
  ]);
});
