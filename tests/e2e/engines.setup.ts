import { engineNames } from '../engines/engine-driver';
import { ensureEngine } from '../setup/ensure-engine';
import { test } from './fixtures';

test('the engines besides Chromium are here, or a message says which is not', async () => {
  // Downloads that may be unavailable, and a distribution's packages.
  test.setTimeout(900_000);
  // One after another: apt has only one lock.
  for (const name of engineNames) await ensureEngine(name);
});
