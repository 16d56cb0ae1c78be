import { chromium } from '@playwright/test';
import { launchOptions } from './browser';
import { download, firstOnPath, install } from './fetch-programs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const onPath = () => firstOnPath(NAMES);

const downloaded = () => (download('chromium') ? '' : undefined);

/** Debian's package only recommends fonts; without one, pages are drawn with empty boxes. */
const fromApt = () => (install(['chromium', 'fonts-liberation']) ? onPath() : undefined);

/** Every way to get a Chromium, the cheapest first: what is here, then what can be downloaded. */
const ways: { what: string; find: () => string | undefined }[] = [
  { what: "Playwright's own Chromium", find: () => '' },
  { what: `${NAMES.join(', ')} on PATH`, find: onPath },
  { what: 'npx playwright install chromium', find: downloaded },
  { what: 'apt-get install chromium', find: fromApt },
];

/**
 * Finds a Chromium that starts, downloading one if there is none.
 * @returns its path, '' for Playwright's own
 */
export async function ensureBrowser(): Promise<string> {
  const tried: string[] = [];
  for (const { what, find } of ways) {
    const executable = find();
    const problem = executable === undefined ? 'not available' : await whyItDoesNotStart(executable);
    if (executable !== undefined && problem === undefined) return executable;
    tried.push(`- ${what}: ${problem}`);
  }
  throw new Error(
    `The browser tests need a Chromium, and none could be found or installed:\n${tried.join('\n')}\n` +
      'Install chromium or google-chrome so that it is on PATH, and run the tests again.',
  );
}

async function whyItDoesNotStart(executable: string): Promise<string | undefined> {
  try {
    const browser = await chromium.launch({ ...launchOptions(executable), timeout: 30_000 });
    await browser.close();
    return undefined;
  } catch (error) {
    return String(error).split('\n')[0];
  }
}
