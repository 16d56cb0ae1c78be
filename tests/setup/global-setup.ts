import { buildIfStale } from '../../src/server/cli/build-app';
import { BROWSER_VARIABLE } from './browser';
import { ensureBrowser } from './ensure-browser';

/** Once before all browser tests: a browser and a fresh build. Workers inherit the environment. */
export default async function globalSetup(): Promise<void> {
  process.env[BROWSER_VARIABLE] = await ensureBrowser();
  await buildIfStale();
}
