import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const DOWNLOAD_LIMIT_MS = 90_000;
const APT_LIMIT_MS = 600_000;

/** The first of these programs that is on PATH. */
export function firstOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync);
}

/** Playwright's own build. @returns whether it is here now */
export function download(browser: string): boolean {
  console.log(`Trying Playwright's download of ${browser} (at most ${DOWNLOAD_LIMIT_MS / 1000} s) …`);
  return run('npx', ['playwright', 'install', browser], DOWNLOAD_LIMIT_MS);
}

/** Debian and Ubuntu, if we may: as root, or with a sudo that doesn't ask. */
export function mayInstall(): boolean {
  if (!firstOnPath(['apt-get'])) return false;
  return process.getuid?.() === 0 || run('sudo', ['-n', 'true'], 5000);
}

/** @returns whether all are installed now */
export function install(packages: readonly string[]): boolean {
  if (!mayInstall()) return false;
  console.log(`Trying apt-get install ${packages.join(' ')} …`);
  const apt = (...words: string[]) =>
    process.getuid?.() === 0
      ? run('apt-get', words, APT_LIMIT_MS)
      : run('sudo', ['-n', 'apt-get', ...words], APT_LIMIT_MS);
  // One broken source makes the update fail as a whole, but the others may have what we need.
  apt('update', '-q');
  // Another worker of the same run may be doing it.
  const waiting = ['-o', `DPkg::Lock::Timeout=${APT_LIMIT_MS / 1000}`];
  return apt('install', '-yq', '--no-install-recommends', ...waiting, ...packages);
}

function run(command: string, words: string[], limitMs: number): boolean {
  const { status } = spawnSync(command, words, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: limitMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
