import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { EngineDriver, EngineName } from '../engines/engine-driver';
import { startFirefox } from '../engines/firefox-driver';
import { playwrightEngines, startPlaywright } from '../engines/playwright-driver';
import { startWebKit } from '../engines/webkit-driver';
import { download, firstOnPath, install, mayInstall } from './fetch-programs';

/** Starts a browser with a profile of its own. */
export type StartEngine = () => Promise<EngineDriver>;

/** Debian's packages; fonts as for Chromium. */
const packages: Record<EngineName, readonly string[]> = {
  firefox: ['firefox-esr', 'fonts-liberation'],
  webkit: ['webkit2gtk-driver', 'xvfb', 'fonts-liberation'],
};

/** An engine that is on this machine: Playwright's own build before the distribution's. Downloads nothing. */
export async function findEngine(name: EngineName): Promise<StartEngine | undefined> {
  return (await playwrightsOwn(name)) ?? distributions[name]();
}

/**
 * The same, downloading the engine if there is none: Playwright's build, else Debian's. On CI an engine is
 * required if packages can be installed; otherwise the tests go on without it, and say so.
 */
export async function ensureEngine(name: EngineName): Promise<'found' | 'missing'> {
  if (await findEngine(name)) return 'found';
  if (download(name) && (await findEngine(name))) return 'found';
  if (install(packages[name]) && (await findEngine(name))) return 'found';
  const problem = `${name} is not on this machine and could not be fetched: Tiski is NOT TESTED in it in this run.`;
  if (process.env['CI'] && mayInstall()) throw new Error(problem);
  console.warn(`\n!!! ${problem}\n!!! Install ${packages[name].join(' ')}, and run the tests again.\n`);
  return 'missing';
}

/** Downloading is not enough: a build may lack the system's libraries. */
async function playwrightsOwn(name: EngineName): Promise<StartEngine | undefined> {
  const engine = playwrightEngines[name];
  if (!existsSync(engine.executablePath())) return undefined;
  try {
    const browser = await engine.launch({ timeout: 30_000 });
    await browser.close();
  } catch {
    return undefined;
  }
  return () => startPlaywright(name);
}

const distributions: Record<EngineName, () => StartEngine | undefined> = {
  firefox() {
    const executable = firstOnPath(['firefox-esr', 'firefox']);
    return executable === undefined ? undefined : () => startFirefox(executable);
  },
  webkit() {
    const [driver, display] = [firstOnPath(['WebKitWebDriver']), firstOnPath(['Xvfb'])];
    const browser = miniBrowser();
    if (driver === undefined || display === undefined || browser === undefined) return undefined;
    return () => startWebKit({ driver, browser, display });
  },
};

/** WebKitGTK's small browser is not on PATH: it is beside the library, the newest last. */
function miniBrowser(): string | undefined {
  const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  if (!existsSync(libraries)) return undefined;
  return readdirSync(libraries)
    .filter((name) => name.startsWith('webkit2gtk-') || name.startsWith('webkitgtk-'))
    .map((name) => path.join(libraries, name, 'MiniBrowser'))
    .sort()
    .findLast(existsSync);
}
