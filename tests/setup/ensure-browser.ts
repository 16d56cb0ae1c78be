import { chromium } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { launchOptions } from './browser';

const DOWNLOAD_LIMIT_MS = 90_000;
const APT_LIMIT_MS = 600_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Every way to a Chromium, the cheapest first: what is here, then what can be fetched. */
const ways: { what: string; find: () => string | undefined }[] = [
  { what: "Playwright's own Chromium", find: () => '' },
  { what: `${NAMES.join(', ')} on PATH`, find: onPath },
  { what: 'npx playwright install chromium', find: downloaded },
  { what: 'apt-get install chromium', find: fromApt },
];

/**
 * Finds a Chromium that starts, fetching one when there is none.
 * @returns its path, '' for Playwright's own.
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

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
}

function downloaded(): string | undefined {
  console.log(`No Chromium here: trying Playwright's download (at most ${DOWNLOAD_LIMIT_MS / 1000} s) …`);
  return run('npx', ['playwright', 'install', 'chromium'], DOWNLOAD_LIMIT_MS) ? '' : undefined;
}

/** Debian and Ubuntu, when we may: as root, or with a sudo that doesn't ask. */
function fromApt(): string | undefined {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !run('sudo', ['-n', 'true'], 5000)) return undefined;
  console.log('Trying apt-get install chromium …');
  const apt = (...words: string[]) =>
    isRoot ? run('apt-get', words, APT_LIMIT_MS) : run('sudo', ['-n', 'apt-get', ...words], APT_LIMIT_MS);
  // Fonts are only recommended by Debian's package; without one, pages are drawn in empty boxes.
  // One source out of order fails the update as a whole, and yet the others may have what we need.
  apt('update', '-q');
  const isInstalled = apt('install', '-yq', '--no-install-recommends', 'chromium', 'fonts-liberation');
  return isInstalled ? onPath() : undefined;
}

function run(command: string, words: string[], limitMs: number): boolean {
  const { status } = spawnSync(command, words, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: limitMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
