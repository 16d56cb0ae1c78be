import { buildIfStale } from '../../src/server/cli/build-if-stale';
import { BROWSER_VARIABLE } from './browser';
import { ensureBrowser } from './ensure-browser';
import { DEMO_VARIABLE, TiskiServer } from './tiski-server';

/** Once before all browser tests: a browser, a fresh build, a demo city. Workers inherit the environment. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  process.env[BROWSER_VARIABLE] = await ensureBrowser();
  await buildIfStale();
  const city = await TiskiServer.prepare({ demo: true });
  await city.start();
  await city.stop();
  process.env[DEMO_VARIABLE] = city.dataFolder;
  return () => city.dispose();
}
