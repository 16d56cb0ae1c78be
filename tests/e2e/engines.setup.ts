import { engineNames } from '../engines/engine-driver';
import { ensureEngine } from '../setup/ensure-engine';
import { test } from './fixtures';

test('the engines besides Chromium are here, or it is said which is not', async () => {
  // A download that can't be had, and a distribution's packages.
  test.setTimeout(900_000);
  // One after another: apt has one lock.
  for (const name of engineNames) await ensureEngine(name);
});
